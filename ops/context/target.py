"""Which cloud a run works on: the sandbox on this machine, or the owner's accounts."""

import tomllib
from typing import Any

from ops.context.run_context import Context
from ops.context.split_address import split_address

# One address of each cloud. Read here, not through `Addresses`, since pydantic loads slowly and every plan asks.
_ADDRESSES = {
    "Neon": ("NEON_API_BASE_URL",),
    "Cloudflare": ("CLOUDFLARE_API_BASE_URL", "CLOUDFLARE_BASE_URL"),
    "AWS": ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"),
}
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def cloud_in_use(context: Context) -> str:
    """`the sandbox`, `your accounts`, or what is mixed, for a question before a change."""
    local = {
        cloud: any(split_address(context.environment.get(name, "")).hostname in _LOOPBACK for name in names)
        for cloud, names in _ADDRESSES.items()
    }
    if not any(local.values()):
        return "your accounts"
    if all(local.values()):
        return "the sandbox"
    real = ", ".join(cloud for cloud, is_local in local.items() if not is_local)
    return f"the sandbox, but your real account of {real}"


def target(context: Context) -> str:
    """One line that says what a run works on, for the beginning of each command that plans or changes something.

    The names come from the settings as they stand; settings that can't be read are reported by whoever needs them.
    """
    named = {"bucket": ("state", "bucket"), "zone": ("cloudflare", "zone"), "Neon project": ("project", "name")}
    settings = raw_settings(context)
    found = {what: settings.get(table, {}).get(key) for what, (table, key) in named.items()}
    listed = ", ".join(f"{what} {name}" for what, name in found.items() if isinstance(name, str))
    return "; ".join(filter(None, (f"target: {cloud_in_use(context)}", listed)))


def raw_settings(context: Context) -> dict[str, dict[str, Any]]:
    """The tables of the settings, unchecked and without defaults; none if the file can't be read."""
    try:
        document = tomllib.loads(context.settings_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {name: table for name, table in document.items() if isinstance(table, dict)}
