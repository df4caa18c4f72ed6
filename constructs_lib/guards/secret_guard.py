"""No secret in the JSON, and none in a plain output: the JSON is committed, shown and sent around."""

import re
from collections.abc import Iterator
from typing import Any

from constructs_lib.guards.guard import Guard, Values

from settings.text_kinds import looks_secret

SENSITIVE = {
    "neon_api_key": ("key",),
    "neon_branch_role_password": ("password",),
    "neon_org_api_key": ("key",),
    "neon_project": ("connection_uri", "connection_uri_pooler", "database_password"),
    "neon_role": ("password",),
    "random_bytes": ("base64", "hex"),
    "random_password": ("bcrypt_hash", "result"),
}
"""The attributes of each kind that its provider marks as sensitive (the schemas of neon 0.13.0 and random 3.8.1)."""

# A password in any address. An expression there is no secret by itself: Terraform keeps what it stands for.
_LOGIN = re.compile(r"[a-z][a-z0-9+]*://[^/\s:@]*:(?!\$\{)[^/\s@]+@", re.IGNORECASE)
# Cloudflare's global API key.
_MORE = re.compile(r"(?<!\w)[0-9a-f]{37}(?!\w)")
# Where a text falls apart into words; an expression's braces and quotes end a word as well.
_BETWEEN_WORDS = re.compile(r'[\s"{}]+')
_SECRET_NAME = re.compile(r"token|secret|password|api_key|private_key|webhook", re.IGNORECASE)
_SECRET_OUTPUT = re.compile(r"uri|password|secret|token|key", re.IGNORECASE)
# A resource and the way into it: `.name`, `.0`, `.*`, `[0]`, `[*]`, `["name"]`, in any order.
_REFERENCE = re.compile(
    rf"\b(?P<kind>{'|'.join(SENSITIVE)}|terraform_remote_state)\s*\.\s*[\w-]+"
    r"(?P<way>(?:\s*\.\s*(?:[\w-]+|\*)|\[[^\]]*\])*)"
)
_STEP = re.compile(r"\.\s*([A-Za-z_][\w-]*)|\[([^\]]*)\]")
_KEY = re.compile(r'\s*\\?"([\w-]+)\\?"\s*')


class SecretGuard(Guard):
    """No text that looks like a secret, no default of a sensitive variable, no plain output of a sensitive value."""

    def findings(self, stack: Values) -> Iterator[str]:
        for where, text in _texts(stack, ()):
            if _holds_secret(text):
                yield f"{_address(where)}: holds what looks like a secret; pass it as a sensitive Terraform variable"
        yield from _variables(stack)
        yield from _outputs(stack)


def _holds_secret(text: str) -> bool:
    if _LOGIN.search(text) or _MORE.search(text):
        return True
    return any(looks_secret(word) for word in _BETWEEN_WORDS.split(text))


def _texts(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each text in a JSON value, keys too, with the path that leads to it."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield path, key
            yield from _texts(inner, (*path, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _texts(inner, (*path, str(position)))


def _address(path: tuple[str, ...]) -> str:
    """A path as an owner knows it; a part that is a secret itself is left out."""
    shown = ["…" if _holds_secret(part) else part for part in path]
    return ".".join(shown[1:] if shown[:1] == ["resource"] else shown) or "the stack"


def _variables(stack: Values) -> Iterator[str]:
    for name, variable in stack.get("variable", {}).items():
        if variable.get("sensitive") is True:
            # An empty default stands for "not given": the provider then reads its own environment variable.
            if variable.get("default") not in (None, ""):
                yield f"var.{name}: is sensitive and has a default; remove the default"
        elif _SECRET_NAME.search(name):
            yield f"var.{name}: has a secret's name and is not sensitive; mark it as sensitive"


def _outputs(stack: Values) -> Iterator[str]:
    sensitive = [name for name, variable in stack.get("variable", {}).items() if variable.get("sensitive") is True]
    variables = re.compile(rf"\bvar\.(?:{'|'.join(map(re.escape, sensitive))})\b") if sensitive else None
    for name, output in stack.get("output", {}).items():
        if output.get("sensitive") is True:
            continue
        for _, text in _texts(output.get("value"), ()):
            found = _shown(text) or (variables and variables.search(text))
            if found:
                yield f"output.{name}: shows {found.group()}, which is sensitive; mark the output as sensitive"
                break


def _shown(text: str) -> re.Match[str] | None:
    """The first reference in a text to something sensitive, or to a whole of which it is a part."""
    return next((found for found in _REFERENCE.finditer(text) if _leads_to_secret(found["kind"], found["way"])), None)


def _leads_to_secret(kind: str, way: str) -> bool:
    steps = _STEP.findall(way)
    keys = [key[1] if (key := _KEY.fullmatch(inner)) else "" for _, inner in steps]
    names = [name for step, key in zip(steps, keys, strict=True) if (name := step[0] or key)]
    if kind == "terraform_remote_state":
        if names and names[0] != "outputs":
            return False
        return len(names) < 2 or bool(_SECRET_OUTPUT.search(names[1]))
    # A key in brackets may be one of for_each: only a name after a dot says for sure that it is another attribute.
    return not any(attribute for attribute, _ in steps) or any(name in SENSITIVE[kind] for name in names)
