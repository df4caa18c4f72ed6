"""The page's data and HTML, from facts written by hand: no cloud runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sandbox.cloud.cloud_api import PageTable
from sandbox.cloud.cloud_page.page_building import build
from sandbox.cloud.cloud_page.page_facts import PageFacts
from sandbox.cloud.cloud_page.page_rendering import POLICY, render
from sandbox.cloud.cloud_page.terraform_states import TerraformState, TerraformStates
from sandbox.cloud.neon import BranchUsage
from sandbox.cloud.product import Product, ProductEnvironment
from sandbox.cloud.request_log import COLUMNS

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
THEN = "2026-11-27T12:00:00Z"
PASSWORD, API = "opened-sesame", "https://api-production.me.workers.dev"
SITE = "https://app.example"


def branch(name: str, **more: Any) -> dict[str, Any]:
    fixed = {"id": f"br-{name}", "name": name, "project_id": "p1", "default": name == "main", "protected": False}
    return fixed | {"created_at": THEN} | more


def worker(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "tag": f"tag-{name}"} | more


def version(name: str, number: int, message: str = "", commit: str = "abcdef0123456789") -> dict[str, Any]:
    bindings = [{"name": "GIT_SHA", "type": "plain_text", "text": commit}, {"name": "DB", "type": "secret_text"}]
    return {
        "id": f"{name}-{number}",
        "number": number,
        "_script": f"tag-{name}",
        "annotations": {"workers/message": message},
        "metadata": {"created_on": THEN},
        "resources": {"bindings": bindings},
    }


def deployment(name: str, *shares: tuple[int, float]) -> dict[str, Any]:
    versions = [{"version_id": f"{name}-{number}", "percentage": share} for number, share in shares]
    return {"_script": f"tag-{name}", "versions": versions}


def connection(endpoint: str) -> str:
    return f"postgresql://owner:{PASSWORD}@{endpoint}-pooler.us-east-2.aws.neon.localhost:4000/app?sslmode=require"


def request(path: str, status: str = "200", method: str = "GET") -> dict[str, Any]:
    return dict(zip(COLUMNS, (THEN, method, path, status, 7, "ops"), strict=True))


def facts(name: str = "app", message: str = "the first") -> PageFacts:
    """A product with two environments, a preview, a restore point and a lock."""
    preview = {"id": "d1", "project_name": name, "environment": "preview", "aliases": ["https://tea.app.pages.dev"]}
    trigger = {"metadata": {"branch": "feature/tea", "commit_hash": "fedcba98", "commit_message": message}}
    variables = {"PUBLIC_API": {"type": "plain_text", "value": API}, "KEY": {"type": "secret_text", "value": PASSWORD}}
    documents = {
        "projects": [{"id": "p1", "name": name, "owner": {"branches_limit": 10}}],
        "branches": [
            branch("main"),
            branch("dev", parent_id="br-main"),
            branch("restore-production-1", parent_id="br-main", expires_at="2026-11-29T13:00:00Z"),
            branch("preview-pr-7", parent_id="br-dev", expires_at="2026-12-05T12:00:00Z"),
            branch("experiment", parent_id="br-dev"),
        ],
        "deleted_branches": [branch("old", recovery={"recoverable_until": "2026-11-28T12:30:00Z"})],
        "endpoints": [
            {"id": "ep-one-main-1", "branch_id": "br-main"},
            {"id": "ep-two-pr-2", "branch_id": "br-preview-pr-7"},
        ],
        "roles": [{"name": "owner", "branch_id": "br-main", "_password": PASSWORD}],
        "workers_scripts": [worker("api-production"), worker("api-pr-7")],
        "workers_versions": [
            version("api-production", 1, message),
            version("api-production", 2),
            version("api-pr-7", 1),
        ],
        "workers_deployments": [
            deployment("api-production", (1, 100)),
            deployment("api-production", (1, 90), (2, 10)),
            deployment("api-pr-7", (1, 100)),
        ],
        "pages_projects": [
            {
                "name": name,
                "domains": ["app.pages.dev", "app.example"],
                "deployment_configs": {"production": {"env_vars": variables}},
                "canonical_deployment": None,
            }
        ],
        "pages_deployments": [preview | {"deployment_trigger": trigger, "created_on": THEN}],
        "github_issues": [
            {"number": 7, "title": message, "state": "open", "pull_request": {}, "_head": {"ref": "feature/tea"}}
        ],
        "zones": [{"id": "z1", "name": "example"}],
    }
    environments = (
        ProductEnvironment("dev", "dev", "api-dev", "https://api-dev.me.workers.dev"),
        ProductEnvironment("production", "main", "api-production", API, SITE),
    )
    lock = {"Who": "me@laptop", "Operation": "OperationTypeApply", "Created": "2026-11-28T11:59:01.123Z"}
    states = (
        TerraformState(f"{name}/dev/terraform.tfstate", 3, THEN, ("neon_branch.this",), ("neon_project.this",)),
        TerraformState(f"{name}/production/terraform.tfstate", lock=lock),
    )
    return PageFacts(
        now=NOW,
        product=Product(name, environments),
        documents=documents,
        tables=[
            ("Pages", [PageTable("pages domains", ("name", "status"), [{"name": "app.example", "status": "pending"}])]),
            ("Workers", [PageTable("Workers", ("name", "address"), [{"name": "api-pr-7", "address": "https://pr7"}])]),
            ("Neon", [PageTable("roles", ("branch", "name"), [{"branch": "br-main", "name": message}])]),
            ("Rulesets", [PageTable("rulesets", ("name",), [])]),
        ],
        usage={"br-main": BranchUsage({"app": {"users": 2, "teas": 40}}, 8_000_000), "br-dev": BranchUsage({}, 0)},
        worker_secrets={
            "api-production-1": [connection("ep-one-main-1"), API],
            "api-production-2": [connection("ep-one-main-1")],
            "api-pr-7-1": ["short", connection("ep-two-pr-2")],
        },
        addresses={API: "http://127.0.0.1:4001"},
        terraform=TerraformStates(states),
        requests=[
            request("/api/v2/projects/p1/branches/br-main"),
            request("/client/v4/zones/z1/dns_records", "no answer", "POST"),
            request("/api/v3/repos/me/app/issues", "404"),
            request("/api/v3/repos/me/app/issues", "404"),
        ],
        credentials=["napi_" + "k" * 40, "t" * 40],
    )


def test_a_card_follows_an_environment_from_its_site_to_its_api_to_its_branch() -> None:
    dev, production = build(facts()).environments
    assert production.site is not None
    assert (production.site.address.url, production.site.domain, production.site.variable) == (
        SITE,
        "pending",
        "PUBLIC_API",
    )
    assert production.api is not None
    assert (production.api.address.url, production.api.address.local) == (API, "http://127.0.0.1:4001")
    assert [(each.label, each.share, each.commit) for each in production.api.versions] == [
        ("version 1", "90 %", "abcdef0123456789"),
        ("version 2", "10 %", "abcdef0123456789"),
    ]
    assert (production.api.branches, production.astray) == (["main"], [])
    assert production.branch is not None
    assert (production.branch.rows, production.branch.tables, production.branch.size) == (
        42,
        {"users": 2, "teas": 40},
        8_000_000,
    )
    assert (dev.site, dev.api, dev.branch and dev.branch.parent) == (None, None, "main")


def test_an_api_that_reads_another_branch_than_the_settings_say_is_an_alert() -> None:
    known = facts()
    endpoints = [{"id": "ep-one-main-1", "branch_id": "br-dev"}]
    view = build(replace(known, documents={**known.documents, "endpoints": endpoints}))
    assert "production: the API reads branch dev, and the settings say main" in view.alerts
    view = build(replace(known, documents={**known.documents, "endpoints": []}))
    assert "production: the API reads branch of ep-one-main-1, deleted, and the settings say main" in view.alerts


def test_an_environment_that_is_not_deployed_has_a_card_that_says_so() -> None:
    known = facts()
    page = render(PageFacts(NOW, product=known.product))
    for text in ("not released yet", "does not exist yet", "not deployed yet", "no deployment yet"):
        assert text in page


def test_each_branch_is_in_one_place_with_its_expiry() -> None:
    view = build(facts())
    assert [(each.name, each.parent, each.left) for each in view.restore_points] == [
        ("restore-production-1", "main", "25 h")
    ]
    assert [each.name for each in view.other_branches] == ["experiment"]
    assert [(each.name, each.left) for each in view.deleted] == [("old", "30 min")]
    assert view.branches_used == "5 of 10"


def test_a_preview_has_its_pull_requests_site_api_and_branch() -> None:
    (preview,) = build(facts()).previews
    assert preview.title == "Pull request 7: the first"
    assert [each.address.url for each in preview.sites] == ["https://tea.app.pages.dev"]
    assert [(each.worker, each.branches) for each in preview.apis] == [("api-pr-7", ["preview-pr-7"])]
    assert [(each.name, each.left) for each in preview.branches] == [("preview-pr-7", "7 d")]


def test_states_name_their_stack_and_who_holds_a_lock() -> None:
    view = build(facts())
    assert [(each.stack, each.serial, each.lock) for each in view.states] == [
        ("dev", 3, ""),
        ("production", None, "me@laptop, OperationTypeApply, since 2026-11-28 11:59 UTC"),
    ]
    assert view.alerts == ["production: the state is locked by " + view.states[1].lock]


def test_failed_requests_come_first_and_paths_have_names() -> None:
    view = build(facts())
    assert [(each.service, each.path, each.status, each.count) for each in view.errors] == [
        ("Cloudflare", "/zones/example/dns_records", "no answer", 1),
        ("GitHub", "/repos/me/app/issues", "404", 2),
    ]
    assert view.requests[0].path == "/projects/app/branches/main"
    page = render(facts())
    assert page.index("/zones/example/dns_records") < page.index("/projects/app/branches/main")


def test_faults_and_a_silent_s3_are_alerts() -> None:
    fault = {"times": 2, "method": "GET", "path": "", "action": "status", "status": 500, "seconds": 0, "when": "before"}
    view = build(replace(facts(), faults=[fault], terraform=TerraformStates(problem="EndpointConnectionError")))
    assert view.alerts == [
        "faults are set for 2 more requests (Details, Sandbox)",
        "S3 does not answer: EndpointConnectionError",
    ]


def test_sections_without_contents_are_folded_and_the_others_are_not() -> None:
    full, empty = render(facts()), render(PageFacts(NOW))
    for section in ("environments", "restore-points", "previews", "branches", "deleted", "states", "requests"):
        assert re.search(f'id="{section}"[^>]* open>', full), section
        assert re.search(f'id="{section}"[^>]*"no">', empty), section
    assert re.search('id="details"[^>]*"no">', full)


def test_details_have_what_each_service_holds_with_names_for_references() -> None:
    details = {each.name: each for each in build(facts()).details}
    assert details["Neon"].tables[0].rows == [["main", "the first"]]
    assert (details["Rulesets"].tables, details["Rulesets"].empty) == ([], ["rulesets"])
    resources = next(table for table in details["Terraform"].tables if table.title == "resources by stack")
    assert resources.rows == [
        ["app/dev/terraform.tfstate", "3", "neon_branch.this", "managed"],
        ["app/dev/terraform.tfstate", "3", "neon_project.this", "data"],
    ]
    assert "Services that hold nothing: Rulesets, Sandbox." in render(facts())


class Elements(HTMLParser):
    """Every element with its attributes, and the text outside style and script."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._own = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._own = tag if tag in ("style", "script") else ""

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        self._own = ""

    def handle_data(self, data: str) -> None:
        if not self._own:
            self.words.append(data)


