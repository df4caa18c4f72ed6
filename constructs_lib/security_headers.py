"""Security headers on the responses of a zone's hosts."""

from collections.abc import Mapping, Sequence

from constructs_lib.zone_rules import is_host

from cdktf_cdktf_provider_cloudflare.ruleset import (
    RulesetRules,
    RulesetRulesActionParameters,
    RulesetRulesActionParametersHeaders,
)

_ANALYTICS_SCRIPT = "https://static.cloudflareinsights.com"
_ANALYTICS_COLLECTOR = "https://cloudflareinsights.com"
# An API returns no documents: its responses load nothing and can't be framed.
API_CONTENT_SECURITY_POLICY = "default-src 'none'; frame-ancestors 'none'"


def strict_transport_security(*, max_age_seconds: int, include_subdomains: bool) -> str:
    """The value of Strict-Transport-Security (RFC 6797)."""
    return f"max-age={max_age_seconds}" + ("; includeSubDomains" if include_subdomains else "")


def content_security_policy(*, api_url: str | None, web_analytics: bool, framed_by_itself: bool) -> str:
    """A Content-Security-Policy for a statically exported site (W3C, "Content Security Policy Level 3").

    Inline scripts and styles are allowed, since a static export of Next.js has them and no server adds nonces.

    Args:
        api_url: the API's URL, None if the site calls none.
        web_analytics: whether to allow Cloudflare's Web Analytics.
        framed_by_itself: whether the site can show itself in a frame.
    """
    directives = {
        "default-src": ["'self'"],
        "base-uri": ["'self'"],
        "connect-src": ["'self'", *([api_url] if api_url else []), *([_ANALYTICS_COLLECTOR] if web_analytics else [])],
        "font-src": ["'self'", "data:"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'self'" if framed_by_itself else "'none'"],
        "img-src": ["'self'", "data:", "blob:"],
        "object-src": ["'none'"],
        "script-src": ["'self'", "'unsafe-inline'", *([_ANALYTICS_SCRIPT] if web_analytics else [])],
        "style-src": ["'self'", "'unsafe-inline'"],
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())


def header_rules(owner: str, headers: Mapping[str, tuple[Sequence[str], Mapping[str, str]]]) -> list[RulesetRules]:
    """Headers that are set on every response of the hosts, and replace those of the site or the Worker.

    Args:
        owner: as in `edge.PhaseRules`.
        headers: for each group (its name, such as `site`), the host names and their headers by name.
    """
    return [
        RulesetRules(
            ref=f"{group}-headers",
            description=f"{owner}: security headers of the {group}",
            expression=is_host(hosts),
            action="rewrite",
            action_parameters=RulesetRulesActionParameters(
                headers={
                    name: RulesetRulesActionParametersHeaders(operation="set", value=value)
                    for name, value in values.items()
                }
            ),
            enabled=True,
        )
        for group, (hosts, values) in headers.items()
    ]
