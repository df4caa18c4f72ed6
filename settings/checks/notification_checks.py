"""The rules of [notifications]: recipients, alerts, and the limits of the zone's plan."""

from settings.cloudflare_plans import CLOUDFLARE_PLANS
from settings.settings_shape import SettingsShape


def check_notifications(settings: SettingsShape) -> None:
    """Checks the rules between tables.

    Raises:
        ValueError: one line: where, what, what to do.
    """
    notifications = settings.notifications
    if notifications is None:
        return
    if not notifications.emails and not notifications.discord:
        raise ValueError("notifications: there is no recipient; add an address to emails, or remove [notifications]")
    if not notifications.alerts:
        raise ValueError("notifications.alerts: is empty; add an alert, or remove [notifications]")
    named: dict[str, list[str]] = {"emails": [*notifications.emails], "alerts": [*notifications.alerts]}
    for key, values in named.items():
        doubled = next((value for value in values if values.count(value) > 1), None)
        if doubled:
            raise ValueError(f"notifications.{key}: {doubled} is listed twice; remove one")
    if "pages_event_alert" in notifications.alerts and settings.website is None:
        raise ValueError(
            "notifications.alerts: pages_event_alert is about the site's deployments, and there is no site; "
            "remove it, or add a [website] table"
        )
    plan = settings.cloudflare.plan if settings.cloudflare else "free"
    if notifications.discord and not CLOUDFLARE_PLANS[plan].webhooks:
        raise ValueError(
            "notifications.discord: Cloudflare sends to webhooks only from accounts with a zone on the Pro plan or "
            f"higher, and cloudflare.plan is {plan}; use emails, or set cloudflare.plan to a paid plan"
        )
