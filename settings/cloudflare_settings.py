"""The table [cloudflare]: the DNS zone of the product."""

from pydantic import Field

from settings.cloudflare_plans import CloudflarePlanName
from settings.settings_table import SettingsTable
from settings.text_kinds import DomainName


class CloudflareSettings(SettingsTable):
    zone: DomainName = Field(description="The DNS zone of the environments' domains.")
    plan: CloudflarePlanName = Field(
        "free", description="The zone's plan. It sets the limits for [edge], [notifications] and health checks."
    )
