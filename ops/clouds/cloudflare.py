"""Cloudflare's API, as far as wrangler does not ask it: which Workers there are, and a branch's Pages preview.

Source: Cloudflare's API reference, "Workers" and "Pages", and the page "Preview deployments".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ops.clouds.rest import Rest
from ops.context.run_context import Context

_ADVICE = {
    400: "the token or the id is malformed",
    401: "the token is wrong or revoked: make a new one and set CLOUDFLARE_API_TOKEN",
    403: "the token has no permission for this; give it Workers Scripts: Edit and Cloudflare Pages: Read",
}
_ALIAS_LENGTH = 28
_DEPLOYMENTS_LOOKED_AT = 100


@dataclass(frozen=True)
class PagesPreview:
    """The preview that Pages builds of a git branch.

    Attributes:
        address: shows the branch's newest build.
        status: Pages' word for how that build stands: `success`, `failure`, `active`, `canceled` …; empty where Pages
            has not begun it.
    """

    address: str
    status: str


class Cloudflare(Rest):
    """An account's Workers and Pages projects, with the run's token. Use it as a context manager."""

    def __init__(self, context: Context, *, attempts: int = 5, wait_seconds: float = 1.0) -> None:
        """
        Args:
            context: has the token, the account and the API's address.
            attempts: how often a call is tried while Cloudflare asks for patience (429), fails (5xx) or is not reached.
            wait_seconds: the first wait between two tries; it doubles each time, up to 20 s.

        Raises:
            OpsError: the token or the account's id is not set.
        """
        self._account = f"/accounts/{context.credentials.need('cloudflare_account_id')}"
        super().__init__(
            "Cloudflare",
            context.addresses.cloudflare,
            context.credentials.need("cloudflare_api_token"),
            context.console.mask,
            advice=_ADVICE,
            reason=lambda error: (str(error["errors"][0]["code"]), str(error["errors"][0]["message"])),
            attempts=attempts,
            wait_seconds=wait_seconds,
        )

    def workers(self) -> list[str]:
        """The names of all the account's Workers.

        Raises:
            OpsError: Cloudflare refused, or did not answer.
        """
        answer = self.tried(lambda: self.call("GET", f"{self._account}/workers/scripts"))
        return [worker["id"] for worker in answer["result"]]

    def worker_secrets(self, name: str) -> set[str]:
        """The names of a Worker's secrets; none where there is no such Worker.

        Raises:
            OpsError: Cloudflare refused, or did not answer.
        """
        path = f"{self._account}/workers/scripts/{name}/secrets"
        answer = self.tried(lambda: self.call("GET", path, missing={"result": []}))
        return {secret["name"] for secret in answer["result"]}

    def delete_worker(self, name: str) -> bool:
        """Deletes a Worker with all its versions and secrets.

        Returns:
            Whether it was there.

        Raises:
            OpsError: Cloudflare refused, or did not answer.
        """
        path = f"{self._account}/workers/scripts/{name}"
        # force: also where other Workers or stored objects still name it.
        answer = self.tried(lambda: self.call("DELETE", path, query={"force": "true"}, missing={"missing": True}))
        return "missing" not in answer

    def pages_preview(self, project: str, branch: str) -> PagesPreview:
        """The preview of a git branch; its address is known before Pages has built it.

        Args:
            project: the Pages project.
            branch: the git branch.

        Raises:
            OpsError: there is no such project, or Cloudflare refused or did not answer.
        """
        path = f"{self._account}/pages/projects/{project}"
        newest = self.tried(lambda: next(self._deployments(path, branch), None))
        if newest is None:
            subdomain = self.tried(lambda: self.call("GET", path))["result"]["subdomain"]
            return PagesPreview(f"https://{alias(branch)}.{subdomain}", "")
        addresses: list[str] = newest.get("aliases") or [newest["url"]]
        return PagesPreview(addresses[0], (newest.get("latest_stage") or {}).get("status", ""))

    def _deployments(self, project: str, branch: str) -> Iterator[dict[str, Any]]:
        """A branch's previews, the newest first, among the project's last hundred."""
        size = 25
        for page in range(1, _DEPLOYMENTS_LOOKED_AT // size + 1):
            query = {"env": "preview", "page": str(page), "per_page": str(size)}
            found = self.call("GET", f"{project}/deployments", query=query)["result"]
            for deployment in found:
                if ((deployment.get("deployment_trigger") or {}).get("metadata") or {}).get("branch") == branch:
                    yield deployment
            if len(found) < size:
                return


def alias(branch: str) -> str:
    """A git branch in a preview's address: lower case, other characters as one dash, at most 28 characters."""
    return re.sub(r"[^a-z0-9]+", "-", branch.lower()).strip("-")[:_ALIAS_LENGTH].rstrip("-")
