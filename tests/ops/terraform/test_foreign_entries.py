"""The guard refuses plans that delete what others own in a list, and says how to keep it."""

import json
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import PAGES_BINDINGS
from ops.terraform.guard import judge
from settings.edge_settings import FirewallRuleSettings

OWNER = "shop/edge"
EXPRESSION = '(http.host eq "blog.example.dev" and http.request.uri.path contains "/' + "x" * 400 + '")'


def ruleset(*rules: dict[str, Any], name: str = f"{OWNER} firewall", phase: str = "http_request_firewall_custom"):
    return {"name": name, "kind": "zone", "phase": phase, "rules": list(rules)}


def rule(ref: str, description: str = "", expression: str = EXPRESSION, **more: Any) -> dict[str, Any]:
    return {"id": f"id-{ref}", "ref": ref, "description": description, "expression": expression, **more}


HAND_MADE = rule("2c0fc9fa", "Block the old blog", action="block", enabled=True, version="1", action_parameters=None)
OURS = rule("block-probes", f"{OWNER}: block-probes", action="block", enabled=True)


def plan(before: Any, after: Any, *actions: str, kind: str = "cloudflare_ruleset", name: str = "firewall"):
    change = {"actions": list(actions), "before": before, "after": after}
    return {
        "format_version": "1.2",
        "resource_changes": [{"address": f"{kind}.{name}", "type": kind, "mode": "managed", "change": change}],
    }


@pytest.mark.parametrize(
    ("after", "actions"),
    [(ruleset(OURS), ["update"]), (None, ["delete"]), (ruleset(OURS), ["delete", "create"])],
    ids=["updated", "destroyed", "replaced"],
)
def test_a_hand_made_rule_is_refused_and_shown_uncut(after: Any, actions: list[str]) -> None:
    document = plan(ruleset(HAND_MADE, OURS, name="default"), after, *actions)
    permit = "edge:cloudflare_ruleset.firewall.rules.2c0fc9fa"
    refused = [each for each in judge("edge", document).refused if each.permit == permit]
    assert len(refused) == 1
    assert json.dumps(EXPRESSION) in str(refused[0])
    assert "would delete a rule that the settings don't have" in str(refused[0])
    verdict = judge("edge", document, allowed=[permit])
    assert permit in [each.permit for each in verdict.allowed]
    assert permit not in [each.permit for each in verdict.refused]


def test_a_rule_of_this_project_that_was_removed_from_the_settings_is_deleted() -> None:
    assert judge("edge", plan(ruleset(OURS), ruleset(), "update")).refused == ()
    assert judge("edge", plan(ruleset(OURS), None, "delete")).refused == ()


def test_another_projects_rule_is_not_taken_for_ours() -> None:
    other = rule("block-probes-2", "shop2/edge: block-probes", action="block")
    assert len(judge("edge", plan(ruleset(OURS, other), ruleset(OURS), "update")).refused) == 1


def test_the_settings_in_the_refusal_keep_the_rule() -> None:
    (refused,) = judge("edge", plan(ruleset(HAND_MADE), ruleset(), "update")).refused
    text = str(refused).partition("add to the settings: ")[2].replace("[edge.firewall] ", "[edge.firewall]\n")
    (entry,) = tomllib.loads(text)["edge"]["firewall"]["rules"].items()
    kept = FirewallRuleSettings.model_validate(entry[1])
    assert (entry[0], kept.expression, kept.action, kept.every_host) == ("2c0fc9fa", EXPRESSION, "block", True)
    assert (kept.description, kept.enabled) == ("Block the old blog", True)


@pytest.mark.parametrize("more", [{"action": "skip"}, {"action": "block", "action_parameters": {"response": {}}}])
def test_a_rule_that_settings_cannot_express_is_refused_without_such_lines(more: dict[str, Any]) -> None:
    (refused,) = judge("edge", plan(ruleset(rule("r", **more)), ruleset(), "update")).refused
    assert "add to the settings" not in str(refused)


def test_what_an_entry_leaves_out_is_not_shown() -> None:
    """Cloudflare's provider fills a rule's action_parameters with seventy nulls."""
    parameters = {"algorithms": None, "ruleset": "current", "phases": [], "uri": {"path": None, "query": None}}
    skips = rule("r", action="skip", action_parameters=parameters, ratelimit=None)
    (refused,) = judge("edge", plan(ruleset(skips), ruleset(), "update")).refused
    assert '"action_parameters": {"ruleset": "current"}' in str(refused)
    assert "null" not in str(refused)


@given(refs=st.sets(st.sampled_from("abcdefgh")), kept=st.sets(st.sampled_from("abcdefgh")))
def test_every_foreign_rule_is_either_kept_or_refused(refs: set[str], kept: set[str]) -> None:
    before = ruleset(*(rule(ref, action="block") for ref in sorted(refs)))
    after = ruleset(*(rule(ref, action="block") for ref in sorted(kept)))
    refused = {each.permit.rpartition(".")[2] for each in judge("edge", plan(before, after, "update")).refused}
    assert refused == refs - kept


