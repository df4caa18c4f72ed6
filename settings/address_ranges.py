"""Allow-lists of IP addresses."""

from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    collapse_addresses,
    ip_address,
    ip_network,
    summarize_address_range,
)


def covers_everyone(ranges: Sequence[str]) -> bool:
    """Whether an allow-list contains every IPv4 or every IPv6 address, and so limits nobody.

    Args:
        ranges: addresses, networks (`10.0.0.0/8`) and ranges (`10.0.0.1-10.0.0.9`), as Neon accepts them (its docs,
            "IP Allow"). An entry that is none of these contains no address.
    """
    four: list[IPv4Network] = []
    six: list[IPv6Network] = []
    for text in ranges:
        for network in _networks(text):
            four += [network] if isinstance(network, IPv4Network) else []
            six += [network] if isinstance(network, IPv6Network) else []
    everyone = {IPv4Network("0.0.0.0/0"), IPv6Network("::/0")}
    return bool(everyone & {*collapse_addresses(four), *collapse_addresses(six)})


def _networks(text: str) -> list[IPv4Network | IPv6Network]:
    first, dash, last = text.replace(" ", "").partition("-")
    try:
        if not dash:
            return [ip_network(first, strict=False)]
        low, high = ip_address(first), ip_address(last)
        if isinstance(low, IPv4Address) and isinstance(high, IPv4Address):
            return list(summarize_address_range(low, high))
        if isinstance(low, IPv6Address) and isinstance(high, IPv6Address):
            return list(summarize_address_range(low, high))
    except ValueError:
        pass
    return []
