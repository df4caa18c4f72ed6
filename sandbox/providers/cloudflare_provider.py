"""cloudflare/cloudflare: resources of Cloudflare's API v4, one declaration each.

Paths, replacement, defaults and import ids follow the real provider's schemas and documentation; the retries are those
of its client, cloudflare-go: a lost connection, 408, 409, 429 and 5xx, twice, from half a second on.
"""

# ruff: noqa: ARG002 (methods of an interface; not every resource needs every argument)
from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from provider_pins import PINS
from sandbox.providers.documents import Document, body, changes, fill, refresh
from sandbox.providers.plan_rules import PlanRules, RuledResource, value_at
from sandbox.providers.provider import DataSource, Problem, Provider
from sandbox.providers.provider_http import EXISTS, UNCERTAIN, ProviderApiError, RestClient, Retry, require_loopback
from sandbox.providers.schema import SCHEMAS, Schema
from sandbox.providers.values import UNKNOWN, Value, from_json, is_unknown, known

RETRY = Retry(
    attempts=3,
    delay=lambda attempt: 0.5 * 2 ** (attempt - 1),
    worth=lambda status: status in (0, 408, 409, 429) or status >= 500,
)


@dataclass(frozen=True)
class CloudflareProviderClient:
    """The API's envelope, and its errors as the real provider words them."""

    rest: RestClient

    def call(self, method: str, path: str, body: Any = None, *, gone: int = -1) -> Any:
        """The answer's `result`, or None when its status is `gone`; Problem for any other error."""
        try:
            answer = self.rest.request(method, path, body)
            return answer and answer["result"]  # a deleted ruleset is answered with an empty body
        except ProviderApiError as error:
            if error.status == gone:
                return None
            hint = UNCERTAIN if not error.status else EXISTS if "already exists" in error.text else ""
            raise Problem("failed to make http request", f"{error}\n{hint}".strip()) from error


Adjust = Callable[[Value, Value, Value], None]
Finish = Callable[[Value, Value], None]


def _identified_by(attribute: str) -> Finish:
    def finish(state: Value, _before: Value) -> None:
        state["id"] = state[attribute]

    return finish


@dataclass(frozen=True)
class CloudflareResource(RuledResource):
    """A resource whose attributes bear the names of the API's fields.

    Attributes:
        item: the object's path; a name in braces is an attribute, and {scope} the account or zone it belongs to.
        import_id: the form of an import's id, as the real provider's message shows it.
        rules: plan-time behavior.
        create: the method that creates; POST and PUT go to the item's parent, PATCH to the item.
        only_one: whether the item is the only one of its kind in its zone, so that every request goes to it.
        update: the method that changes: PUT sends everything, PATCH what changed.
        stays: whether the object stays in the cloud when the resource goes.
        empty_is_null: see documents.fill.
        finish: a last change to a state, from (state, the state or plan before).
        before_write: raises Problem for a plan that the real provider refuses at apply.
    """

    item: str
    import_id: str
    rules: PlanRules = field(default_factory=PlanRules)
    create_by: str = "POST"
    update_by: str = "PUT"
    only_one: bool = False
    stays: bool = False
    empty_is_null: bool = False
    finish: Finish | None = None
    before_write: Callable[[Value], None] | None = None

    def create(self, client: CloudflareProviderClient, schema: Schema, planned: Value) -> Value:
        form = self.item if self.create_by == "PATCH" or self.only_one else self.item.rpartition("/")[0]
        return self._write(client, schema, self.create_by, form, planned, body(schema.block, planned))

    def update(self, client: CloudflareProviderClient, schema: Schema, prior: Value, planned: Value) -> Value:
        form = self.item.rpartition("/")[0] if self.create_by == "PUT" and not self.only_one else self.item
        document = changes(schema.block, prior, planned) if self.update_by == "PATCH" else body(schema.block, planned)
        return self._write(client, schema, self.update_by, form, planned, document)

    def _write(
        self,
        client: CloudflareProviderClient,
        schema: Schema,
        method: str,
        form: str,
        planned: Value,
        document: Document,
    ) -> Value:
        if self.before_write:
            self.before_write(planned)
        in_path = {"account_id", "zone_id", "setting_id", "project_name"} & set(re.findall(r"{(\w+)}", self.item))
        sent = {name: value for name, value in document.items() if name not in in_path}
        answer = client.call(method, _path(form, planned), sent) or {}
        return self._finished(fill(schema.block, planned, answer, empty_is_null=self.empty_is_null), planned)

    def _finished(self, state: Value, before: Value) -> Value:
        if self.finish:
            self.finish(state, before)
        return state

    def delete(self, client: CloudflareProviderClient, schema: Schema, state: Value) -> None:
        if not self.stays:
            client.call("DELETE", _path(self.item, state))

    def read(self, client: CloudflareProviderClient, schema: Schema, state: Value) -> Value:
        answer = client.call("GET", _path(self.item, state), gone=404)
        return answer and self._finished(refresh(schema.block, state, answer), state)

    def import_state(self, client: CloudflareProviderClient, schema: Schema, import_id: str) -> Value:
        names = re.findall(r"{(\w+)}", self.item)
        parts = [unquote(part) for part in import_id.split("/")]
        if names[0] == "scope" and parts[0] in ("accounts", "zones"):
            names, parts = [f"{parts[0][:-1]}_id", *names[1:]], parts[1:]
        if len(parts) != len(names) or names[0] == "scope":
            raise Problem("invalid ID", f'expected urlencoded segments "{self.import_id}", got "{import_id}"')
        state = {**dict.fromkeys(schema.block.members), **dict(zip(names, parts, strict=True))}
        answer = client.call("GET", _path(self.item, state))
        found = state | {name: UNKNOWN for name in schema.block.members if name in answer}
        return self._finished(fill(schema.block, found, answer, empty_is_null=self.empty_is_null), state)