def shape(page: str) -> list[tuple[str, list[str]]]:
    return [(tag, list(attributes)) for tag, attributes in Elements(page).found]


HOSTILE = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            '"><img src=x onerror=alert(1)>',
            "' onmouseover='alert(1)",
            "</style><script>alert(1)</script>",
            "{{ 7 * 7 }}{% raw %}",
            "javascript:alert(1)",
            "<!--",
            "]]>",
        ]
    ),
)


@given(HOSTILE, HOSTILE)
def test_hostile_names_change_no_element_and_no_attribute(name: str, message: str) -> None:
    known = shape(render(facts("app-name", "a message")))
    changed = render(facts(name or "x", message or "x"))
    assert shape(changed) == known
    assert message.strip() in "".join(Elements(changed).words) or PASSWORD in message


@given(
    st.sampled_from([PASSWORD, "napi_" + "k" * 40, "t" * 40, connection("ep-one-main-1"), "npg_abcdefgh1234"]), HOSTILE
)
def test_no_secret_is_shown_wherever_someone_wrote_it(secret: str, around: str) -> None:
    page = render(facts(f"{around}-{secret}", f"{around} {secret} {around}"))
    assert secret not in page
    assert PASSWORD not in page
    assert "***" in page


def test_an_address_that_a_worker_gets_as_a_secret_stays_readable() -> None:
    assert API.removeprefix("https://") in render(facts())


def test_nothing_is_loaded_and_links_lead_to_this_machine() -> None:
    for tag, attributes in Elements(render(facts())).found:
        assert "src" not in attributes
        assert tag not in ("img", "iframe", "object", "form", "base")
        target = attributes.get("href") or ""
        assert target.startswith(("http://127.0.0.1:", "/_sandbox/", "data:,")) or not target, target
    assert "default-src 'none'" in POLICY


def test_keys_of_what_is_kept_over_a_refresh_are_unique() -> None:
    keys = [attributes["data-key"] for _, attributes in Elements(render(facts())).found if "data-key" in attributes]
    assert len(keys) == len(set(keys)) > 10
    folded: Callable[[dict[str, str | None]], bool] = lambda attributes: "data-open" in attributes  # noqa: E731
    assert all(folded(attributes) for tag, attributes in Elements(render(facts())).found if tag == "details")
