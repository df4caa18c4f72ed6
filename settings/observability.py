"""The table [notifications]: what Cloudflare tells the owner of by itself, and where."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field

from settings.cloudflare_plans import CLOUDFLARE_PLANS
from settings.table import Table
from settings.text import Line

if TYPE_CHECKING:
    from settings.model import Settings


def _email(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._%+-]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}", value):
        raise ValueError(f"{value!r} is not an e-mail address; use the form name@example.com")
    return value


EmailAddress = Annotated[Line, AfterValidator(_email)]
# Those that come with every plan (Cloudflare docs, "Available Notifications") and concern this product.
AlertType = Literal["pages_event_alert", "incident_alert", "universal_ssl_event_type", "dos_attack_l7"]


class Notifications(Table):
    emails: list[EmailAddress] = Field([], description="Who gets an e-mail.")
    discord: bool = Field(
        False,
        description="Also send to the Discord webhook of the Terraform variable discord_webhook_url. "
        "The account needs a zone on the Pro plan or higher.",
    )
    alerts: list[AlertType] = Field(
        ["pages_event_alert", "incident_alert", "universal_ssl_event_type", "dos_attack_l7"],
        description="What is told: failed deployments of Pages, major and critical incidents at Cloudflare, "
        "events of the zone's certificate, HTTP attacks that were fended off. They are watched in the whole account.",
    )


def check_notifications(settings: Settings) -> None:
    """The rules that span tables.

    Raises:
        ValueError: one line: where, what, what to do.
    """
    notifications = settings.notifications
    if notifications is None:
        return
    if not notifications.emails and not notifications.discord:
        raise ValueError("notifications: nobody would be told; add an address to emails, or remove [notifications]")
    if not notifications.alerts:
        raise ValueError("notifications.alerts: is empty; name an alert, or remove [notifications]")
    named: dict[str, list[str]] = {"emails": [*notifications.emails], "alerts": [*notifications.alerts]}
    for key, values in named.items():
        doubled = next((value for value in values if values.count(value) > 1), None)
        if doubled:
            raise ValueError(f"notifications.{key}: {doubled} is named twice; remove one")
    if "pages_event_alert" in notifications.alerts and settings.website is None:
        raise ValueError(
            "notifications.alerts: pages_event_alert tells of the site's deployments, and there is no site; "
            "remove it, or add a [website] table"
        )
    plan = settings.cloudflare.plan if settings.cloudflare else "free"
    if notifications.discord and not CLOUDFLARE_PLANS[plan].webhooks:
        raise ValueError(
            "notifications.discord: Cloudflare sends to webhooks only from accounts with a zone on the Pro plan or "
            f"higher, and cloudflare.plan is {plan}; use emails, or set cloudflare.plan to one that is paid for"
        )