def _path(form: str, values: Value) -> str:
    if "{scope}" in form:
        form = form.replace("{scope}", "accounts/{account_id}" if values["account_id"] else "zones/{zone_id}")
    return re.sub(r"{(\w+)}", lambda match: quote(str(values[match[1]]), safe=""), form)


# ---- what the real provider's code says of each type

FACTS: dict[str, dict[str, dict[str, Any]]] = json.loads(
    (SCHEMAS / "cloudflare-plan-facts.json").read_text(encoding="utf-8")
)
"""By type and path: validators, defaults, what forces a new resource (`replace`) and what is kept from the state.

Read from the provider's source, version 5.18.0: the validators, defaults and plan modifiers in each
internal/services/<type>/schema.go.
"""
_PLANNED = ("default", "replace", "keep")


def _rules(kind: str, *, keep: str = "", adjust: Adjust | None = None) -> PlanRules:
    """A type's rules, with the computed paths in `keep` kept too and a last change to its plan."""
    facts = FACTS[f"cloudflare_{kind}"]
    checks = {path: {name: x for name, x in fact.items() if name not in _PLANNED} for path, fact in facts.items()}
    return PlanRules(
        replace=tuple(path for path, fact in facts.items() if fact.get("replace")),
        defaults={path: fact["default"] for path, fact in facts.items() if "default" in fact},
        keep=frozenset([*(path for path, fact in facts.items() if fact.get("keep")), *keep.split()]),
        checks={path: check for path, check in checks.items() if check},
        adjust=adjust,
    )


# ---- DNS records


SETTABLE = ("name", "type", "content", "data", "ttl", "proxied", "priority", "comment")


def _same_name(short: str, full: str) -> bool:
    """Whether the provider takes a configured name for the full one in the state: also where only its start agrees."""
    return f"{full.rstrip('.')}.".startswith(f"{short.rstrip('.')}.") or (short == "@" and "." in full)


def _plan_dns_record(prior: Value, planned: Value, _config: Value) -> None:
    """What the real provider does last to a plan (resource.go, ModifyPlan)."""
    if prior:
        _keep_of_dns_record(prior, planned)
    for moment, of in (("comment_modified_on", "comment"), ("tags_modified_on", "tags")):
        if not planned[of]:  # an unknown one is not empty
            planned[moment] = None
        elif prior and planned[of] == prior[of]:
            planned[moment] = prior[moment]


def _keep_of_dns_record(prior: Value, planned: Value) -> None:
    if isinstance(planned["name"], str) and _same_name(planned["name"], prior["name"]):
        planned["name"] = prior["name"]
    content = planned["content"]
    if planned["type"] == "CNAME" and isinstance(content, str) and content.lower() == (prior["content"] or "").lower():
        planned["content"] = prior["content"]
    if is_unknown(content) and planned["data"]:
        planned["content"] = prior["content"]
    if is_unknown(planned["tags"]) and not prior["tags"]:
        planned["tags"] = prior["tags"]
    if planned["settings"] is None:
        planned["settings"] = prior["settings"]
    if all(prior[name] == planned[name] for name in SETTABLE) and (planned["tags"] or []) == (prior["tags"] or []):
        planned["modified_on"] = prior["modified_on"]


