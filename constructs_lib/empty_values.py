"""Empty lists, maps and blocks, which no stack's JSON has."""

from collections.abc import Mapping
from typing import Any


def without_empty_values(stack: Mapping[str, Any]) -> dict[str, Any]:
    """A stack's JSON whose resources and data sources have no empty list, map or block.

    A provider stores an empty list either as empty or as null, and the Cloudflare provider then fails with "Provider
    produced inconsistent result after apply" (`path_excludes` of `cloudflare_pages_project`, versions 5.16.0 to 5.22.0,
    seen with the real provider). Left out, it is null on both sides. An empty text is a value and stays.

    Args:
        stack: what `TerraformStack.to_terraform` returns.
    """
    return {
        section: {kind: _cleaned_resources(resources) for kind, resources in content.items()}
        if section in ("resource", "data")
        else content
        for section, content in stack.items()
    }


def _cleaned_resources(resources: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _cleaned_body(body) for name, body in resources.items()}


def _cleaned_body(body: Mapping[str, Any]) -> dict[str, Any]:
    # The key "//" is cdktf's note on where a resource comes from.
    cleaned = {key: value if key == "//" else _cleaned(value) for key, value in body.items()}
    return {key: value for key, value in cleaned.items() if value not in ([], {})}


def _cleaned(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _cleaned_body(value)
    if isinstance(value, list):
        return [each for each in map(_cleaned, value) if each not in ([], {})]
    return value
