"""kislerdm/neon: Neon's API v2, as the real provider's resources use it.

The real provider is built on terraform-plugin-sdk. It asks again every second for up to two minutes while the API says
423, 429 or 500, and not at all when a connection is lost.
"""

# ruff: noqa: ARG002 (methods of an interface; not every resource needs every argument)
from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from provider_pins import PINS
from sandbox.providers.plan_rules import PlanRules, RuledResource
from sandbox.providers.provider import Problem, Provider, Resource
from sandbox.providers.provider_http import EXISTS, UNCERTAIN, ProviderApiError, RestClient, Retry, require_loopback
from sandbox.providers.schema import Schema
from sandbox.providers.values import Value, from_json, is_unknown, known

RETRY = Retry(attempts=120, delay=lambda _: 1.0, worth=lambda status: status in (423, 429, 500))
VERSION = tuple(map(int, PINS.providers["neon"].version.split(".")))
# Before 0.15.0 a 404 is an error of every plan (provider/resource_branch.go and its like, resourceBranchReadRetry).
GONE_ON_READ = (404,) if VERSION >= (0, 15, 0) else ()
# 0.15.0 takes 422 for done, too: so a branch with children is forgotten, and stays.
GONE_ON_DELETE = (404, 422) if VERSION >= (0, 15, 0) else ()
YES_NO = ("yes", "no", "")
PROVISIONERS = ("k8s-pod", "k8s-neonvm")
SUSPEND_SECONDS = (-1, 604_800)


@dataclass(frozen=True)
class NeonProviderClient:
    """The API, with its errors as the real client words them."""

    rest: RestClient

    def call(self, method: str, *path: str, body: Any = None, gone: tuple[int, ...] = ()) -> Any:
        """The answer, or None when its status is among `gone`; Problem for any other error.

        An answer without a body is an error: the real client reads each one as JSON (neon-sdk-go 0.16.0, sdk.go). Neon
        has one, 204 for the deletion of what does not exist.
        """
        try:
            answer = self.rest.request(method, "/".join(quote(part, safe="") for part in path), body)
            if answer is None:
                raise Problem("unexpected end of JSON input", "")
            return answer
        except ProviderApiError as error:
            if error.status in gone:
                return None
            if not error.status:
                raise Problem(str(error), UNCERTAIN) from error
            hint = EXISTS if error.status == 409 else ""
            raise Problem(f"[HTTP Code: {error.status}]{_message(error.text)}", hint) from error


def _message(text: str) -> str:
    try:
        document = json.loads(text)
        return f"[Error Code: {document['code']}] {document['message']}"
    except (ValueError, KeyError, TypeError):
        return f" {text}"


def _asked(values: Mapping[str, Any]) -> dict[str, Any]:
    """A body without what is not set: null, unknown, or an empty text or object."""
    return {name: value for name, value in known(dict(values)).items() if value != "" and value != {}}


def _settled(state: Value) -> Value:
    """A state in which nothing is unknown any more."""
    return {name: None if is_unknown(value) else value for name, value in state.items()}


def _as_bool(value: Value) -> bool | None:
    return {"yes": True, "no": False}.get(value) if isinstance(value, str) else None


def _as_yes_no(before: Value, now: bool | None) -> Value:
    """What a state shows of a switch: its position once it was configured or is on."""
    return ("yes" if now else "no") if now or before in ("yes", "no") else before


def import_state(
    resource: Resource, client: NeonProviderClient, schema: Schema, form: tuple[str, ...], import_id: str
) -> Value:
    """The state of what an import's id names; its parts are the attributes of `form`."""
    parts = import_id.split("/")
    if len(parts) != len(form):
        template = "/".join(f"{{{{.{name}}}}}" for name in form)
        raise Problem(f"invalid identifier {import_id!r}, expected {template}")
    blank = {name: [] if member.inside else None for name, member in schema.block.members.items()}
    found = resource.read(client, schema, {**blank, **dict(zip(form, parts, strict=True))})
    if found is None:
        raise Problem(f"[HTTP Code: 404] {import_id} does not exist")
    return found