def _check_dns_record(planned: Value) -> None:
    if planned["proxied"] and planned["ttl"] != 1:
        detail = "When a DNS record is marked as `proxied` the TTL must be 1: Cloudflare controls the TTL internally."
        raise Problem("ttl must be set to 1 when `proxied` is true", detail, ("ttl",))


DNS_RECORD = CloudflareResource(
    "zones/{zone_id}/dns_records/{id}",
    "<zone_id>/<dns_record_id>",
    _rules("dns_record", keep="created_on proxiable meta settings", adjust=_plan_dns_record),
    before_write=_check_dns_record,
)

# ---- Pages

ENVIRONMENTS = ("preview", "production")
PATH_LISTS = ("path_excludes", "path_includes", "preview_branch_excludes", "preview_branch_includes")
BUILD_TEXTS = ("build_command", "destination_dir", "root_dir", "web_analytics_tag", "web_analytics_token")
BINDINGS = (
    "env_vars",
    "kv_namespaces",
    "d1_databases",
    "r2_buckets",
    "durable_object_namespaces",
    "ai_bindings",
    "analytics_engine_datasets",
    "browsers",
    "hyperdrive_bindings",
    "mtls_certificates",
    "queue_producers",
    "services",
    "vectorize_bindings",
    "compatibility_flags",
)


def _empty_to_null(state: Value) -> None:
    """The provider's NormalizeDeploymentConfigs (resource.go): empty values become null, also configured ones.

    For a configured one Terraform then reports "Provider produced inconsistent result after apply".
    """
    build = state["build_config"]
    if isinstance(build, dict) and build["build_caching"] is None and not any(build[name] for name in BUILD_TEXTS):
        state["build_config"] = None
    places: list[tuple[Value, Sequence[str]]] = [(value_at(state, "source.config"), PATH_LISTS)]
    places += [(value_at(state, f"deployment_configs.{environment}"), BINDINGS) for environment in ENVIRONMENTS]
    for place, names in places:
        for name in names if isinstance(place, dict) else ():
            if place[name] in ([], {}):
                place[name] = None


def _finish_pages_project(state: Value, before: Value) -> None:
    state["id"] = state["name"]
    _empty_to_null(state)
    for environment in ENVIRONMENTS:  # the API never shows a secret again
        old = value_at(before, f"deployment_configs.{environment}.env_vars")
        new = value_at(state, f"deployment_configs.{environment}.env_vars") or {}
        for name, variable in new.items():
            if variable["type"] == "secret_text" and not variable["value"] and old and name in old:
                variable["value"] = old[name]["value"]


PAGES_KEPT = "canonical_deployment latest_deployment deployment_configs build_config"


def _plan_pages_project(prior: Value, planned: Value, _config: Value) -> None:
    """The provider keeps these, too, where nothing of them is configured (resource.go, ModifyPlan)."""
    for name in PAGES_KEPT.split():
        if prior and prior[name] is not None and (planned[name] is None or is_unknown(planned[name])):
            planned[name] = prior[name]


PAGES_PROJECT = CloudflareResource(
    "accounts/{account_id}/pages/projects/{name}",
    "<account_id>/<project_name>",
    _rules("pages_project", adjust=_plan_pages_project),
    update_by="PATCH",
    empty_is_null=True,
    finish=_finish_pages_project,
)

# ---- Web Analytics


def _finish_web_analytics_site(state: Value, before: Value) -> None:
    """An import takes the zone from the site's ruleset (resource.go, ImportState); a read doesn't."""
    state["id"] = state["site_tag"]
    if before["id"] is None and state["ruleset"]:
        state["zone_tag"] = state["ruleset"]["zone_tag"]


# ---- everything else is a declaration


def _plan_ruleset(prior: Value, planned: Value, _config: Value) -> None:
    """A rule is known by its `ref`, and keeps its id and, with the same action, its logging (ModifyPlan)."""
    old, new = prior and prior["rules"], planned["rules"]
    if not old or not new or is_unknown(new):
        return
    by_ref = {rule["ref"]: rule for rule in old if rule["ref"]}
    for rule in new:
        known_rule = by_ref.get(rule["ref"]) if isinstance(rule["ref"], str) else None
        if known_rule and is_unknown(rule["id"]):
            rule["id"] = known_rule["id"]
        if known_rule and is_unknown(rule["logging"]) and rule["action"] == known_rule["action"]:
            rule["logging"] = known_rule["logging"]


