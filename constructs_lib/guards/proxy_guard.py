"""Visitors reach the site through Cloudflare, where headers, firewall and rate limits apply, and never past it."""

from collections.abc import Iterator

from constructs_lib.guards.stack_guard import StackGuard, Values, resources

_CAN_BE_PROXIED = ("A", "AAAA", "CNAME")


class ProxyGuard(StackGuard):
    """DNS records that lead through Cloudflare's proxy, if their type can (Cloudflare docs, "Proxy status")."""

    def findings(self, stack: Values) -> Iterator[str]:
        for kind, address, arguments in resources(stack):
            can = kind == "cloudflare_dns_record" and arguments.get("type") in _CAN_BE_PROXIED
            if can and arguments.get("proxied") is not True:
                yield f"{address}: leads visitors past Cloudflare's proxy; set proxied in its construct"
