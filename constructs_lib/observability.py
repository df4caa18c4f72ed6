"""Visits of the site, and notifications of problems."""

from collections.abc import Mapping

from constructs_lib.naming import named

from cdktf import Fn, TerraformResourceLifecycle
from cdktf_cdktf_provider_cloudflare.notification_policy import (
    NotificationPolicy,
    NotificationPolicyFilters,
    NotificationPolicyMechanisms,
    NotificationPolicyMechanismsEmail,
    NotificationPolicyMechanismsWebhooks,
)
from cdktf_cdktf_provider_cloudflare.notification_policy_webhooks import NotificationPolicyWebhooks
from cdktf_cdktf_provider_cloudflare.web_analytics_site import WebAnalyticsSite
from constructs import Construct

from settings.notification_settings import NotificationSettings

_TITLES = {
    "pages_event_alert": "failed deployments of Pages",
    "incident_alert": "incidents at Cloudflare",
    "universal_ssl_event_type": "certificate events",
    "dos_attack_l7": "HTTP attacks",
}
# The API takes these values in capitals only (Cloudflare's API reference, "Alerting: Policies").
_FILTERS = {
    "pages_event_alert": NotificationPolicyFilters(
        environment=["ENVIRONMENT_PRODUCTION", "ENVIRONMENT_PREVIEW"], event=["EVENT_DEPLOYMENT_FAILED"]
    ),
    "incident_alert": NotificationPolicyFilters(incident_impact=["INCIDENT_IMPACT_MAJOR", "INCIDENT_IMPACT_CRITICAL"]),
}


class SiteAnalytics(Construct):
    """A Web Analytics site for one host. The page itself loads the script with the token.

    Cloudflare could inject the script instead, but only on every host of the zone.

    Attributes:
        token: the script's token; visitors can read it.
    """

    def __init__(self, scope: Construct, id: str, *, account_id: str, host: str) -> None:
        """
        Args:
            scope: the stack.
            id: unique in the scope.
            account_id: the Cloudflare account's id, sensitive.
            host: the site's host name.
        """
        super().__init__(scope, id)
        site = named(WebAnalyticsSite(self, "site", account_id=account_id, host=host, auto_install=False), "site")
        self.token = site.site_token


class NotificationPolicies(Construct):
    """Notification policies of the account, one for each alert, with the same recipients."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        account_id: str,
        owner: str,
        settings: NotificationSettings,
        discord_webhook_url: str | None = None,
        health_checks: Mapping[str, str] | None = None,
    ) -> None:
        """
        Args:
            scope: the stack.
            id: unique in the scope.
            account_id: the Cloudflare account's id, sensitive.
            owner: the project and stack, `<project>/<stack>`, for names and descriptions.
            settings: the table [notifications].
            discord_webhook_url: a reference to a Discord webhook's whole URL, sensitive; Pro plan or higher.
            health_checks: by environment, the id of its API's health check; each change of its
                status is an alert.
        """
        super().__init__(scope, id)
        webhooks: list[NotificationPolicyMechanismsWebhooks] = []
        if discord_webhook_url:
            webhooks.append(
                NotificationPolicyMechanismsWebhooks(id=self._webhook(account_id, owner, discord_webhook_url))
            )
        mechanisms = NotificationPolicyMechanisms(
            # An empty list would come back as null, and show as a change on every plan.
            email=[NotificationPolicyMechanismsEmail(id=email) for email in settings.emails] or None,
            webhooks=webhooks or None,
        )

        # The API may answer what a policy leaves out with an empty value or with null; both would show as a change.
        unset = ["alert_interval"]
        unset += [f"mechanisms.{name}" for name in ("pagerduty", *([] if settings.emails else ["email"]))]
        unset += [] if webhooks else ["mechanisms.webhooks"]

        def policy(name: str, alert: str, title: str, filters: NotificationPolicyFilters | None) -> None:
            named(
                NotificationPolicy(
                    self,
                    name,
                    account_id=account_id,
                    name=f"{owner}: {title}",
                    description=f"Made by Terraform, {owner}",
                    alert_type=alert,
                    enabled=True,
                    filters=filters,
                    mechanisms=mechanisms,
                    lifecycle=TerraformResourceLifecycle(ignore_changes=[*unset, *([] if filters else ["filters"])]),
                ),
                name,
            )

        for alert in settings.alerts:
            policy(alert, alert, _TITLES[alert], _FILTERS.get(alert))
        for environment, check_id in (health_checks or {}).items():
            filters = NotificationPolicyFilters(health_check_id=[check_id], status=["Healthy", "Unhealthy"])
            title = f"health of {environment}'s API"
            policy(f"health_check_{environment}", "health_check_status_notification", title, filters)

    def _webhook(self, account_id: str, owner: str, url: str) -> str:
        # Cloudflare stores the token of Discord's URL apart (docs, "Configure webhooks"). Sent in two parts, the URL
        # comes back as it was sent, and no plan shows a change.
        token = Fn.basename(url)
        webhook = named(
            NotificationPolicyWebhooks(
                self,
                "discord",
                account_id=account_id,
                name=f"{owner}: Discord",
                url=Fn.trimsuffix(url, f"/{token}"),
                secret=token,
            ),
            "discord",
        )
        return webhook.id
