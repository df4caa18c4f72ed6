"""Pages deployments: created by a push to a branch, served at the address of production or of the branch.

Cloudflare builds a connected repository. Here a push carries the built files, and creates one deployment.
Source: Cloudflare's API reference, "Pages", and the page "Preview deployments".
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import shutil
import uuid
from pathlib import Path, PurePosixPath

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from sandbox.cloud.cloud_api import Api, ApiCall, ApiError, CloudService, PageTable
from sandbox.cloud.cloudflare_api import Collection, now
from sandbox.cloud.document_store import Document, DocumentStore
from sandbox.cloud.pages_projects import DEPLOYMENTS, PagesDomains, PagesProjects
from sandbox.cloud.zone_directory import ZoneDirectory

_ALIAS_LENGTH = 28
_STAGES = ("queued", "initialize", "clone_repo", "build", "deploy")


class PagesDeployments(Collection):
    """The deployments of projects; the newest of each branch is served.

    Args:
        home: the folder for the files that are served.
    """

    name = DEPLOYMENTS
    path = PagesProjects.path + "/{project}/deployments"
    page_size = 25
    unknown = (404, "The deployment ID you have specified does not exist.", 8000009)
    without = ("PUT", "PATCH")
    columns = ("project_name", "environment", "branch", "address", "url", "commit", "created_on")

    def __init__(self, store: DocumentStore, directory: ZoneDirectory, projects: PagesProjects, home: Path) -> None:
        super().__init__(store, directory)
        self._projects, self._home = projects, home

    def owner(self, call: ApiCall) -> str:
        return self._projects.one(ApiCall({**call.path, "key": call["project"]}, {}, {}))["name"]

    def find(self, call: ApiCall) -> list[Document]:
        """The deployments, the newest first."""
        environment = call.query.get("env")
        equal = {"environment": environment} if environment else {}
        return self.held(self.owner(call), **equal)[::-1]

    def build(self, owner: str, wanted: Document, old: Document | None) -> Document:  # noqa: ARG002 - a deployment never changes
        """A deployment of a branch: production's has the project's address, any other the branch's."""
        project = self._store.get(PagesProjects.name, owner) or {}
        branch = wanted.get("branch") or project["production_branch"]
        production = branch == project["production_branch"]
        deployment_id, moment = str(uuid.uuid4()), now()
        stages = [{"name": stage, "status": "success", "started_on": moment, "ended_on": moment} for stage in _STAGES]
        metadata = {name: wanted.get(name) or "" for name in ("commit_hash", "commit_message")} | {"branch": branch}
        return {
            "id": deployment_id,
            "short_id": deployment_id[:8],
            "project_id": project["id"],
            "project_name": owner,
            "environment": "production" if production else "preview",
            "url": f"https://{deployment_id[:8]}.{owner}.pages.dev",
            "aliases": None if production else [f"https://{alias(branch)}.{owner}.pages.dev"],
            "created_on": moment,
            "modified_on": moment,
            "production_branch": project["production_branch"],
            "deployment_trigger": {"type": "github:push", "metadata": metadata | {"commit_dirty": False}},
            "latest_stage": stages[-1],
            "stages": stages,
            "build_config": project["build_config"],
            "source": project["source"],
            "env_vars": {},
            "is_skipped": False,
            "uses_functions": False,
        }

    def push(self, body: Document) -> Document:
        """Deploy a branch.

        Args:
            body: ``account``, ``project``, ``branch``, ``commit_hash``, ``commit_message``, and ``files``: base64 by
                their path below the site's root.
        """
        call = ApiCall({"account": body["account"], "project": body["project"]}, {}, body)
        files = {_relative(path): _decoded(path, content) for path, content in body["files"].items()}
        deployment = self.create(call)
        for path, content in files.items():
            target = self._home / deployment["id"] / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        project = self._projects.one(ApiCall({"account": body["account"], "key": body["project"]}, {}, {}))
        newest = {"latest_deployment": deployment}
        if deployment["environment"] == "production":
            newest["canonical_deployment"] = deployment
        self._projects.keep(project["_owner"], project | newest)
        return deployment

    def addresses(self, base: str) -> dict[str, str]:
        """Each public address of a site → where it is served below a base address of this machine."""
        found: dict[str, str] = {}
        for deployment in self._store.list(self.name):
            for url in _addresses(deployment):
                found[url] = f"{base}/{url.removeprefix('https://')}"
        for domain in self._store.list(PagesDomains.name):
            if f"https://{domain['_owner']}.pages.dev" in found:
                found[f"https://{domain['name']}"] = f"{base}/{domain['name']}"
        return found

    def serve(self, request: Request) -> Response:
        """Answer ``/{host}/{path}`` with a file of the deployment that a host name shows."""
        host, path = request.path_params["host"], request.path_params["path"]
        domain = self._store.get(PagesDomains.name, host)
        address = f"https://{domain['_owner']}.pages.dev" if domain else f"https://{host}"
        shown = [item for item in self._store.list(self.name) if address in _addresses(item)]
        if shown:
            root = self._home / shown[-1]["id"]
            for name in (path, f"{path}.html", f"{path}/index.html"):
                found = (root / name.lstrip("/")).resolve()
                if found.is_file() and found.is_relative_to(root.resolve()):
                    return FileResponse(found)
        return PlainTextResponse("Nothing is here yet\n", 404)

    def delete(self, call: ApiCall) -> None:
        super().delete(call)
        shutil.rmtree(self._home / call["key"], ignore_errors=True)

    def table(self) -> PageTable:
        rows: list[Document] = []
        for deployment in self._store.list(self.name):
            metadata = deployment["deployment_trigger"]["metadata"]
            address = _addresses(deployment)[-1]
            shown = {"branch": metadata["branch"], "commit": metadata["commit_hash"][:8], "address": address}
            rows.append(deployment | shown)
        return PageTable("deployments", self.columns, rows)


def deployments_service(api: Api, deployments: PagesDeployments) -> CloudService:
    """The service of the deployments of Pages projects."""
    return CloudService("Pages deployments", api, deployments.operations(), lambda: [deployments.table()], {})


def alias(branch: str) -> str:
    """A branch in a preview's address: lower case, each other character a dash, none at the ends, at most 28.

    If nothing is left, Cloudflare makes up an alias, here one that is the same for each deployment of the branch.
    """
    name = re.sub(r"[^a-z0-9-]", "-", branch.lower()).strip("-")[:_ALIAS_LENGTH]
    return name or f"branch-{hashlib.sha256(branch.encode()).hexdigest()[:10]}"


def _addresses(deployment: Document) -> list[str]:
    """The deployment's own address, and its branch's, which shows the newest."""
    shared = deployment["aliases"] or [f"https://{deployment['project_name']}.pages.dev"]
    return [deployment["url"], *shared]


def _relative(path: str) -> str:
    parts = PurePosixPath(path.lstrip("/")).parts
    if not parts or ".." in parts:
        raise ApiError(400, f"{path!r} is not a path within a site")
    return str(PurePosixPath(*parts))


def _decoded(path: str, content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except binascii.Error as error:
        raise ApiError(400, f"{path}: the content is not base64") from error