STATEMENT = {"Sid": "OtherApp", "Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "s3:GetObject"}
TLS = {"Sid": "OnlyOverTls", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}


def test_statements_of_others_in_the_buckets_policy_are_refused() -> None:
    for statement in (STATEMENT, [STATEMENT, TLS]):
        before = {"policy": json.dumps({"Version": "2012-10-17", "Statement": statement})}
        after = {"policy": json.dumps({"Version": "2012-10-17", "Statement": [TLS]})}
        document = plan(before, after, "update", kind="aws_s3_bucket_policy", name="state")
        permits = [each.permit for each in judge("state", document).refused]
        assert permits == ["state:aws_s3_bucket_policy.state.policy.OtherApp"]


def test_lifecycle_rules_of_others_are_refused() -> None:
    other, ours = {"id": "logs-after-a-year", "status": "Enabled"}, {"id": "older-versions", "status": "Enabled"}
    kind = "aws_s3_bucket_lifecycle_configuration"
    document = plan({"rule": [other, ours]}, {"rule": [ours]}, "update", kind=kind, name="state")
    assert [each.permit for each in judge("state", document).refused] == [f"state:{kind}.state.rule.logs-after-a-year"]
    assert judge("state", plan({"rule": [ours]}, {"rule": []}, "update", kind=kind, name="state")).refused == ()


def test_tags_of_others_on_an_imported_bucket_are_refused_and_named() -> None:
    """`ops bootstrap` takes over an existing bucket, which the owner's bills or backups may find by its tags."""
    ours = {"project": "shop", "stack": "state", "managed-by": "terraform"}
    before = {"tags": {"CostCenter": "42", "stack": "old", **ours}, "force_destroy": None}
    document = plan(before, {"tags": ours}, "update", kind="aws_s3_bucket", name="state")
    (refused,) = judge("state", document).refused
    assert refused.permit == "state:aws_s3_bucket.state.tags.CostCenter"
    assert 'would delete a tag that the settings don\'t have: {"name": "CostCenter", "value": "42"}' in str(refused)
    document = plan({"tags": ours}, {"tags": None}, "update", kind="aws_s3_bucket", name="state")
    assert judge("state", document).refused == ()


def pages(**builds: dict[str, Any] | None) -> dict[str, Any]:
    return {"name": "shop", "deployment_configs": {name: {"env_vars": variables} for name, variables in builds.items()}}


SET_BY_HAND = {"type": "secret_text", "value": ""}
PLAIN = {"type": "plain_text", "value": "a value that a mask may hide"}


def test_a_build_variable_that_was_set_in_the_dashboard_is_refused_and_named_without_its_value() -> None:
    """An apply deletes it, and nobody can read a secret one again (Cloudflare's provider 5.18.0)."""
    before = pages(production={"API": PLAIN, "SENTRY": SET_BY_HAND}, preview={"FLAG": PLAIN})
    after = pages(production={"API": PLAIN}, preview=None)
    document = plan(before, after, "update", kind="cloudflare_pages_project")
    refused = {each.permit: str(each) for each in judge("project", document).refused}
    address = "cloudflare_pages_project.firewall.deployment_configs"
    assert set(refused) == {f"project:{address}.production.env_vars.SENTRY", f"project:{address}.preview.env_vars.FLAG"}
    for name, text in zip(("SENTRY", "FLAG"), refused.values(), strict=True):
        assert "would delete a build variable that the settings don't have" in text
        assert text.endswith(f'[website] unmanaged_variables = ["{name}"]')
        assert PLAIN["value"] not in text
    assert judge("project", document, allowed=list(refused)).refused == ()


@pytest.mark.parametrize("builds", ["production", "preview"])
@pytest.mark.parametrize("kind", PAGES_BINDINGS)
def test_a_binding_that_was_set_in_the_dashboard_is_refused_and_named(kind: str, builds: str) -> None:
    before = {"name": "shop", "deployment_configs": {builds: {kind: {"cache": {"id": "7"}}, "env_vars": None}}}
    after = {"name": "shop", "deployment_configs": {builds: {kind: None, "env_vars": None}}}
    (refused,) = judge("project", plan(before, after, "update", kind="cloudflare_pages_project")).refused
    assert refused.permit.endswith(f".deployment_configs.{builds}.{kind}.cache")
    assert "would delete a binding that the settings don't have" in str(refused)
    assert str(refused).endswith('[website] unmanaged_variables = ["cache"]')


def test_a_variable_that_stays_or_changes_is_nobody_elses() -> None:
    before = pages(production={"API": PLAIN}, preview=None)
    after = pages(production={"API": {**PLAIN, "value": "other"}}, preview={"NEW": PLAIN})
    assert judge("project", plan(before, after, "update", kind="cloudflare_pages_project")).refused == ()