RESOURCES = {
    "cloudflare_dns_record": DNS_RECORD,
    "cloudflare_pages_project": PAGES_PROJECT,
    "cloudflare_pages_domain": CloudflareResource(
        "accounts/{account_id}/pages/projects/{project_name}/domains/{name}",
        "<account_id>/<project_name>/<domain_name>",
        _rules("pages_domain"),
        update_by="PATCH",
        finish=_identified_by("name"),
    ),
    "cloudflare_ruleset": CloudflareResource(
        "{scope}/rulesets/{id}",
        "<{accounts|zones}/{account_id|zone_id}>/<ruleset_id>",
        _rules("ruleset", adjust=_plan_ruleset),
    ),
    "cloudflare_workers_route": CloudflareResource(
        "zones/{zone_id}/workers/routes/{id}", "<zone_id>/<route_id>", _rules("workers_route")
    ),
    "cloudflare_workers_custom_domain": CloudflareResource(
        "accounts/{account_id}/workers/domains/{id}",
        "<account_id>/<domain_id>",
        _rules("workers_custom_domain"),
        create_by="PUT",
    ),
    "cloudflare_notification_policy": CloudflareResource(
        "accounts/{account_id}/alerting/v3/policies/{id}",
        "<account_id>/<policy_id>",
        _rules("notification_policy"),
    ),
    "cloudflare_notification_policy_webhooks": CloudflareResource(
        "accounts/{account_id}/alerting/v3/destinations/webhooks/{id}",
        "<account_id>/<webhook_id>",
        _rules("notification_policy_webhooks"),
    ),
    "cloudflare_web_analytics_site": CloudflareResource(
        "accounts/{account_id}/rum/site_info/{site_tag}",
        "<account_id>/<site_id>",
        _rules("web_analytics_site"),
        finish=_finish_web_analytics_site,
    ),
    "cloudflare_bot_management": CloudflareResource(
        "zones/{zone_id}/bot_management",
        "<zone_id>",
        _rules("bot_management"),
        create_by="PUT",
        only_one=True,
        stays=True,
        finish=_identified_by("zone_id"),
    ),
    "cloudflare_healthcheck": CloudflareResource(
        "zones/{zone_id}/healthchecks/{id}", "<zone_id>/<healthcheck_id>", _rules("healthcheck")
    ),
    "cloudflare_zone_setting": CloudflareResource(
        "zones/{zone_id}/settings/{setting_id}",
        "<zone_id>/<setting_id>",
        _rules("zone_setting"),
        create_by="PATCH",
        update_by="PATCH",
        stays=True,
        finish=_identified_by("setting_id"),
    ),
}

# ---- data sources


class PagesProjectData(DataSource):
    """The one data source that the stacks read: a Pages project by its name."""

    def read(self, client: CloudflareProviderClient, schema: Schema, config: Value) -> Value:
        path = _path("accounts/{account_id}/pages/projects/{project_name}", config)
        answer = client.call("GET", path)
        found = {**answer, "id": answer["name"], "project_name": answer["name"]}
        return {**from_json(schema.type, found), **known(config)}


class CloudflareProvider(Provider):
    address = "registry.terraform.io/cloudflare/cloudflare"
    version = PINS.providers["cloudflare"].version

    def __init__(self) -> None:
        self.resources = RESOURCES
        self.data_sources = {"cloudflare_pages_project": PagesProjectData()}

    def validate(self, config: Value) -> None:
        token = known(config).get("api_token")
        # The real provider searches, so that a longer token passes too: a rolled one has 53 characters.
        if token and not re.search(r"[A-Za-z0-9_-]{40}", token):
            rule = "must be 40 characters long, and only contain characters a-z, A-Z, 0-9, hyphens and underscores"
            raise Problem("Invalid Attribute Value Match", f"Attribute api_token API tokens {rule}", ("api_token",))

    def configure(self, config: Value) -> CloudflareProviderClient:
        configured = known(config)
        token = configured.get("api_token") or os.environ.get("CLOUDFLARE_API_TOKEN")
        if not token:
            detail = "Set the provider's api_token, or the environment variable CLOUDFLARE_API_TOKEN."
            raise Problem('must provide one of "api_key", "api_token" or "user_service_key"', detail)
        url = configured.get("base_url") or os.environ.get(
            "CLOUDFLARE_BASE_URL", "https://api.cloudflare.com/client/v4"
        )
        return CloudflareProviderClient(
            RestClient(require_loopback(url, "base_url (or CLOUDFLARE_BASE_URL)"), token, RETRY)
        )


PROVIDER = CloudflareProvider()
