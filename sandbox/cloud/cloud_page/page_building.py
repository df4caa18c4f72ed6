"""From facts to what the page shows: which Worker reads which branch, what belongs to which environment or preview."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sandbox.cloud.cloud_api import PageTable
from sandbox.cloud.cloud_page.page_facts import PageFacts
from sandbox.cloud.cloud_page.page_view import (
    Address,
    ApiView,
    BranchView,
    DetailTable,
    EnvironmentCard,
    PageView,
    PreviewView,
    RequestView,
    ServiceDetails,
    SiteView,
    StateView,
    VersionView,
)
from sandbox.cloud.cloud_page.terraform_states import TerraformState
from sandbox.cloud.document_store import Document
from sandbox.cloud.product import ProductEnvironment
from sandbox.cloud.request_log import COLUMNS

_SERVICES = {"/api/v2": "Neon", "/client/v4": "Cloudflare", "/api/v3": "GitHub", "/api/webhooks": "Discord"}
_RESTORE_POINT = re.compile(r"(restore|before)-.+")
_PULL_REQUEST = re.compile(r".*-pr-([1-9]\d{0,9})")
# An endpoint's host name in a connection string, pooled or not.
_ENDPOINT = re.compile(r"postgres(?:ql)?://[^@/]*@(ep-[a-z0-9-]+?)(?:-pooler)?[.:/]")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_REQUESTS, _ERRORS = 60, 20
_FAULT_COLUMNS = ("method", "path", "action", "status", "seconds", "when", "times")


def build(facts: PageFacts) -> PageView:
    """The page of a cloud's facts. It holds no secret that `PageMask` does not hide."""
    return _Builder(facts).page()