@dataclass(frozen=True)
class NeonObject(RuledResource):
    """A resource that is one object of the API below a project or a branch.

    What a read or a deletion of a missing object does depends on the provider's version, see GONE_ON_READ.

    Attributes:
        kind: what wraps the object in bodies and answers, such as "branch"; `collection` is its place in paths.
        parents: the attributes that lead to it, from the project down; `key` is the one that names it.
        fields: its attributes and the API's names for them; `shown` are those that are only ever answered.
        updatable: the attributes that an update sends. Other changes are ignored, as the real provider does.
        rules: plan-time behavior.
    """

    kind: str
    collection: str
    parents: tuple[str, ...]
    key: str
    fields: Mapping[str, str]
    shown: tuple[str, ...] = ()
    updatable: tuple[str, ...] = ()
    rules: PlanRules = field(default_factory=PlanRules)

    def create(self, client: NeonProviderClient, schema: Schema, planned: Value) -> Value:
        body = _asked({name: self._sent(attribute, planned[attribute]) for attribute, name in self.fields.items()})
        return self._state(client, planned, client.call("POST", *self._path(planned), body={self.kind: body}))

    def update(self, client: NeonProviderClient, schema: Schema, prior: Value, planned: Value) -> Value:
        changed = [name for name in self.updatable if planned[name] != prior[name]]
        if not changed:
            return _settled(planned)
        body = {self.fields[name]: self._sent(name, planned[name]) for name in changed}
        path = *self._path(prior), prior[self.key]
        return self._state(client, planned, client.call("PATCH", *path, body={self.kind: body}))

    def read(self, client: NeonProviderClient, schema: Schema, state: Value) -> Value:
        answer = client.call("GET", *self._path(state), state[self.key], gone=GONE_ON_READ)
        return answer and self._state(client, state, answer)

    def delete(self, client: NeonProviderClient, schema: Schema, state: Value) -> None:
        client.call("DELETE", *self._path(state), state[self.key], gone=GONE_ON_DELETE)

    def import_state(self, client: NeonProviderClient, schema: Schema, import_id: str) -> Value:
        return import_state(self, client, schema, (*self.parents, self.key), import_id)

    def _path(self, values: Value) -> tuple[str, ...]:
        steps = zip(("projects", "branches"), self.parents, strict=False)
        return (*(part for name, attribute in steps for part in (name, values[attribute])), self.collection)

    def _sent(self, attribute: str, value: Value) -> Any:
        if self.rules.one_of.get(attribute) == YES_NO:
            return _as_bool(value)
        if attribute == "parent_timestamp" and isinstance(value, int):
            return datetime.fromtimestamp(value, UTC).isoformat()
        return {"pg_settings": value} if attribute == "pg_settings" and value else value

    def _state(self, client: NeonProviderClient, before: Value, answer: dict[str, Any]) -> Value:
        found = answer[self.kind]
        state = _settled(before)
        for attribute, name in {**self.fields, **dict(zip(self.shown, self.shown, strict=True))}.items():
            value = found.get(name)
            if self.rules.one_of.get(attribute) == YES_NO:
                value = _as_yes_no(state[attribute], value)
            elif attribute == "parent_timestamp" and value:
                value = int(datetime.fromisoformat(value).timestamp())
            elif attribute == "pg_settings":
                value = (value or {}).get("pg_settings") or None
            elif attribute == "password" and not value:
                place = *self._path(before), before["name"], "reveal_password"
                value = client.call("GET", *place)["password"]
            state[attribute] = state[attribute] if value is None else value
        if self.key == "name":
            state["id"] = "/".join(state[name] for name in (*self.parents, "name"))
        return state


BRANCH = NeonObject(
    kind="branch",
    collection="branches",
    parents=("project_id",),
    key="id",
    fields={name: name for name in ("name", "parent_id", "parent_lsn", "parent_timestamp", "protected")},
    shown=("id", "logical_size"),
    updatable=("name", "protected"),
    rules=PlanRules(replace=("parent_lsn", "parent_timestamp"), keep=None, one_of={"protected": YES_NO}),
)
_CAPACITY = ("autoscaling_limit_min_cu", "autoscaling_limit_max_cu", "suspend_timeout_seconds")
_ENDPOINT_CHANGES = ("branch_id", "disabled", "pooler_enabled", "pooler_mode", *_CAPACITY)
ENDPOINT = NeonObject(
    kind="endpoint",
    collection="endpoints",
    parents=("project_id",),
    key="id",
    fields={name: name for name in (*_ENDPOINT_CHANGES, "type", "region_id")}
    | {"compute_provisioner": "provisioner", "pg_settings": "settings"},
    shown=("id", "host", "proxy_host"),
    updatable=(*_ENDPOINT_CHANGES, "compute_provisioner", "pg_settings"),
    rules=PlanRules(
        replace=("region_id",),
        defaults={"type": "read_write"},
        keep=None,
        one_of={"type": ("read_write", "read_only"), "compute_provisioner": PROVISIONERS},
        between={"suspend_timeout_seconds": SUSPEND_SECONDS},
    ),
)
ROLE = NeonObject(
    kind="role",
    collection="roles",
    parents=("project_id", "branch_id"),
    key="name",
    fields={"name": "name"},
    shown=("password", "protected"),
    rules=PlanRules(replace=("project_id", "branch_id", "name"), keep=None),
)
DATABASE = NeonObject(
    kind="database",
    collection="databases",
    parents=("project_id", "branch_id"),
    key="name",
    fields={"name": "name", "owner_name": "owner_name"},
    updatable=("name",),
    rules=PlanRules(replace=("project_id", "branch_id", "owner_name"), keep=None),
)

