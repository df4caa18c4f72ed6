"""Cloudflare's API, beyond what wrangler covers: Workers, the token, the zone, and Pages previews.

Source: Cloudflare's API reference, "Workers", "Pages", "Zones" and "Verify Token", and the page "Preview deployments".
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Self

from ops.clouds.key_advice import CLOUDFLARE_TOKEN
from ops.clouds.rest import RefusedError, Rest
from ops.context.run_context import Context

_ADVICE = {
    400: "the token or the id is malformed",
    401: CLOUDFLARE_TOKEN,
    404: "the id is wrong, or belongs to another account",
}
# Refusals that no permission helps against, by a piece of Cloudflare's message (code 9109, as quoted in ddns-go's issue
# 1341; and that of a feature that a plan lacks).
_REASONS = {
    "from location": "the token's Client IP Address Filtering excludes this machine; add its address to the token",
    "entitled": "the account's or the zone's plan does not include it",
}
# What each part of the API needs, by a piece of the path.
_PERMISSIONS = {
    "/workers/observability/": "Workers Observability: Edit",
    "/workers/": "Workers Scripts: Edit",
    "/pages/": "Cloudflare Pages: Edit",
    "/zones/": "Zone: Edit and DNS: Edit",
    "/tokens/": "API Tokens: Edit",
}
_ALIAS_LENGTH = 28
_DEPLOYMENTS_READ = 100


@dataclass(frozen=True)
class PagesPreview:
    """The preview that Pages builds of a git branch.

    Attributes:
        address: shows the branch's newest build; empty if it can't be known before the first build.
        status: Pages' own word for the state of that build: `success`, `failure`, `active`, `canceled` …; empty if it
            has not started.
    """

    address: str
    status: str


@dataclass(frozen=True)
class LoggedError:
    """An error in a Worker's stored logs.

    Attributes:
        at: when it was logged.
        text: what was logged.
        request: the request that led to it, such as `GET /expenses`; empty if none did.
        version: the id of the Worker's version; empty if it is not known.
    """

    at: datetime
    text: str
    request: str
    version: str

    @classmethod
    def read(cls, event: Mapping[str, Any]) -> Self:
        metadata, worker = event.get("$metadata") or {}, event.get("$workers") or {}
        source = event.get("source")
        text = metadata.get("error") or metadata.get("message") or (source if isinstance(source, str) else "")
        return cls(
            at=datetime.fromtimestamp(event["timestamp"] / 1000, UTC),
            text=str(text or "no message"),
            request=str(metadata.get("trigger") or ""),
            version=str((worker.get("scriptVersion") or {}).get("id") or ""),
        )


@dataclass(frozen=True)
class VerifiedToken:
    """The API token in use, as Cloudflare knows it.

    Attributes:
        path: where it is in the API: `/user/tokens/<id>`, or the same below its account.
        status: `active`, `disabled` or `expired`.
    """

    path: str
    status: str


@dataclass(frozen=True)
class DomainStatus:
    """A zone, or a domain of a Pages project.

    Attributes:
        name: the domain name.
        status: Cloudflare's own word, such as `active` or `pending`.
        created: when it was added; None if Cloudflare doesn't say.
        reason: why it is not active, in Cloudflare's words; empty if it doesn't say.
    """

    name: str
    status: str
    created: datetime | None
    reason: str

    @classmethod
    def read(cls, name: str, document: Mapping[str, Any]) -> Self:
        created = document.get("created_on")
        checks = (document.get(key) or {} for key in ("verification_data", "validation_data"))
        reason = next((str(text) for check in checks if (text := check.get("error_message"))), "")
        return cls(name, document["status"], datetime.fromisoformat(created) if created else None, reason)


class Cloudflare(Rest):
    """An account's Workers and Pages projects, and its zones, with the run's token. Use it as a context manager."""

    def __init__(self, context: Context, *, attempts: int = 5, wait_seconds: float = 1.0) -> None:
        """
        Args:
            context: has the token, the account and the API's address.
            attempts: how often a call is tried while Cloudflare rate-limits (429), fails (5xx) or is not reached.
            wait_seconds: seconds before the second try; the wait doubles each time, up to 20 s.

        Raises:
            OpsError: the token or the account's id is not set.
        """
        self._account = f"/accounts/{context.credentials.need('cloudflare_account_id')}"
        super().__init__(
            "Cloudflare",
            context.addresses.cloudflare,
            context.credentials.need("cloudflare_api_token"),
            context.console.mask,
            attempts=attempts,
            wait_seconds=wait_seconds,
        )

    def _advise(self, status: int, path: str, reason: str) -> str:
        if status == 403:
            for found, advice in _REASONS.items():
                if found in reason.lower():
                    return advice
            needed = next((needed for part, needed in _PERMISSIONS.items() if part in path), "")
            return f"the token lacks a permission{f': give it {needed}' if needed else ''}"
        return _ADVICE.get(status, "")

    def _reason(self, document: Any) -> tuple[str, str]:
        first = document["errors"][0]
        return str(first["code"]), str(first["message"])

    def _next_page(self, answer: Any, asked: Mapping[str, str]) -> dict[str, str]:
        """A page's number, or a cursor (rulesets). Source: Cloudflare's API reference, `result_info` of each list."""
        del asked
        info = answer.get("result_info") or {}
        if cursor := info.get("cursor") or (info.get("cursors") or {}).get("after"):
            return {"cursor": cursor}
        page, size = int(info.get("page") or 1), int(info.get("per_page") or 0)
        total = info.get("total_pages")
        more = page < total if total is not None else 0 < size <= len(answer.get("result") or [])
        return {"page": str(page + 1)} if more else {}

    def verify_token(self) -> VerifiedToken:
        """Verifies the token in use.

        Raises:
            OpsError: Cloudflare does not accept the token, or did not answer.
        """
        owner = "/user"
        try:
            found = self._verified(owner)
        except RefusedError as error:
            if error.status != 401:
                raise
            # A token that belongs to the account, not to a user, is verified there.
            owner = self._account
            found = self._verified(owner)
        return VerifiedToken(f"{owner}/tokens/{found['id']}", found["status"])

    def _verified(self, owner: str) -> Mapping[str, str]:
        return self._read(f"{owner}/tokens/verify")

    def _read(self, path: str) -> Any:
        return self.tried(lambda: self.call("GET", path))["result"]

    def pages_projects(self) -> list[str]:
        """The names of the account's first Pages projects.

        Raises:
            OpsError: Cloudflare refused, or did not answer.
        """
        return [project["name"] for project in self._read(f"{self._account}/pages/projects")]

    def pages_domain(self, project: str, domain: str) -> DomainStatus | None:
        """The state of a site's domain; None if it isn't attached.

        Args:
            project: the Pages project.
            domain: the domain name.

        Raises:
            OpsError: Cloudflare refused, or did not answer.
        """
        path = f"{self._account}/pages/projects/{project}/domains/{domain}"
        found = self.tried(lambda: self.call("GET", path, missing={"result": None}))["result"]
        return DomainStatus.read(domain, found) if found else None

    def workers_subdomain(self) -> str:
        """The account's subdomain of workers.dev.

        Raises:
            OpsError: Cloudflare refused, or did not answer.
        """
        return self._read(f"{self._account}/workers/subdomain")["subdomain"]

    def zone(self, zone_id: str) -> DomainStatus:
        """The state of a zone.

        Raises:
            OpsError: there is no such zone, or Cloudflare refused or did not answer.
        """
        found = self._read(f"/zones/{zone_id}")
        return DomainStatus.read(found["name"], found)

    def workers(self) -> list[str]:
        """The names of all the account's Workers.

        Raises:
            OpsError: Cloudflare refused, or did not answer.
        """
        return [worker["id"] for worker in self._read(f"{self._account}/workers/scripts")]

    def worker_logs_on(self, name: str) -> bool | None:
        """Whether Cloudflare stores a Worker's logs (Workers Logs); None if there is no such Worker.

        Raises:
            OpsError: Cloudflare refused, or did not answer.
        """
        path = f"{self._account}/workers/scripts/{name}/script-settings"
        found = self.tried(lambda: self.call("GET", path, missing={"result": None}))["result"]
        if found is None:
            return None
        settings = found.get("observability") or {}
        logs = settings.get("logs") or {}
        return bool(logs.get("enabled", settings.get("enabled")))

    def worker_errors(self, name: str, since: datetime, limit: int) -> list[LoggedError]:
        """The last errors that Workers Logs have stored of a Worker, the newest first.

        Source: Cloudflare's API reference, "Workers Observability", "Run a query"; the keys are those of the
        dashboard's Query Builder.

        Args:
            name: the Worker.
            since: not the ones before this time.
            limit: how many at most.

        Raises:
            OpsError: Cloudflare refused, or did not answer.
        """
        now = datetime.now(UTC)
        filters = [("$metadata.service", name), ("$metadata.level", "error")]
        query = {
            "queryId": "ops-logs",
            "timeframe": {"from": int(since.timestamp() * 1000), "to": int(now.timestamp() * 1000)},
            "view": "events",
            "limit": limit,
            "dry": True,
            "parameters": {
                "datasets": ["cloudflare-workers"],
                "filterCombination": "and",
                "filters": [
                    {"key": key, "operation": "eq", "type": "string", "value": value} for key, value in filters
                ],
            },
        }
        path = f"{self._account}/workers/observability/telemetry/query"
        found = self.tried(lambda: self.call("POST", path, query))["result"]
        events = (found.get("events") or {}).get("events") or []
        return sorted(map(LoggedError.read, events), key=lambda error: error.at, reverse=True)

    def worker_secrets(self, name: str) -> set[str]:
        """The names of a Worker's secrets; none if there is no such Worker.

        Raises:
            OpsError: Cloudflare refused, or did not answer.
        """
        return self.existing_worker_secrets(name) or set()

    def existing_worker_secrets(self, name: str) -> set[str] | None:
        """The names of a Worker's secrets; None if there is no such Worker.

        Raises:
            OpsError: Cloudflare refused, or did not answer.
        """
        path = f"{self._account}/workers/scripts/{name}/secrets"
        found = self.tried(lambda: self.call("GET", path, missing={"result": None}))["result"]
        return None if found is None else {secret["name"] for secret in found}

    def delete_worker(self, name: str) -> bool:
        """Deletes a Worker with all its versions and secrets.

        Returns:
            Whether there was one.

        Raises:
            OpsError: Cloudflare refused, or did not answer.
        """
        path = f"{self._account}/workers/scripts/{name}"
        # force: even if other Workers or stored objects still refer to it.
        answer = self.tried(lambda: self.call("DELETE", path, query={"force": "true"}, missing={"missing": True}))
        return "missing" not in answer

    def pages_preview(self, project: str, branch: str) -> PagesPreview:
        """The preview of a git branch; its address is usually known before Pages has built it.

        Args:
            project: the Pages project.
            branch: the git branch.

        Raises:
            OpsError: there is no such project, or Cloudflare refused or did not answer.
        """
        path = f"{self._account}/pages/projects/{project}"
        newest = self.tried(lambda: next(self._deployments(path, branch), None))
        if newest is None:
            name = alias(branch)
            return PagesPreview(f"https://{name}.{self._read(path)['subdomain']}" if name else "", "")
        addresses: list[str] = newest.get("aliases") or [newest["url"]]
        return PagesPreview(addresses[0], (newest.get("latest_stage") or {}).get("status", ""))

    def _deployments(self, project: str, branch: str) -> Iterator[dict[str, Any]]:
        """A branch's previews, the newest first, among the project's last hundred."""
        query = {"env": "preview", "per_page": "25"}
        for deployment in islice(self.items(f"{project}/deployments", "result", query=query), _DEPLOYMENTS_READ):
            if ((deployment.get("deployment_trigger") or {}).get("metadata") or {}).get("branch") == branch:
                yield deployment


def alias(branch: str) -> str:
    """A git branch in a preview's address; empty if nothing of it can be in one: Pages then chooses a random alias.

    Lower case; a dash for each character but a-z, 0-9 and dashes; no dash at either end; then cut to 28 characters.
    Source: Cloudflare's engineers in the community thread 477633 ("Algorithm to generate a preview DNS subdomain from a
    branch name"); the page "Preview deployments" has its first half.
    """
    return re.sub(r"[^a-z0-9-]", "-", branch.lower()).strip("-")[:_ALIAS_LENGTH]
