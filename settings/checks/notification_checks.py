"""The rules of [notifications]: who is told, of what, and what the zone's plan allows."""

from settings.cloudflare_plans import CLOUDFLARE_PLANS
from settings.settings_shape import SettingsShape


def check_notifications(settings: SettingsShape) -> None:
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
