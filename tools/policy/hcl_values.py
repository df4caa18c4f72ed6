"""How checkov hands a resource to a check: each argument in a list. Runs in checkov's own virtual environment."""

from typing import Any


def value(conf: dict[str, Any], *path: str) -> Any:
    """The value at a path of arguments and blocks, None where there is none.

    Args:
        conf: a resource as checkov hands it over.
        path: the names that lead to the value, such as `lifecycle`, `prevent_destroy`.
    """
    current: Any = conf
    for name in path:
        current = current.get(name) if isinstance(current, dict) else None
        if isinstance(current, list):
            current = current[0] if current else None
    return current


def blocks(conf: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """All blocks of one name, such as a ruleset's `rules`."""
    return [block for block in conf.get(name) or [] if isinstance(block, dict)]


def arguments(conf: Any) -> dict[str, Any]:
    """A block's arguments without what checkov and cdktf add to them."""
    return {key: inner for key, inner in (conf or {}).items() if not key.startswith("__") and key != "//"}


def stack(conf: dict[str, Any]) -> str:
    """The stack of a resource, which cdktf notes beside it."""
    return conf.get("//", {}).get("metadata", {}).get("path", "").split("/")[0]
