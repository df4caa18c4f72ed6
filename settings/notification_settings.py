"""The table [notifications]: which of Cloudflare's alerts are sent, and to whom."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from settings.settings_table import SettingsTable
from settings.text_kinds import Line, shown


def _email(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._%+-]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}", value):
        raise ValueError(f"{shown(value)} is not an e-mail address; use the form name@example.com")
    return value


EmailAddress = Annotated[Line, AfterValidator(_email)]
# The alerts that are included in every plan (Cloudflare docs, "Available Notifications") and concern this product.
AlertType = Literal["pages_event_alert", "incident_alert", "universal_ssl_event_type", "dos_attack_l7"]


class NotificationSettings(SettingsTable):
    emails: list[EmailAddress] = Field([], description="The recipients.")
    discord: bool = Field(
        False,
        description="Also send alerts to the Discord webhook in the Terraform variable discord_webhook_url. "
        "The account needs a zone on the Pro plan or higher.",
    )
    alerts: list[AlertType] = Field(
        ["pages_event_alert", "incident_alert", "universal_ssl_event_type", "dos_attack_l7"],
        description="The alerts: failed deployments of Pages, major and critical incidents at Cloudflare, "
        "events of the zone's certificate, mitigated HTTP attacks. They cover the whole account.",
    )
