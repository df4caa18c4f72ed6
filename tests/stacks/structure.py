"""Checks that hold for any stack, whatever the settings are."""

import re

from tests.support import Values, strings

GENERATED_ID = re.compile(r"_[0-9A-F]{8}\b")
"""How cdktf names an element by itself: its path and a hash."""
SECRET = re.compile(
    r"npg_|napi_|AKIA[0-9A-Z]{16}|gh[pousr]_\w{20}|github_pat_|postgres(ql)?://[^$ ]+:[^$ ]+@|/api/webhooks/|-----BEGIN"
    r"|(?<![\w-])(?=[^.]*\d)[A-Za-z0-9_-]{40}(?![\w-])|(?<!\w)[0-9a-f]{32}(?!\w)"
)
"""Neon, AWS, GitHub and Cloudflare credentials, a connection URI with a plain password, and the form of account ids."""

_EXPRESSION = re.compile(r"\$\{([^}]*)\}")
_REFERENCE = re.compile(r"(?<![.\w])(?:data\.)?[a-z][a-z0-9_]*\.[A-Za-z0-9_-]+")


def references(stack: Values) -> set[str]:
    """What the expressions in a stack refer to: `var.name`, `type.name`, `data.type.name`."""
    return {
        reference.group()
        for text in strings(stack)
        for expression in _EXPRESSION.finditer(text)
        for reference in _REFERENCE.finditer(expression.group(1))
    }


def undeclared_references(stack: Values) -> set[str]:
    """What expressions refer to although the stack does not declare it."""
    declared = {f"var.{name}" for name in stack.get("variable", {})}
    declared |= {f"{kind}.{name}" for kind, named in stack.get("resource", {}).items() for name in named}
    declared |= {f"data.{kind}.{name}" for kind, named in stack.get("data", {}).items() for name in named}
    return references(stack) - declared


def unused_variables(stack: Values) -> set[str]:
    """Variables that an owner would be asked for although nothing reads them."""
    return {f"var.{name}" for name in stack.get("variable", {})} - references(stack)


def providers_in_use(stack: Values) -> set[str]:
    """The providers of the stack's resources and data sources, by the first word of their types."""
    kinds = {*stack.get("resource", {}), *stack.get("data", {})}
    return {kind.split("_")[0] for kind in kinds} - {"terraform"}
