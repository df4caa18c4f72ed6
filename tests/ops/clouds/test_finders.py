"""Each lookup of the catalog has a client that carries it out."""

from collections.abc import Callable
from string import Formatter

import pytest
from moto import mock_aws

from catalog import CATALOG, Lookup
from ops.clouds.aws_account import AwsAccount
from ops.clouds.finders import CLIENTS
from ops.clouds.rest import Rest
from ops.context.run_context import Context

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
