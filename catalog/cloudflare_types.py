"""Cloudflare's resource types. Sources: the schema of cloudflare/cloudflare 5.16.0, and Cloudflare's API reference."""

from catalog.entry_list import EntryList
from catalog.resource_type import NOT_CREATED, Lookup, ResourceType

_INCLUDED = ("cloudflare.part",)
"""Part of the zone's or the account's plan."""
PAGES_BINDINGS = (
    "ai_bindings",
    "analytics_engine_datasets",
    "browsers",
    "d1_databases",
    "durable_object_namespaces",
    "hyperdrive_bindings",
    "kv_namespaces",
    "mtls_certificates",
    "queue_producers",
    "r2_buckets",
    "services",
    "vectorize_bindings",
)
"""The arguments of a Pages project's `deployment_configs` that bind a service to a name. No setting has any."""

CLOUDFLARE_TYPES = (
    ResourceType(
        type="cloudflare_pages_project",
        holds="the site's deployments, its pages.dev address, and the secrets set in the dashboard",
        secrets=(
            "build_config.web_analytics_token",
            "canonical_deployment.build_config.web_analytics_token",
            "canonical_deployment.env_vars.*.value",
            "deployment_configs.preview.env_vars.*.value",
            "deployment_configs.production.env_vars.*.value",
            "latest_deployment.build_config.web_analytics_token",
            "latest_deployment.env_vars.*.value",
        ),
        # What was set in the dashboard: an apply deletes what the configuration lacks (provider 5.18.0).
        entries=tuple(
            EntryList(
                argument=f"deployment_configs.{builds}.{argument}",
                entry=entry,
                keys=(),
                generated=frozenset({"value"}),
                keep='[website] unmanaged_variables = ["<key>"]',
            )
            for builds in ("production", "preview")
            for argument, entry in {"env_vars": "build variable", **dict.fromkeys(PAGES_BINDINGS, "binding")}.items()
        ),
        lookup=Lookup(
            service="cloudflare",
            path="/accounts/{account_id}/pages/projects",
            same={"name": "name"},
            id="{account_id}/{name}",
        ),
        prices=_INCLUDED,
    ),
    ResourceType(
        type="cloudflare_pages_domain",
        lookup=Lookup(
            service="cloudflare",
            path="/accounts/{account_id}/pages/projects/{project_name}/domains",
            same={"name": "name"},
            id="{account_id}/{project_name}/{name}",
        ),
        prices=_INCLUDED,
    ),
    ResourceType(
        type="cloudflare_dns_record",
        label="comment",
        lookup=Lookup(
            service="cloudflare",
            path="/zones/{zone_id}/dns_records?name.exact={name}&type={type}&per_page=100",
            same={"name": "name", "type": "type"},
            id="{zone_id}/{found[id]}",
            in_zone=True,
            host="name",
        ),
        prices=_INCLUDED,
    ),
    ResourceType(
        type="cloudflare_ruleset",
        entries=(
            EntryList(
                argument="rules",
                entry="rule",
                keys=("ref", "id"),
                own_prefix=True,
                generated=frozenset({"id", "last_updated", "version"}),
            ),
        ),
        label="description",
        lookup=Lookup(
            service="cloudflare",
            path="/zones/{zone_id}/rulesets",
            same={"phase": "phase", "kind": "kind"},
            id="zones/{zone_id}/{found[id]}",
        ),
        prices=_INCLUDED,
    ),
    ResourceType(
        type="cloudflare_zone_setting",
        lookup=Lookup(id="{zone_id}/{setting_id}"),
        prices=_INCLUDED,
    ),
    ResourceType(
        type="cloudflare_bot_management",
        lookup=Lookup(id="{zone_id}"),
        prices=_INCLUDED,
    ),
    ResourceType(
        type="cloudflare_workers_custom_domain",
        lookup=Lookup(
            service="cloudflare",
            path="/accounts/{account_id}/workers/domains",
            same={"hostname": "hostname"},
            id="{account_id}/{found[id]}",
            host="hostname",
        ),
        prices=_INCLUDED,
    ),
    ResourceType(
        type="cloudflare_workers_route",
        lookup=Lookup(
            service="cloudflare",
            path="/zones/{zone_id}/workers/routes",
            same={"pattern": "pattern"},
            id="{zone_id}/{found[id]}",
        ),
        prices=_INCLUDED,
    ),
    ResourceType(
        type="cloudflare_healthcheck",
        label="description",
        lookup=Lookup(
            service="cloudflare",
            path="/zones/{zone_id}/healthchecks",
            same={"name": "name"},
            id="{zone_id}/{found[id]}",
        ),
        prices=_INCLUDED,
    ),
    ResourceType(
        type="cloudflare_notification_policy",
        label="description",
        lookup=Lookup(
            service="cloudflare",
            path="/accounts/{account_id}/alerting/v3/policies",
            same={"name": "name"},
            id="{account_id}/{found[id]}",
        ),
        prices=_INCLUDED,
    ),
    ResourceType(
        type="cloudflare_notification_policy_webhooks",
        secrets=("secret",),
        label="name",
        lookup=Lookup(
            service="cloudflare",
            path="/accounts/{account_id}/alerting/v3/destinations/webhooks",
            same={"name": "name"},
            id="{account_id}/{found[id]}",
        ),
        prices=_INCLUDED,
    ),
    ResourceType(
        type="cloudflare_web_analytics_site",
        no_lookup="Cloudflare's API does not say which host a site belongs to",
        prices=_INCLUDED,
    ),
    ResourceType(
        type="cloudflare_d1_database",
        holds="its tables",
        no_lookup=NOT_CREATED,
    ),
    ResourceType(
        type="cloudflare_r2_bucket",
        holds="its objects",
        no_lookup=NOT_CREATED,
    ),
    ResourceType(
        type="cloudflare_workers_kv_namespace",
        holds="its keys and values",
        no_lookup=NOT_CREATED,
    ),
    ResourceType(
        type="cloudflare_zone",
        holds="every DNS record and setting of the domain",
        no_lookup=NOT_CREATED,
    ),
)
