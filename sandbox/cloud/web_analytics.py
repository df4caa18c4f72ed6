"""Web Analytics sites of accounts. Nothing is counted. Source: Cloudflare's API reference, "RUM: Site Info"."""

from __future__ import annotations

from sandbox.cloud.cloud_api import ApiCall, ApiError, ApiOperation
from sandbox.cloud.cloudflare_api import Collection, new_id, now
from sandbox.cloud.document_store import Document


class WebAnalyticsSites(Collection):
    """Sites, each for a host or a zone, which the answer omits, as in the real API."""

    name = "web_analytics_sites"
    path = "/accounts/{account}/rum/site_info"
    key = "site_tag"
    unknown = (404, "web analytics site not found", 10006)
    without = ("PATCH",)
    terraform = ("cloudflare_web_analytics_site", "account_id", ("site_tag", "site_token", "created"))
    columns = ("site_tag", "auto_install", "created")

    def build(self, owner: str, wanted: Document, old: Document | None) -> Document:  # noqa: ARG002
        host, zone_tag = wanted.get("host"), wanted.get("zone_tag")
        if not host and not zone_tag:
            raise ApiError(400, "host or zone_tag is required", 10002)
        zone = self._directory.zone(zone_tag) if zone_tag else self._directory.zone_of(str(host)) or {}
        token = old["site_token"] if old else new_id()
        beacon = "https://static.cloudflareinsights.com/beacon.min.js"
        return {
            "site_tag": old["site_tag"] if old else new_id(),
            "site_token": token,
            "auto_install": bool(wanted.get("auto_install")),
            "created": old["created"] if old else now(),
            "rules": [],
            "ruleset": {
                "id": old["ruleset"]["id"] if old else new_id(),
                "enabled": True,
                "zone_name": zone.get("name"),
                "zone_tag": zone.get("id"),
            },
            "snippet": f"<script defer src='{beacon}' data-cf-beacon='{{\"token\": \"{token}\"}}'></script>",
            "_host": host,
        }

    def delete(self, call: ApiCall) -> Document | None:
        super().delete(call)
        return {"site_tag": call["key"]}

    def operations(self) -> list[ApiOperation]:
        kept = [item for item in super().operations() if (item.method, item.path) != ("GET", self.path)]
        return [ApiOperation("GET", self.path + "/list", self.listed, page_size=10), *kept]