class _Builder:
    def __init__(self, facts: PageFacts) -> None:
        self._facts = facts
        self._names = _names(facts)
        self._branches = {each["id"]: self._branch(each) for each in facts.held("branches")}
        self._apis = {each["id"]: self._api(each) for each in facts.held("workers_scripts")}
        self._states = [self._state(each) for each in facts.terraform.states]

    def page(self) -> PageView:
        facts = self._facts
        cards = [self._card(each) for each in facts.product.environments]
        shown = {card.branch.key for card in cards if card.branch}
        previews = self._previews({card.api.worker for card in cards if card.api}, shown)
        shown |= {branch.key for preview in previews for branch in preview.branches}
        rest = [branch for key, branch in self._branches.items() if key not in shown]
        points = [branch for branch in rest if _RESTORE_POINT.fullmatch(branch.name)]
        requests = [self._request(each) for each in facts.requests]
        return PageView(
            product=facts.product.name,
            alerts=self._alerts(cards),
            environments=cards,
            previews=previews,
            restore_points=points,
            other_branches=[branch for branch in rest if branch not in points],
            deleted=[self._branch(each) for each in facts.held("deleted_branches")],
            branches_used=self._branches_used(),
            states=self._states,
            errors=_counted(each for each in requests if each.failed)[:_ERRORS],
            requests=requests[:_REQUESTS],
            details=self._details(),
        )

    def _alerts(self, cards: Sequence[EnvironmentCard]) -> list[str]:
        alerts = [f"{state.stack}: the state is locked by {state.lock}" for state in self._states if state.lock]
        alerts += [
            f"{card.name}: the API reads branch {name}, and the settings say {card.wanted_branch}"
            for card in cards
            for name in card.astray
        ]
        left = sum(fault["times"] for fault in self._facts.faults)
        if left:
            alerts.append(f"faults are set for {left} more requests (Details, Sandbox)")
        if self._facts.terraform.problem:
            alerts.append(f"S3 does not answer: {self._facts.terraform.problem}")
        return alerts

    # Environments

    def _card(self, environment: ProductEnvironment) -> EnvironmentCard:
        projects = {each["id"] for each in self._facts.held("projects") if each["name"] == self._facts.product.name}
        named = (
            self._branches[each["id"]]
            for each in self._facts.held("branches")
            if each["name"] == environment.branch and each["project_id"] in projects
        )
        api = self._apis.get(environment.worker)
        if api and environment.api in self._facts.addresses:
            api = replace(api, address=self._address(environment.api))
        key = f"{self._facts.product.name}/{environment.name}/"
        return EnvironmentCard(
            name=environment.name,
            site=self._site(environment) if environment.site else None,
            wanted_api=self._address(environment.api) if environment.api else None,
            api=api,
            wanted_branch=environment.branch,
            branch=next(named, None),
            state=next((state for state in self._states if state.key.startswith(key)), None),
        )

    def _site(self, environment: ProductEnvironment) -> SiteView:
        host = environment.site.removeprefix("https://")
        domains = {each["name"]: each["status"] for each in self._rows("Pages", "pages domains")}
        project = self._project(host)
        variables: Document = project.get("deployment_configs", {}).get("production", {}).get("env_vars") or {}
        calls = [name for name, value in variables.items() if value.get("value") == environment.api != ""]
        return SiteView(
            address=self._address(environment.site),
            domain=domains.get(host, ""),
            version=_site_version(project.get("canonical_deployment")),
            variable=", ".join(calls),
        )

    def _project(self, host: str) -> Document:
        """The Pages project with a custom domain."""
        return next((each for each in self._facts.held("pages_projects") if host in each["domains"]), {})

    def _address(self, url: str) -> Address:
        return Address(url, self._facts.addresses.get(url, ""))

    def _api(self, script: Document) -> ApiView:
        deployments = [each for each in self._facts.held("workers_deployments") if each["_script"] == script["tag"]]
        shares: dict[str, float] = (
            {each["version_id"]: each["percentage"] for each in deployments[-1]["versions"]} if deployments else {}
        )
        versions = {each["id"]: each for each in self._facts.held("workers_versions")}
        url = next((row["address"] for row in self._rows("Workers", "Workers") if row["name"] == script["id"]), "")
        return ApiView(
            worker=script["id"],
            address=self._address(url),
            versions=[_worker_version(versions[key], share) for key, share in shares.items() if key in versions],
            branches=self._read_by(shares),
        )

    def _read_by(self, version_ids: Iterable[str]) -> list[str]:
        """The names of the branches that the secrets of a Worker's versions lead to."""
        texts = (text for key in version_ids for text in self._facts.worker_secrets.get(key, ()))
        endpoints = {each["id"]: each["branch_id"] for each in self._facts.held("endpoints")}
        found = [match[1] for text in texts if (match := _ENDPOINT.match(text))]
        names = [self._names.get(endpoints.get(endpoint, ""), f"of {endpoint}, deleted") for endpoint in found]
        return list(dict.fromkeys(names))

    # Branches

    def _branch(self, branch: Document) -> BranchView:
        usage = self._facts.usage.get(branch["id"])
        rows = usage.rows if usage else {}
        until = branch.get("recovery", {}).get("recoverable_until") or branch.get("expires_at") or ""
        return BranchView(
            key=branch["id"],
            name=branch["name"],
            parent=self._names.get(branch.get("parent_id", ""), ""),
            created=branch["created_at"],
            until=until,
            left=_left(until, self._facts.now) if until else "",
            default=branch["default"],
            protected=branch["protected"],
            tables={
                f"{database}.{table}" if len(rows) > 1 else table: count
                for database, tables in rows.items()
                for table, count in tables.items()
            },
            size=usage.size if usage else None,
        )

    def _branches_used(self) -> str:
        projects = [each for each in self._facts.held("projects") if each["name"] == self._facts.product.name]
        if len(projects) != 1:
            return ""
        used = sum(each["project_id"] == projects[0]["id"] for each in self._facts.held("branches"))
        return f"{used} of {projects[0]['owner']['branches_limit']}"

    # Previews

    def _previews(self, workers: set[str], branches: set[str]) -> list[PreviewView]:
        """Workers, sites and branches of pull requests, each with its pull request's others."""
        found: dict[str, PreviewView] = {}

        def add(key: str, **parts: Any) -> None:
            old = found.get(key) or PreviewView(key, self._title(key), [], [], [])
            found[key] = replace(old, **{name: [*getattr(old, name), part] for name, part in parts.items()})

        for name, api in self._apis.items():
            if name not in workers:
                add(_number(name) or name, apis=api)
        for branch in self._branches.values():
            number = _number(branch.name)
            if number and branch.key not in branches:
                add(number, branches=branch)
        heads: dict[str, str] = {
            each["_head"]["ref"]: str(each["number"]) for each in self._pulls() if each["state"] == "open"
        }
        newest: dict[tuple[str, str], Document] = {
            (each["project_name"], each["deployment_trigger"]["metadata"]["branch"]): each
            for each in self._facts.held("pages_deployments")
            if each["environment"] == "preview"
        }
        for (_, branch_name), deployment in newest.items():
            site = SiteView(self._address(deployment["aliases"][0]), "", _site_version(deployment), "")
            add(heads.get(branch_name, branch_name), sites=site)
        return list(found.values())

    def _pulls(self) -> list[Document]:
        return [each for each in self._facts.held("github_issues") if "pull_request" in each]

    def _title(self, key: str) -> str:
        if not key.isdecimal():
            return key
        titles = [each["title"] for each in self._pulls() if str(each["number"]) == key]
        return f"Pull request {key}{': ' + titles[0] if titles else ''}"

    # States

    def _state(self, state: TerraformState) -> StateView:
        parts = state.key.split("/")
        lock = state.lock
        held = f"{lock.get('Who', 'unknown')}, {lock.get('Operation', 'unknown operation')}" if lock else ""
        return StateView(
            key=state.key,
            stack=parts[-2] if len(parts) > 1 else state.key,
            serial=state.serial,
            changed=state.changed,
            resources=state.resources,
            data=state.data,
            lock=f"{held}, since {shown_time(str(lock.get('Created', '')))}" if lock else "",
        )

    # Requests

    def _request(self, entry: Document) -> RequestView:
        at, method, path, status, ms, agent = (entry[name] for name in COLUMNS)
        prefix = next((each for each in _SERVICES if path.startswith(f"{each}/")), "")
        named = "/".join(self._names.get(part, part) for part in path.removeprefix(prefix).split("/"))
        return RequestView(at, _SERVICES.get(prefix, ""), method, named, path, status, ms, agent)

    # Details

    def _rows(self, service: str, title: str) -> Sequence[Document]:
        tables = (table for name, found in self._facts.tables if name == service for table in found)
        return next((table.documents for table in tables if table.title == title), ())

    def _details(self) -> list[ServiceDetails]:
        terraform = self._facts.terraform
        resources: list[Document] = [
            {"state": state.key, "serial": state.serial, "address": address, "mode": mode}
            for state in terraform.states
            for mode, addresses in (("managed", state.resources), ("data", state.data))
            for address in addresses
        ]
        locks: list[Document] = [{"key": state.key, **state.lock} for state in terraform.states if state.lock]
        own = [
            PageTable("buckets", ("name", "versioning", "versions", "policy", "lifecycle rules"), terraform.buckets),
            PageTable("resources by stack", ("state", "serial", "address", "mode"), resources),
            PageTable("locks", ("key", "Who", "Operation", "Created"), locks),
        ]
        faults = PageTable("faults", _FAULT_COLUMNS, self._facts.faults)
        services = [*self._facts.tables, ("Terraform", own), ("Sandbox", [faults])]
        return [self._service(name, tables) for name, tables in services if tables]

    def _service(self, name: str, tables: Sequence[PageTable]) -> ServiceDetails:
        shown = [
            DetailTable(
                table.title,
                table.columns,
                [
                    [self._cell(column, document.get(column)) for column in table.columns]
                    for document in table.documents
                ],
            )
            for table in tables
            if table.documents
        ]
        return ServiceDetails(name, shown, [table.title for table in tables if not table.documents])

    def _cell(self, column: str, value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, list | tuple):
            return ", ".join(self._cell(column, each) for each in value)
        if isinstance(value, dict):
            return json.dumps(value)
        # What an object's own id is stays visible; a reference to another shows that one's name.
        return str(value) if column == "id" else self._names.get(str(value), str(value))


