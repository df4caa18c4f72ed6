"""Parses addresses that an owner or a service has written."""

from urllib.parse import SplitResult, urlsplit


def split_address(address: str) -> SplitResult:
    """The parts of an address; all empty if it is malformed, such as `postgres://[`."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")