# ---- projects

QUOTAS = tuple(
    f"{name}_{unit}"
    for unit, names in {
        "seconds": ("active_time", "compute_time"),
        "bytes": ("written_data", "data_transfer", "logical_size"),
    }.items()
    for name in names
)
SWITCHES = ("block_public_connections", "block_vpc_connections", "enable_logical_replication", "hipaa")
BRANCH_PROTECTED = "default_branch_protected"
PROTECTED_ONLY = "allowed_ips_protected_branches_only"
PROJECT_FIELDS = {name: name for name in ("name", "org_id", "region_id", "pg_version", "history_retention_seconds")}
PROJECT_FIELDS["compute_provisioner"] = "provisioner"


def pooled_host(host: str) -> str:
    """The endpoint's host through the pooler: `-pooler` after its first label (resource_project.go, newPooledHost)."""
    label, dot, domain = host.partition(".")
    return f"{label}-pooler.{domain}" if dot else ""


def connection(client: NeonProviderClient, project_id: str) -> dict[str, Any]:
    """The default branch, and the attributes that tell how to connect to it.

    They are those of the branch's oldest database, its owner, and the oldest endpoint that can write.
    """
    branches = client.call("GET", "projects", project_id, "branches")["branches"]
    branch = next(each for each in branches if each.get("primary") or each.get("default"))
    place = ("projects", project_id, "branches", branch["id"])
    endpoints = client.call("GET", *place, "endpoints")["endpoints"]
    databases = client.call("GET", *place, "databases")["databases"]
    usable = [each for each in endpoints if each["type"] == "read_write" and not each.get("disabled")]
    if not usable or not databases:
        raise Problem(f"branch {branch['id']} has no read-write endpoint, or no database")
    endpoint = min(usable, key=lambda each: each["created_at"])
    database = min(databases, key=lambda each: each["created_at"])
    name, role, hosts = database["name"], database["owner_name"], (endpoint["host"], pooled_host(endpoint["host"]))
    password = client.call("GET", *place, "roles", role, "reveal_password")["password"]
    uris = [f"postgres://{role}:{password}@{host}/{name}?sslmode=require" if host else "" for host in hosts]
    return {
        "branch": [{"id": branch["id"], "name": branch["name"], "role_name": role, "database_name": name}],
        "default_branch_id": branch["id"],
        BRANCH_PROTECTED: bool(branch.get("protected")),
        "default_endpoint_id": endpoint["id"],
        "database_name": name,
        "database_user": role,
        "database_password": password,
        **dict(zip(("database_host", "database_host_pooler"), hosts, strict=True)),
        **dict(zip(("connection_uri", "connection_uri_pooler"), uris, strict=True)),
    }


def _only(blocks: Value) -> dict[str, Any]:
    """What is set in the one block of a list."""
    return _asked(blocks[0]) if blocks and not is_unknown(blocks) else {}


def _keep_organization(prior: Value, planned: Value, config: Value) -> None:
    if prior and not config["org_id"]:  # the one that the API chose
        planned["org_id"] = prior["org_id"]