def _names(facts: PageFacts) -> Mapping[str, str]:
    """Each id that has a name."""
    names = {
        each["id"]: each["name"]
        for collection in ("projects", "branches", "deleted_branches", "zones", "accounts", "dns_records", "rulesets")
        for each in facts.held(collection)
        if each.get("name")
    }
    names |= {each["id"]: f"endpoint of {names.get(each['branch_id'], '?')}" for each in facts.held("endpoints")}
    workers = {each["tag"]: each["id"] for each in facts.held("workers_scripts")}
    return names | {
        each["id"]: f"{workers.get(each['_script'], '?')} version {each['number']}"
        for each in facts.held("workers_versions")
    }


def _number(name: str) -> str:
    """The pull request in the name of a preview's branch or Worker; empty if it has none."""
    match = _PULL_REQUEST.fullmatch(name)
    return match[1] if match else ""


def _worker_version(version: Document, share: float) -> VersionView:
    plain = {each["name"]: each.get("text", "") for each in version["resources"]["bindings"]}
    commits = [text for name, text in plain.items() if name == "GIT_SHA" and _COMMIT.fullmatch(text)]
    return VersionView(
        label=f"version {version['number']}",
        commit=commits[0] if commits else "",
        message=version["annotations"].get("workers/message", ""),
        share="" if share == 100 else f"{share:g} %",
        at=version["metadata"]["created_on"],
    )


def _site_version(deployment: Document | None) -> VersionView | None:
    if not deployment:
        return None
    trigger: Document = deployment["deployment_trigger"]["metadata"]
    return VersionView(
        label=f"branch {trigger['branch']}",
        commit=trigger["commit_hash"],
        message=trigger["commit_message"],
        share="",
        at=deployment["created_on"],
    )


def _counted(requests: Iterable[RequestView]) -> list[RequestView]:
    """Equal requests as one, at the place of the newest."""
    found: dict[tuple[str, str, str], RequestView] = {}
    for each in requests:
        key = (each.method, each.sent, each.status)
        found[key] = replace(found[key], count=found[key].count + 1) if key in found else each
    return list(found.values())


def _left(until: str, now: datetime) -> str:
    """The time until a moment in its largest whole unit."""
    left = datetime.fromisoformat(until) - now
    for unit, length in (("d", timedelta(days=2)), ("h", timedelta(hours=2)), ("min", timedelta(minutes=1))):
        if left >= length:
            whole = {"d": timedelta(days=1), "h": timedelta(hours=1), "min": timedelta(minutes=1)}[unit]
            return f"{left // whole} {unit}"
    return "less than a minute" if left > timedelta() else "over"


def shown_time(moment: str) -> str:
    """A moment of RFC 3339 as `2026-11-28 12:52 UTC`; a text of another form unchanged."""
    return f"{moment[:10]} {moment[11:16]} UTC" if re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*Z$", moment) else moment
