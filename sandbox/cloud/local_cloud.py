"""The cloud as one object: its stores, its services, its faults and its log."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from sandbox.cloud import (
    credential_routes,
    discord_webhooks,
    dns_records,
    github_conversations,
    health_checks,
    neon,
    notification_policies,
    pages_deployments,
    pages_projects,
    web_analytics,
    worker_addresses,
    workers,
    zone_directory,
    zone_rulesets,
    zone_settings,
)
from sandbox.cloud.cloud_api import CloudService, utc_now
from sandbox.cloud.cloud_faults import Faults
from sandbox.cloud.cloud_seed import load_seed
from sandbox.cloud.cloudflare_api import CloudflareApi, collections_service
from sandbox.cloud.document_store import Document, DocumentStore
from sandbox.cloud.keyring import Keyring
from sandbox.cloud.neon_serverless import Endpoint
from sandbox.cloud.postgres import Databases
from sandbox.cloud.request_log import RequestLog


class LocalCloud:
    """Everything behind the APIs, stored in a home folder.

    Neon has a store of its own: its transactions wait for Postgres, and no other service should wait for them.
    """

    def __init__(self, home: Path, databases: Databases, *, now: Callable[[], datetime] = utc_now) -> None:
        seed, keyring = load_seed(home), Keyring(home, os.environ)
        self.home, self.now, self.keyring = home, now, keyring
        self.faults, self.log = Faults(), RequestLog()
        self._databases = databases
        # Private key and certificate of the Postgres endpoints (sandbox/cloud/postgres).
        self.certificate = home / "postgres" / "tls.pem"
        self._neon_store, self._store = DocumentStore(home / "neon.sqlite"), DocumentStore(home / "cloudflare.sqlite")
        neon_api, cloudflare_api = neon.NeonApi(keyring), CloudflareApi(keyring)
        github_api, discord_api = github_conversations.GithubApi(), discord_webhooks.DiscordApi()
        self.apis = [neon_api, cloudflare_api, github_api, discord_api]
        self.neon = neon.NeonProjects(self._neon_store, databases, seed, now)
        self._directory = zone_directory.ZoneDirectory(self._store, seed)
        records = dns_records.DnsRecords(self._store, self._directory)
        projects = pages_projects.PagesProjects(self._store, self._directory)
        sites = [projects, pages_projects.PagesDomains(self._store, self._directory, records)]
        rules = zone_rulesets.Rulesets(self._store, self._directory, seed.cloudflare_plan)
        webhooks = notification_policies.NotificationWebhooks(self._store, self._directory, seed.cloudflare_plan)
        notices = [webhooks, notification_policies.StoredNotificationPolicies(self._store, self._directory, webhooks)]
        checks = [health_checks.HealthChecks(self._store, self._directory, seed.cloudflare_plan)]
        addresses = [
            worker_addresses.WorkerDomains(self._store, self._directory, records),
            worker_addresses.WorkerRoutes(self._store, self._directory),
        ]
        analytics = [web_analytics.WebAnalyticsSites(self._store, self._directory)]
        self.deployments = pages_deployments.PagesDeployments(self._store, self._directory, projects, home / "pages")
        self.workers = workers.Workers(self._store, self._directory, home / "workers", seed.workers_subdomain)
        self.services: list[CloudService] = [
            neon.service(neon_api, self.neon),
            credential_routes.neon_service(neon_api, keyring, self.neon.organization),
            collections_service("Pages", cloudflare_api, sites),
            collections_service("DNS", cloudflare_api, [records]),
            collections_service("Rulesets", cloudflare_api, [rules]),
            zone_directory.service(cloudflare_api, self._directory),
            credential_routes.cloudflare_service(cloudflare_api, keyring, self._directory.account),
            zone_settings.settings_service(
                cloudflare_api, zone_settings.StoredZoneSettings(self._store, self._directory)
            ),
            zone_settings.bots_service(
                cloudflare_api, zone_settings.BotManagement(self._store, self._directory, seed.cloudflare_plan)
            ),
            collections_service("Health checks", cloudflare_api, checks),
            collections_service("Notifications", cloudflare_api, notices),
            collections_service("Web Analytics", cloudflare_api, analytics),
            collections_service("Worker addresses", cloudflare_api, addresses),
            pages_deployments.deployments_service(cloudflare_api, self.deployments),
            workers.service(cloudflare_api, self.workers),
            github_conversations.service(github_api, github_conversations.Conversations(self._store)),
            discord_webhooks.service(discord_api, discord_webhooks.DiscordMessages(self._store)),
        ]

    def start(self, port: int) -> None:
        """Start Postgres and listen on the endpoints' ports.

        Args:
            port: where the cloud answers on 127.0.0.1; Workers reach Neon's serverless protocols there.
        """
        self._databases.start()
        self.neon.contents.reopen_endpoints()
        self.workers.start(port)

    def endpoint(self, endpoint_id: str) -> Endpoint | None:
        """A Neon endpoint by its id."""
        found = self._neon_store.get("endpoints", endpoint_id)
        return Endpoint(found["_port"], found["branch_id"], found["disabled"]) if found else None

    def stop(self) -> None:
        self.workers.stop()
        self._databases.stop()

    def load(self, states: Sequence[Document]) -> dict[str, int]:
        """Create the objects of Terraform state documents, all or none; returns how many of each resource type.

        Managed resources are loaded, and the Pages project that a state only reads. Accounts and zones are registered.

        Raises:
            ApiError: an object refers to one that does not exist, or exists already.
        """
        resources = [resource for state in states for resource in state["resources"]]
        resources.sort(key=lambda item: item["mode"] != "data")
        found: dict[str, list[Document]] = {}
        for resource in resources:
            if resource["mode"] == "managed" or resource["type"] == "cloudflare_pages_project":
                for instance in resource["instances"]:
                    found.setdefault(resource["type"], []).append(instance["attributes"])
        with self._neon_store.transaction(), self._store.transaction():
            for attributes in (item for items in found.values() for item in items):
                self._directory.learn(attributes)
            for kind, load in ((kind, load) for service in self.services for kind, load in service.loaders.items()):
                # A parent was created before its branches.
                for attributes in sorted(found.get(kind, []), key=lambda item: item.get("parent_timestamp") or 0):
                    load(attributes)
        return {kind: len(items) for kind, items in found.items()}

    def reset(self) -> None:
        """Remove every object, fault and log entry. The seed's account and zone, keys and tokens stay."""
        self.neon.clear()
        self.workers.clear()
        self._store.clear()
        self._directory.plant()
        self.faults.set([])
        self.log.entries.clear()

    def dump(self) -> dict[str, list[Document]]:
        """Every document by collection."""
        return {**self._neon_store.dump(), **self._store.dump()}
