"""The table [edge]: what Cloudflare does to requests and responses at its edge."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from settings.settings_table import SettingsTable
from settings.text_kinds import Line, Slug, UrlPath

_TWO_YEARS = 63_072_000
_QUOTED = re.compile(r'"(\\.|[^"\\])*"')


def without_quoted(expression: str) -> str:
    """An expression of Cloudflare's Rules language without its string literals: operators and fields are left."""
    return _QUOTED.sub("", expression)


def _balanced(value: str) -> str:
    # Cloudflare reports it only at apply; and rules are joined by `and`, which an open bracket would break out of.
    depth = 0
    bare = without_quoted(value)
    for character in bare:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            break
    if depth or '"' in bare:
        raise ValueError("brackets or quotes are not balanced; fix the expression")
    return value


Expression = Annotated[Line, AfterValidator(_balanced)]
BotAction = Literal["allow", "block", "managed_challenge"]
ReferrerPolicy = Literal["no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"]


class HeaderSettings(SettingsTable):
    """Response headers for the hosts of the environments' sites and APIs, and for no other host of the zone."""

    hsts_max_age_seconds: int = Field(
        31_536_000,
        ge=0,
        le=_TWO_YEARS,
        description="How long browsers must use HTTPS (Strict-Transport-Security), in seconds. "
        "Start with 300; 0 turns it off in browsers.",
    )
    hsts_include_subdomains: bool = Field(
        False, description="Apply that to the subdomains of the site's and the API's hosts too."
    )
    content_security_policy: Line | None = Field(
        None,
        description="The site's Content-Security-Policy. Default: one that allows the site itself, its API, "
        "inline scripts and styles, and Web Analytics if it is on.",
    )
    report_only: bool = Field(
        False,
        description="Only report violations of the Content-Security-Policy in the browser's console.",
    )
    frame_options: Literal["DENY", "SAMEORIGIN"] = Field(
        "DENY", description="Which pages can show the site in a frame (X-Frame-Options)."
    )
    referrer_policy: ReferrerPolicy = Field(
        "strict-origin-when-cross-origin", description="What a link reveals to the next site (Referrer-Policy)."
    )
    permissions_policy: Line = Field(
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        description="Which browser features the site can use (Permissions-Policy).",
    )


class FirewallRuleSettings(SettingsTable):
    """A WAF custom rule."""

    expression: Expression = Field(
        description="Which requests match, in Cloudflare's Rules language. By default "
        "it applies to the environments' hosts only."
    )
    action: Literal["block", "managed_challenge", "js_challenge"] = Field(
        "block", description="What to do with them. A challenge breaks requests from scripts."
    )
    every_host: bool = Field(
        default=False, description="Apply the rule to every host of the zone, as rules from Cloudflare's dashboard do."
    )
    description: Line | None = Field(
        default=None, description="The rule's name in Cloudflare's dashboard. Default: the project and the rule's key."
    )
    enabled: bool = Field(default=True, description="False keeps the rule without applying it.")


class FirewallSettings(SettingsTable):
    """WAF custom rules for the environments' hosts."""

    block_probes: bool = Field(
        True, description="Block requests for paths that only scanners request, such as /.env, /.git and *.php."
    )
    block_unknown_methods: bool = Field(
        True, description="Block all methods except GET, HEAD, OPTIONS, POST, PUT, PATCH and DELETE."
    )
    rules: dict[Slug, FirewallRuleSettings] = Field({}, description="Your own rules, by name.")

    @property
    def count(self) -> int:
        """How many custom rules the zone needs for this."""
        return self.block_probes + self.block_unknown_methods + len(self.rules)


class RateLimitSettings(SettingsTable):
    """A limit on the requests of one IP address, counted in each Cloudflare data center."""

    requests: int = Field(ge=1, le=1_000_000, description="How many requests are allowed in a period.")
    period_seconds: int = Field(60, description="The period, in seconds. Free zones: 10. Pro: up to 60.")
    mitigation_seconds: int = Field(
        60, description="How long the address is then blocked, in seconds. Free zones: 10. Pro: up to 3600."
    )
    paths: list[UrlPath] = Field(
        [],
        description="Prefixes of the paths to count; empty: all paths. On a free zone a rule "
        "can't match hosts, so it counts these paths on every host of the zone.",
    )


class ZoneSettings(SettingsTable):
    """Settings of the whole zone, and so of all its hosts. A key that is left out changes nothing."""

    always_use_https: bool | None = Field(None, description="Redirect http:// to https://.")
    min_tls_version: Literal["1.0", "1.1", "1.2", "1.3"] | None = Field(
        None, description="The oldest TLS version that visitors can use."
    )
    browser_check: bool | None = Field(
        None, description="Block requests with headers that no browser sends (Browser Integrity Check)."
    )

    def wanted(self) -> dict[str, str]:
        """The settings to change, by Cloudflare's id."""
        given: dict[str, bool | str] = self.model_dump(exclude_none=True)
        return {name: _on_off(value) if isinstance(value, bool) else value for name, value in given.items()}


class BotSettings(SettingsTable):
    """Bot settings of the whole zone, by Cloudflare's names. A key that is left out changes nothing."""

    fight_mode: bool | None = Field(
        None,
        description="Bot Fight Mode: challenge likely bots. Free zones only; rules can't make exceptions.",
    )
    sbfm_definitely_automated: BotAction | None = Field(
        None, description="Super Bot Fight Mode: what to do with definitely automated requests. Pro or higher."
    )
    sbfm_likely_automated: BotAction | None = Field(
        None, description="Super Bot Fight Mode: what to do with likely automated requests. Business."
    )
    sbfm_verified_bots: Literal["allow", "block"] | None = Field(
        None, description="Super Bot Fight Mode: what to do with verified bots, such as search engines. Pro or higher."
    )
    ai_bots_protection: Literal["block", "disabled", "only_on_ad_pages"] | None = Field(
        None, description="Where to block AI crawlers. Any plan."
    )

    def wanted(self) -> dict[str, bool | str]:
        """The settings to change, by Cloudflare's name."""
        return self.model_dump(exclude_none=True)


def _on_off(value: bool) -> str:
    return "on" if value else "off"


class EdgeSettings(SettingsTable):
    headers: HeaderSettings | None = Field(None, description="Security headers on the environments' hosts.")
    firewall: FirewallSettings | None = Field(None, description="WAF custom rules on the environments' hosts.")
    rate_limits: dict[Slug, RateLimitSettings] = Field(
        {}, description="Rate limits, by name. A request counts for each limit that matches."
    )
    zone: ZoneSettings | None = Field(None, description="TLS and HTTPS settings of the whole zone.")
    bots: BotSettings | None = Field(None, description="Bot settings of the whole zone.")
