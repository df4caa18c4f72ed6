"""The table [cloudflare]: the DNS zone of the product."""

from pydantic import Field

from settings.cloudflare_plans import CloudflarePlanName
from settings.settings_table import SettingsTable
from settings.text_kinds import DomainName


class CloudflareSettings(SettingsTable):
    zone: DomainName = Field(description="The DNS zone in which the environments' domains lie.")
    plan: CloudflarePlanName = Field(
        "free", description="The zone's plan; it sets the limits that [edge] and [notifications] are held against."
    )
