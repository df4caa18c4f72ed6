from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import HOLDS_DATA
from ops.context.errors import OpsError
from ops.terraform.guard import judge

ACTIONS = {
    "destroyed": ["delete"],
    "replaced": ["delete", "create"],
    "replaced, the new one first": ["create", "delete"],
    "forgotten": ["forget"],
    "replaced by one that forgets": ["create", "forget"],
    "an unknown action": ["obliterate"],
}


def change(address: str, *actions: str, mode: str = "managed") -> dict[str, Any]:
    return {
        "address": address,
        "type": address.split(".")[-2],
        "mode": mode,
        "change": {"actions": list(actions)},
    }


def plan(*changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"format_version": "1.2", "resource_changes": list(changes), **more}


@pytest.mark.parametrize("actions", ACTIONS.values(), ids=ACTIONS)
@pytest.mark.parametrize("kind", sorted(HOLDS_DATA))
def test_no_data_is_lost_without_permission(kind: str, actions: list[str]):
    verdict = judge("dev", plan(change(f"{kind}.this", *actions)))
    assert [loss.permit for loss in verdict.refused] == [f"dev:{kind}.this"]


@pytest.mark.parametrize("actions", [["no-op"], ["create"], ["update"], ["read"]])
def test_a_harmless_change_is_allowed(actions: list[str]):
    assert judge("dev", plan(change("neon_branch.this", *actions))).refused == ()


def test_a_resource_without_data_may_be_destroyed():
    assert judge("production", plan(change("cloudflare_dns_record.web", "delete"))).refused == ()


def test_a_permit_is_for_exactly_one_address_in_one_stack():
    destroyed = plan(change("neon_branch.this", "delete"), change("module.db.neon_branch.this", "delete"))
    verdict = judge("dev", destroyed, allowed=["dev:neon_branch.this"])
    assert [loss.permit for loss in verdict.allowed] == ["dev:neon_branch.this"]
    assert [loss.permit for loss in verdict.refused] == ["dev:module.db.neon_branch.this"]
    assert len(judge("staging", destroyed, allowed=["dev:neon_branch.this"]).refused) == 2


@pytest.mark.parametrize(
    "permit", ["dev:neon_branch", "dev:neon_branch.*", "neon_branch.this", "dev:", "dev:NEON_BRANCH.this"]
)
def test_a_permit_that_is_not_exact_permits_nothing(permit: str):
    assert judge("dev", plan(change("neon_branch.this", "delete")), allowed=[permit]).refused


def test_a_refusal_says_how_the_resource_would_be_lost():
    (loss,) = judge("dev", plan(change("neon_branch.this", "delete", "create"))).refused
    assert str(loss) == "dev: neon_branch.this would be replaced: destroyed with its data, and created again without it"


def test_a_deposed_object_of_a_failed_replacement_is_guarded_too():
    leftover = change("neon_branch.this", "delete") | {"deposed": "abc"}
    assert judge("dev", plan(change("neon_branch.this", "no-op"), leftover)).refused


@pytest.mark.parametrize("document", [{}, {"format_version": "2.0"}, plan(errored=True)])
def test_a_plan_that_the_guard_cannot_check_is_not_applied(document: dict[str, Any]):
    with pytest.raises(OpsError, match="nothing is applied"):
        judge("dev", document)


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(HOLDS_DATA)), st.sampled_from([*ACTIONS.values(), ["no-op"], ["update"]])),
        max_size=8,
    ),
    st.sets(st.integers(0, 7)),
)
def test_every_loss_is_either_refused_or_was_allowed(kinds: list[tuple[str, list[str]]], permitted: set[int]):
    document = plan(*(change(f"{kind}.n{number}", *actions) for number, (kind, actions) in enumerate(kinds)))
    allowed = {f"dev:{kind}.n{number}" for number, (kind, _) in enumerate(kinds) if number in permitted}
    verdict = judge("dev", document, allowed=allowed)
    harmful = {f"dev:{kind}.n{n}" for n, (kind, actions) in enumerate(kinds) if actions not in (["no-op"], ["update"])}
    assert {loss.permit for loss in verdict.refused} == harmful - allowed
    assert {loss.permit for loss in verdict.allowed} == harmful & allowed


def update(address: str, before: Any, after: Any, *actions: str, **more: Any) -> dict[str, Any]:
    document = change(address, *(actions or ("update",)))
    return {**document, "change": {**document["change"], "before": before, "after": after, **more}}


WEAKENINGS = {
    "a shorter history": ("neon_project", "history_retention_seconds", 86400, 3600),
    "no allow-list": ("neon_project", "allowed_ips", ["192.0.2.1"], []),
    "an unprotected branch": ("neon_branch", "protected", "yes", "no"),
    "no versioning": (
        "aws_s3_bucket_versioning",
        "versioning_configuration.status",
        [{"status": "Enabled"}],
        [{"status": "Suspended"}],
    ),
}


@pytest.mark.parametrize(("kind", "argument", "before", "after"), WEAKENINGS.values(), ids=WEAKENINGS)
def test_weaker_protection_is_refused_unless_allowed_by_name(kind: str, argument: str, before: Any, after: Any):
    name = argument.partition(".")[0]
    weaker = plan(update(f"{kind}.main", {name: before}, {name: after}))
    (refused,) = judge("project", weaker).refused
    assert refused.permit == f"project:{kind}.main.{argument}"
    assert f"{kind}.main would change {argument}, which" in str(refused)
    assert judge("project", weaker, allowed=[f"project:{kind}.main"]).refused == (refused,), "that allows losing it"
    assert judge("project", weaker, allowed=[refused.permit]).refused == ()
    stronger = plan(update(f"{kind}.main", {name: after}, {name: before}))
    assert judge("project", stronger).refused == ()


def test_destroying_what_protects_other_data_is_refused():
    (refused,) = judge("state", plan(update("aws_s3_bucket_versioning.this", {}, None, "delete"))).refused
    assert "aws_s3_bucket_versioning.this would be destroyed, which stops keeping earlier versions" in str(refused)
    assert refused.permit == "state:aws_s3_bucket_versioning.this"


def test_a_value_known_only_after_the_apply_counts_as_weaker():
    unknown = update("neon_branch.this", {"protected": "yes"}, {}, after_unknown={"protected": True})
    assert [each.permit for each in judge("dev", plan(unknown)).refused] == ["dev:neon_branch.this.protected"]
