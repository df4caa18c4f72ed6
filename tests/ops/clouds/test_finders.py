"""Each lookup of the catalog has a client that carries it out."""

from collections.abc import Callable, Mapping
from string import Formatter
from typing import Any

import pytest
from moto import mock_aws

from catalog import CATALOG, Lookup
from ops.clouds.aws_account import AwsAccount
from ops.clouds.cloudflare import Cloudflare
from ops.clouds.finders import CLIENTS, Finders
from ops.clouds.neon import Neon
from ops.clouds.rest import Rest
from ops.context.console import Mask
from ops.context.errors import OpsError
from ops.context.run_context import Context
from sandbox.cloud.cloud_seed import CloudSeed
from tests.ops.preview_cloud import PreviewCloud

LOOKUPS = {kind: entry.lookup for kind, entry in CATALOG.items() if entry.lookup}
ASKED = {kind: lookup for kind, lookup in LOOKUPS.items() if lookup.service in CLIENTS}


@pytest.mark.parametrize("service", sorted({lookup.service for lookup in ASKED.values()}))
def test_a_client_can_be_created_for_each_service(service: str, make_context: Callable[..., Context]) -> None:
    context = make_context(
        NEON_API_KEY="key-for-a-test", CLOUDFLARE_API_TOKEN="token-for-a-test", CLOUDFLARE_ACCOUNT_ID="0" * 32
    )
    assert isinstance(CLIENTS[service](context), Rest)


def test_no_type_names_a_service_without_a_client() -> None:
    assert {lookup.service for lookup in LOOKUPS.values()} <= {"aws", "", *CLIENTS}


def test_bootstrap_looks_up_every_aws_type_of_the_catalog(product_context: Callable[..., Context]) -> None:
    with mock_aws():
        account = AwsAccount(product_context(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test"))
        looks = account._looks()  # pyright: ignore[reportPrivateUsage]
    assert looks.keys() == {kind for kind, lookup in LOOKUPS.items() if lookup.service == "aws"}


@pytest.mark.parametrize(("kind", "lookup"), ASKED.items(), ids=ASKED)
def test_a_lookup_lists_candidates_and_compares_them(kind: str, lookup: Lookup) -> None:
    """Without a comparison, the first candidate of a list would be imported, whatever it is."""
    assert lookup.same
    assert lookup.path.startswith("/")


@pytest.mark.parametrize(("kind", "lookup"), LOOKUPS.items(), ids=LOOKUPS)
def test_a_lookup_without_a_request_fills_its_id_from_planned_values(kind: str, lookup: Lookup) -> None:
    fields = {field for _, field, _, _ in Formatter().parse(lookup.id) if field}
    assert fields, "an id without a value would import the same resource for all"
    if not lookup.service:
        assert not any(field.startswith("found") for field in fields)
        assert not lookup.path


@pytest.mark.parametrize("preview_cloud", [{"cloudflare_plan": "paid"}], indirect=True)
def test_a_resource_on_a_later_page_of_a_list_is_found(preview_cloud: PreviewCloud) -> None:
    """A page of the API holds 25 health checks."""
    path = f"/zones/{CloudSeed.zone_id}/healthchecks"
    with Cloudflare(preview_cloud.context()) as client:
        made: list[str] = []
        for number in range(30):
            body = {"name": f"check-{number}", "address": f"app.{CloudSeed.zone_name}", "type": "HTTPS"}
            made.append(client.call("POST", path, body)["result"]["id"])
        assert len(client.call("GET", path)["result"]) == 25
    values = {"zone_id": CloudSeed.zone_id, "name": "check-29"}
    found = Finders(preview_cloud.context()).import_id("cloudflare_healthcheck", values)
    assert found == f"{CloudSeed.zone_id}/{made[-1]}"


@pytest.mark.parametrize("preview_cloud", [{"neon_plan": "paid"}], indirect=True)
@pytest.mark.parametrize("limit", ["1", "5", "14", "100"])
def test_branches_and_projects_on_later_pages_are_found(preview_cloud: PreviewCloud, limit: str) -> None:
    path = f"/projects/{preview_cloud.project}/branches"
    for number in range(12):
        preview_cloud.neon("POST", path, {"branch": {"name": f"b{number}"}})
    preview_cloud.neon("POST", "/projects", {"project": {"name": "another"}})
    with Neon(preview_cloud.context()) as client:
        branches = [branch["name"] for branch in client.items(path, "branches", query={"limit": limit})]
        projects = [project["name"] for project in client.items("/projects", "projects", query={"limit": limit})]
    assert sorted(branches) == sorted(["main", "dev", *(f"b{number}" for number in range(12))])
    assert sorted(projects) == ["another", "intent-expense-tracker"]


class _Lists(Rest):
    """A service whose every page is full and names the next one."""

    def __init__(self, mask: Mask) -> None:
        super().__init__("Lists", "http://127.0.0.1:9", "t", mask, attempts=1, wait_seconds=0)
        self.asked: list[Mapping[str, str]] = []

    def call(self, method: str, path: str, body: Any = None, *, query: Any = None, missing: Any = None) -> Any:
        del method, path, body, missing
        self.asked.append(dict(query))
        return {"items": [len(self.asked)]}

    def _next_page(self, answer: Any, asked: Mapping[str, str]) -> dict[str, str]:
        del answer
        return {"cursor": self.following(asked)}

    def following(self, asked: Mapping[str, str]) -> str:
        return str(int(asked.get("cursor", "0")) + 1)


def test_pages_are_requested_until_a_cursor_repeats(make_context: Callable[..., Context]) -> None:
    client = _Lists(make_context().console.mask)
    client.following = lambda asked: "1" if len(client.asked) < 3 else asked["cursor"]  # pyright: ignore[reportAttributeAccessIssue]
    assert list(client.items("/x", "items", query={"limit": "1"})) == [1, 2]
    assert client.asked == [{"limit": "1"}, {"limit": "1", "cursor": "1"}]


def test_a_list_without_end_is_an_error(make_context: Callable[..., Context]) -> None:
    client = _Lists(make_context().console.mask)
    with pytest.raises(OpsError, match="more than 1000 pages"):
        list(client.items("/x", "items"))
