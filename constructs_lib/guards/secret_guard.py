"""No secret in the JSON and none in a plain output: the JSON is committed, shown and passed around."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from constructs_lib.guards.stack_guard import StackGuard, Values, resources

from catalog import CATALOG
from settings.secret_forms import looks_secret

SHORTEST_PASSWORD = 32
"""Characters of a generated secret; what Better Auth asks for (its docs, "Options: secret")."""

# A password in any address. An expression there is no secret by itself: Terraform resolves it.
_LOGIN = re.compile(r"[a-z][a-z0-9+]*://[^/\s:@]*:(?!\$\{)[^/\s@]+@", re.IGNORECASE)
# Cloudflare's global API key.
_MORE = re.compile(r"(?<!\w)[0-9a-f]{37}(?!\w)")
# The braces and quotes of an expression end a word as well.
_BETWEEN_WORDS = re.compile(r'[\s"{}]+')
_SECRET_NAME = re.compile(r"token|secret|password|api_key|private_key|webhook", re.IGNORECASE)
_SECRET_SITE_VARIABLE = re.compile(rf"{_SECRET_NAME.pattern}|passwd|credential|private|apikey|database_url", re.I)
_SECRET_OUTPUT = re.compile(r"uri|password|secret|token|key", re.IGNORECASE)
_SECRETS = {kind: entry.secrets for kind, entry in CATALOG.items() if entry.secrets}
# A resource and the way into it: `.name`, `.0`, `.*`, `[0]`, `[*]`, `["name"]`, in any order.
_REFERENCE = re.compile(
    rf"\b(?P<kind>{'|'.join(_SECRETS)}|terraform_remote_state)\s*\.\s*[\w-]+"
    r"(?P<way>(?:\s*\.\s*(?:[\w-]+|\*)|\[[^\]]*\])*)"
)
_STEP = re.compile(r"\.\s*([A-Za-z_][\w-]*)|\[([^\]]*)\]")
_KEY = re.compile(r'\s*\\?"([\w-]+)\\?"\s*')


class SecretGuard(StackGuard):
    """No text that looks like a secret, no default of a sensitive variable, no plain output of a sensitive value.

    No plain variable of the site with a secret's name, and no generated secret that is short.
    """

    def findings(self, stack: Values) -> Iterator[str]:
        for where, text in _texts(stack, ()):
            if _holds_secret(text):
                yield f"{_address(where)}: holds what looks like a secret; pass it as a sensitive Terraform variable"
        yield from _variables(stack)
        yield from _outputs(stack)
        for kind, address, arguments in resources(stack):
            if kind == "cloudflare_pages_project":
                yield from _site_variables(address, arguments)
            if kind == "random_password" and arguments.get("length", 0) < SHORTEST_PASSWORD:
                yield f"{address}: has fewer than {SHORTEST_PASSWORD} characters; raise its length"


def _holds_secret(text: str) -> bool:
    if _LOGIN.search(text) or _MORE.search(text):
        return True
    return any(looks_secret(word) for word in _BETWEEN_WORDS.split(text))


def _texts(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each text in a JSON value, including keys, with its path."""
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
    """A path as an owner knows it, without any part that is a secret itself."""
    shown = ["…" if _holds_secret(part) else part for part in path]
    return ".".join(shown[1:] if shown[:1] == ["resource"] else shown) or "the stack"


def _variables(stack: Values) -> Iterator[str]:
    for name, variable in stack.get("variable", {}).items():
        if variable.get("sensitive") is True:
            # An empty default means "not set": the provider then reads its own environment variable.
            if variable.get("default") not in (None, ""):
                yield f"var.{name}: is sensitive and has a default; remove the default"
        elif _SECRET_NAME.search(name):
            yield f"var.{name}: has a secret's name and is not sensitive; mark it as sensitive"


def _site_variables(address: str, arguments: Values) -> Iterator[str]:
    """Plain variables with a secret's name: a build writes them into what visitors load."""
    for deployments, config in (arguments.get("deployment_configs") or {}).items():
        for name, variable in (config.get("env_vars") or {}).items():
            if variable.get("type") != "secret_text" and _SECRET_SITE_VARIABLE.search(name):
                path = f"deployment_configs.{deployments}.env_vars.{name}"
                yield f"{address}.{path}: has a secret's name, and visitors can read it; remove it"


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
    """The first reference in a text to a secret, or to a value that contains one."""
    return next((found for found in _REFERENCE.finditer(text) if _leads_to_secret(found["kind"], found["way"])), None)


def _leads_to_secret(kind: str, way: str) -> bool:
    # Each step by its name, and whether it is in brackets: an index or a key that is computed has none.
    steps = [
        (name, not attribute)
        for attribute, inner in _STEP.findall(way)
        if (name := attribute or ((key := _KEY.fullmatch(inner)) and key[1]))
    ]
    if kind == "terraform_remote_state":
        names = [name for name, _ in steps]
        if names and names[0] != "outputs":
            return False
        return len(names) < 2 or bool(_SECRET_OUTPUT.search(names[1]))
    return any(_meets(steps, path.split(".")) for path in _SECRETS[kind])


def _meets(steps: Sequence[tuple[str, bool]], path: Sequence[str]) -> bool:
    """Whether some steps end at a secret, inside it, or at a value that contains it.

    Args:
        steps: the names of a reference, each with whether it is in brackets.
        path: the secret's; `*` is any key of a map.
    """
    if not steps or not path:
        return True
    (name, bracketed), rest = steps[0], steps[1:]
    if name == path[0] or path[0] == "*":
        return _meets(rest, path[1:])
    # Only a name after a dot is surely another attribute: one in brackets may be a key of for_each.
    return bracketed and _meets(rest, path)
