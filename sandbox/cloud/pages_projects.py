"""Pages projects and custom domains: state and rules. Source: Cloudflare's API reference, "Pages"."""

from __future__ import annotations

import re
import uuid

from sandbox.cloud.cloud_api import ApiCall, ApiError, given, template
from sandbox.cloud.cloudflare_api import Collection, now
from sandbox.cloud.dns_records import DnsRecords
from sandbox.cloud.document_store import Document, DocumentStore
from sandbox.cloud.zone_directory import ZoneDirectory

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,56}[a-z0-9])?")
_DOMAIN = re.compile(r"([a-z0-9*_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_LONGEST_DOMAIN = 253
DEPLOYMENTS = "pages_deployments"
"""The collection of all projects' deployments."""
_NAMED = (
    *("env_vars", "ai_bindings", "analytics_engine_datasets", "browsers", "d1_databases", "durable_object_namespaces"),
    *("hyperdrive_bindings", "kv_namespaces", "mtls_certificates", "queue_producers", "r2_buckets", "services"),
    "vectorize_bindings",
)
"""The parts of a deployment's configuration that are maps of names."""
_SCRIPTS = ("production_script_name", "preview_script_name")


class PagesProjects(Collection):
    """Projects by account. Names are unique, and part of the path."""

    name = "pages_projects"
    path = "/accounts/{account}/pages/projects"
    page_size = 10
    page_range = (1, 25)
    key = "name"
    without = ("PUT",)
    unknown = (
        404,
        "Project not found. The specified project name does not match any of your existing projects.",
        8000007,
    )
    terraform = ("cloudflare_pages_project", "account_id", ("created_on", "domains", *_SCRIPTS))
    columns = ("name", "subdomain", "production_branch", "domains", "created_on")

    def build(self, owner: str, wanted: Document, old: Document | None) -> Document:  # noqa: ARG002
        return _apply_settings(old or self._new(wanted.get("name") or ""), wanted)

    def _new(self, name: str) -> Document:
        if not _NAME.fullmatch(name):
            raise ApiError(400, "Invalid project name: 1-58 lowercase letters, digits and dashes.", 8000001)
        if self._store.get(self.name, name):
            message = "A project with this name already exists. Choose a different project name."
            raise ApiError(409, message, 8000002)
        address = f"{name}.pages.dev"
        base = {"id": str(uuid.uuid4()), "name": name, "subdomain": address, "domains": [address], "created_on": now()}
        return {**base, **template("pages_project.json")}

    def patched(self, old: Document, body: Document) -> Document:  # noqa: ARG002
        return body

    def show(self, document: Document) -> Document:
        return _show_project(document)

    def delete(self, call: ApiCall) -> None:
        """Remove a project with its deployments. It is refused while a custom domain is attached."""
        with self._store.transaction():
            project = self.one(call)
            if len(project["domains"]) > 1 or self._store.list(PagesDomains.name, _owner=project["name"]):
                message = "Your project has active custom domains. Delete them before deleting the project."
                raise ApiError(400, message, 8000028)
            for deployment in self._store.list(DEPLOYMENTS, _owner=project["name"]):
                self._store.delete(DEPLOYMENTS, deployment["id"])
            super().delete(call)

    def load(self, state: Document) -> None:
        """The project of a state; it replaces one that another state only reads, which is loaded first."""
        self._store.delete(self.name, state["name"])
        super().load(state)


class PagesDomains(Collection):
    """Custom domains by project. A domain is active once a DNS record points from it to the project."""

    name = "pages_domains"
    path = PagesProjects.path + "/{project}/domains"
    key = "name"
    without = ("PUT",)
    unknown = (404, "The domain you have specified does not exist.", 8000021)
    terraform = (
        "cloudflare_pages_domain",
        "project_name",
        (
            *("id", "domain_id", "created_on", "certificate_authority", "status", "validation_data"),
            *("verification_data", "zone_tag"),
        ),
    )
    columns = ("name", "status", "zone_tag", "id")

    def __init__(self, store: DocumentStore, directory: ZoneDirectory, records: DnsRecords) -> None:
        super().__init__(store, directory)
        self._records = records
        self._projects = PagesProjects(store, directory)

    def owner(self, call: ApiCall) -> str:
        return self._project(call)["name"]

    def _project(self, call: ApiCall) -> Document:
        return self._projects.one(ApiCall({**call.path, "key": call["project"]}, {}, {}))

    def build(self, owner: str, wanted: Document, old: Document | None) -> Document:
        if old:
            return old
        name = str(wanted.get("name") or "").lower()
        if not _DOMAIN.fullmatch(name) or len(name) > _LONGEST_DOMAIN:
            raise ApiError(400, "Invalid domain name.", 8000017)
        if self._store.get(self.name, name):
            raise ApiError(409, "You have already added this custom domain.", 8000018)
        zone = self._directory.zone_of(name)
        number = str(uuid.uuid4())
        return {
            "id": number,
            "domain_id": number,
            "name": name,
            "status": "pending",
            "verification_data": {"status": "pending"},
            "validation_data": {"status": "pending", "method": "http"},
            "certificate_authority": "google",
            "zone_tag": zone["id"] if zone else "",
            "created_on": now(),
            "_target": f"{owner}.pages.dev",
        }

    def show(self, document: Document) -> Document:
        if document["status"] == "active" or self._records.target(document["name"]) != document["_target"]:
            return document
        active = {name: document[name] | {"status": "active"} for name in ("verification_data", "validation_data")}
        return document | active | {"status": "active"}

    def create(self, call: ApiCall) -> Document:
        with self._store.transaction():
            project, domain = self._project(call), super().create(call)
            self._list_in(project, [*project["domains"], domain["name"]])
        return domain

    def delete(self, call: ApiCall) -> None:
        with self._store.transaction():
            project = self._project(call)
            super().delete(call)
            self._list_in(project, [name for name in project["domains"] if name != call["key"]])

    def _list_in(self, project: Document, domains: list[str]) -> None:
        self._projects.keep(project["_owner"], project | {"domains": domains})

    def load(self, state: Document) -> None:
        super().load(state | {"id": state["domain_id"]})


def _apply_settings(project: Document, wanted: Document) -> Document:
    """A project with a body's settings: merged as in the real PATCH; a null variable or binding is removed."""
    changed = project | given({"production_branch": wanted.get("production_branch")})
    changed["build_config"] = project["build_config"] | given(wanted.get("build_config"))
    source = wanted.get("source")
    if source:
        old = project["source"]["config"] if project["source"] else template("pages_source.json")
        changed["source"] = {"type": source.get("type") or "github", "config": old | given(source.get("config"))}
    configs: Document = wanted.get("deployment_configs") or {}
    changed["deployment_configs"] = {
        environment: _apply_config(config, configs.get(environment) or {})
        for environment, config in project["deployment_configs"].items()
    }
    return changed


def _apply_config(config: Document, wanted: Document) -> Document:
    date = wanted.get("compatibility_date")
    if date and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", date):
        raise ApiError(400, f"compatibility_date {date[:80]!r} is not a date", 8000022)
    if wanted.get("env_vars"):
        wanted = {**wanted, "env_vars": _with_types(config["env_vars"] or {}, wanted["env_vars"])}
    named = {
        name: given({**(config.get(name) or {}), **(wanted[name] or {})}) or None for name in _NAMED if name in wanted
    }
    return {**config, **given({name: value for name, value in wanted.items() if name not in _NAMED}), **named}


def _with_types(stored: Document, wanted: Document) -> Document:
    """Variables with their types. One without is plain text; no page says what a secret becomes, so it is refused."""
    for name, each in wanted.items():
        if each and "type" not in each and stored.get(name, {}).get("type") == "secret_text":
            raise ApiError(400, f"Invalid request: env_vars/{name}: is a secret; its 'type' is required", 10001)
    return {name: each and {"type": "plain_text", **each} for name, each in wanted.items()}


def _show_project(project: Document) -> Document:
    """A project as the API returns it: secrets without their values."""
    shown = {
        environment: config | {"env_vars": _without_secrets(config["env_vars"])}
        for environment, config in project["deployment_configs"].items()
    }
    return project | {"deployment_configs": shown}


def _without_secrets(variables: Document | None) -> Document | None:
    def show(value: Document) -> Document:
        return value | {"value": ""} if value.get("type") == "secret_text" else value

    return variables and {name: show(value) for name, value in variables.items()}