class Project(RuledResource):
    """A project with its default branch, endpoint, role and database."""

    rules = PlanRules(
        replace=("org_id", "region_id", "pg_version", "branch.0.name", "branch.0.role_name", "branch.0.database_name"),
        defaults={"history_retention_seconds": 86_400, "store_password": "yes", BRANCH_PROTECTED: False},
        keep=None,
        computed_blocks=("branch", "default_endpoint_settings", "maintenance_window", "quota"),
        one_of=dict.fromkeys(("store_password", PROTECTED_ONLY, *SWITCHES), YES_NO)
        | {"compute_provisioner": PROVISIONERS},
        between={
            "history_retention_seconds": (0, 2**31),
            "default_endpoint_settings.0.suspend_timeout_seconds": SUSPEND_SECONDS,
        },
        adjust=_keep_organization,
    )

    def create(self, client: NeonProviderClient, schema: Schema, planned: Value) -> Value:
        body = self._body(planned) | {"branch": _only(planned["branch"])}
        answer = client.call("POST", "projects", body={"project": _asked(body)})
        state = {**planned, "id": answer["project"]["id"]}
        self._protect(client, answer["branch"], state)
        return self.read(client, schema, state)

    def update(self, client: NeonProviderClient, schema: Schema, prior: Value, planned: Value) -> Value:
        old, new = self._body(prior), self._body(planned)
        body = {name: value for name, value in new.items() if value != old[name]}
        client.call("PATCH", "projects", prior["id"], body={"project": body})
        if planned.get(BRANCH_PROTECTED) != prior.get(BRANCH_PROTECTED):
            self._protect(client, {"id": prior["default_branch_id"], "protected": None}, planned)
        return self.read(client, schema, planned)

    def _protect(self, client: NeonProviderClient, branch: dict[str, Any], planned: Value) -> None:
        """Protects or unprotects the default branch; provider 0.13.0 leaves that alone."""
        wanted = planned.get(BRANCH_PROTECTED)
        if wanted is not None and wanted != branch.get("protected"):
            path = ("projects", planned["id"], "branches", branch["id"])
            client.call("PATCH", *path, body={"branch": {"protected": wanted}})

    def delete(self, client: NeonProviderClient, schema: Schema, state: Value) -> None:
        client.call("DELETE", "projects", state["id"], gone=GONE_ON_DELETE)

    def import_state(self, client: NeonProviderClient, schema: Schema, import_id: str) -> Value:
        return import_state(self, client, schema, ("id",), import_id)

    def read(self, client: NeonProviderClient, schema: Schema, state: Value) -> Value:
        answer = client.call("GET", "projects", state["id"], gone=GONE_ON_READ)
        if answer is None:
            return None
        project = answer["project"]
        found = connection(client, project["id"])
        settings = project["settings"]
        allowed = settings["allowed_ips"]  # provider 0.13.0 does not survive its absence either
        endpoint = _only(state["default_endpoint_settings"]) | _asked(project["default_endpoint_settings"])
        window, quota = settings.get("maintenance_window"), settings.get("quota") or {}
        state = _settled(state) | {
            **{attribute: project.get(name) for attribute, name in PROJECT_FIELDS.items()},
            **{name: _as_yes_no(state.get(name), settings.get(name)) for name in SWITCHES},
            PROTECTED_ONLY: _as_yes_no(state[PROTECTED_ONLY], allowed.get("protected_branches_only")),
            "store_password": "yes" if project["store_passwords"] else "no",
            "allowed_ips": allowed.get("ips") or None,
            "maintenance_window": [window] if window else [],
            "quota": [{name: quota.get(name) or 0 for name in QUOTAS}],
            "default_endpoint_settings": [endpoint | {"id": found["default_endpoint_id"]}],
            **found,
        }
        return from_json(schema.type, state)

    def _body(self, planned: Value) -> dict[str, Any]:
        endpoint, quota = _only(planned["default_endpoint_settings"]), _only(planned["quota"])
        allowed = {"ips": planned["allowed_ips"], "protected_branches_only": _as_bool(planned[PROTECTED_ONLY])}
        settings = {name: _as_bool(planned.get(name)) for name in SWITCHES} | {
            "allowed_ips": _asked(allowed) if planned["allowed_ips"] else {"ips": []},
            "maintenance_window": _only(planned["maintenance_window"]),
            "quota": {name: quota[name] for name in QUOTAS if quota.get(name)},
        }
        return {name: planned[attribute] for attribute, name in PROJECT_FIELDS.items()} | {
            "store_passwords": _as_bool(planned["store_password"]),
            "default_endpoint_settings": {name: endpoint[name] for name in _CAPACITY if endpoint.get(name)},
            "settings": _asked(settings),
        }


class NeonProvider(Provider):
    address = "registry.terraform.io/kislerdm/neon"
    version = PINS.providers["neon"].version
    legacy_sdk = True

    def __init__(self) -> None:
        self.resources = {
            "neon_project": Project(),
            "neon_branch": BRANCH,
            "neon_endpoint": ENDPOINT,
            "neon_role": ROLE,
            "neon_database": DATABASE,
        }
        self.data_sources = {}

    def configure(self, config: Value) -> NeonProviderClient:
        key = known(config).get("api_key") or os.environ.get("NEON_API_KEY")
        if not key:
            raise Problem(
                "authorization key must be provided", "Set api_key, or the environment variable NEON_API_KEY."
            )
        url = os.environ.get("NEON_API_BASE_URL", "https://console.neon.tech/api/v2")
        return NeonProviderClient(RestClient(require_loopback(url, "NEON_API_BASE_URL"), key, RETRY))


PROVIDER = NeonProvider()
