"""The table [edge]: what Cloudflare does to requests and answers before they reach the site, the API or a visitor."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from settings.settings_table import SettingsTable
from settings.text_kinds import Line, Slug, UrlPath

_TWO_YEARS = 63_072_000
_QUOTED = re.compile(r'"(\\.|[^"\\])*"')


def without_quoted(expression: str) -> str:
    """An expression of Cloudflare's Rules language without its quoted texts: what is left are operators and fields."""
    return _QUOTED.sub("", expression)


def _balanced(value: str) -> str:
    # Cloudflare would only say so at apply; and rules are joined by `and`, which an open bracket would break out of.
    depth = 0
    bare = without_quoted(value)
    for character in bare:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            break
    if depth or '"' in bare:
        raise ValueError("brackets or quotes are not balanced; mend the expression")
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
        description="For how long browsers must use HTTPS (Strict-Transport-Security), in seconds. "
        "Begin with 300; 0 makes browsers forget it.",
    )
    hsts_include_subdomains: bool = Field(
        False, description="Whether that also holds for the hosts below the site's and the API's."
    )
    content_security_policy: Line | None = Field(
        None,
        description="The site's Content-Security-Policy. Left out, one is made that allows the site itself, its API, "
        "inline scripts and styles, and Web Analytics where it is on.",
    )
    report_only: bool = Field(
        False, description="Only report in the browser's console what the site's Content-Security-Policy would block."
    )
    frame_options: Literal["DENY", "SAMEORIGIN"] = Field(
        "DENY", description="Which pages may show the site in a frame (X-Frame-Options)."
    )
    referrer_policy: ReferrerPolicy = Field(
        "strict-origin-when-cross-origin", description="What a link tells the next site (Referrer-Policy)."
    )
    permissions_policy: Line = Field(
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        description="Which of the browser's abilities the site may use (Permissions-Policy).",
    )


class FirewallRuleSettings(SettingsTable):
    """One rule of the owner's."""

    expression: Expression = Field(
        description="Which requests, in Cloudflare's Rules language. It is held to the environments' hosts."
    )
    action: Literal["block", "managed_challenge", "js_challenge"] = Field(
        "block", description="What happens to them. A challenge breaks requests that scripts make."
    )


class FirewallSettings(SettingsTable):
    """WAF custom rules for the environments' hosts."""

    block_probes: bool = Field(
        True, description="Block requests for paths that only scanners ask for, such as /.env, /.git and *.php."
    )
    block_unknown_methods: bool = Field(
        True, description="Block all methods but GET, HEAD, OPTIONS, POST, PUT, PATCH and DELETE."
    )
    rules: dict[Slug, FirewallRuleSettings] = Field(
        {}, description="Rules of your own; the table's name is the rule's."
    )

    @property
    def count(self) -> int:
        """How many rules of the zone's allowance this uses."""
        return self.block_probes + self.block_unknown_methods + len(self.rules)


class RateLimitSettings(SettingsTable):
    """How often one visitor (IP address) may ask, counted in each of Cloudflare's data centres."""

    requests: int = Field(ge=1, le=1_000_000, description="So many requests in a period are allowed.")
    period_seconds: int = Field(60, description="The period, in seconds. Free zones: 10. Pro: up to 60.")
    mitigation_seconds: int = Field(
        60, description="For how long the visitor is then blocked, in seconds. Free zones: 10. Pro: up to 3600."
    )
    paths: list[UrlPath] = Field(
        [],
        description="Only paths that begin so are counted; all of them where the list is empty. On a free zone a rule "
        "can't name hosts, so it counts these paths on every host of the zone.",
    )


class ZoneSettings(SettingsTable):
    """Settings of the whole zone, so of all its hosts. What is left out stays as it is."""

    always_use_https: bool | None = Field(None, description="Answer http:// with a redirect to https://.")
    min_tls_version: Literal["1.0", "1.1", "1.2", "1.3"] | None = Field(
        None, description="The oldest TLS version that visitors may use."
    )
    browser_check: bool | None = Field(
        None, description="Turn away bots whose headers no browser sends (Browser Integrity Check)."
    )

    def wanted(self) -> dict[str, str]:
        """The settings by Cloudflare's ids, for those that are not left alone."""
        given: dict[str, bool | str] = self.model_dump(exclude_none=True)
        return {name: _on_off(value) if isinstance(value, bool) else value for name, value in given.items()}


class BotSettings(SettingsTable):
    """Settings against bots, of the whole zone, by Cloudflare's names. What is left out stays as it is."""

    fight_mode: bool | None = Field(
        None,
        description="Bot Fight Mode: challenge what looks like a bot. Free zones only; no rule can make exceptions.",
    )
    sbfm_definitely_automated: BotAction | None = Field(
        None, description="Super Bot Fight Mode: what happens to requests that surely come from bots. Pro or higher."
    )
    sbfm_likely_automated: BotAction | None = Field(
        None, description="Super Bot Fight Mode: what happens to requests that seem to come from bots. Business."
    )
    sbfm_verified_bots: Literal["allow", "block"] | None = Field(
        None, description="Super Bot Fight Mode: what happens to known bots, such as search engines. Pro or higher."
    )
    ai_bots_protection: Literal["block", "disabled", "only_on_ad_pages"] | None = Field(
        None, description="Where bots that collect texts for AI models are blocked. Any plan."
    )

    def wanted(self) -> dict[str, bool | str]:
        """The settings by Cloudflare's names, for those that are not left alone."""
        return self.model_dump(exclude_none=True)


def _on_off(value: bool) -> str:
    return "on" if value else "off"


class EdgeSettings(SettingsTable):
    headers: HeaderSettings | None = Field(None, description="Security headers on the environments' hosts.")
    firewall: FirewallSettings | None = Field(None, description="WAF custom rules on the environments' hosts.")
    rate_limits: dict[Slug, RateLimitSettings] = Field(
        {}, description="Rate limits, one table each. Where several match, each of them counts."
    )
    zone: ZoneSettings | None = Field(None, description="TLS, HTTPS and bot settings of the whole zone.")
    bots: BotSettings | None = Field(None, description="Bot Fight Mode and its kin, for the whole zone.")
