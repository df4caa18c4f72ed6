"""The table [cloudflare]: the DNS zone of the product."""

from pydantic import Field

from settings.cloudflare_plans import CloudflarePlanName
from settings.table import Table
from settings.text import DomainName


class Cloudflare(Table):
    zone: DomainName = Field(description="The DNS zone in which the environments' domains lie.")
    plan: CloudflarePlanName = Field(
        "free", description="The zone's plan; it sets the limits that [edge] and [notifications] are held against."
    )
