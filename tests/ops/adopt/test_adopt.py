"""Settings from hand-written Terraform's states, and why states are refused."""

import json
from collections.abc import Callable
from copy import deepcopy
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from ops import adopt
from ops.adopt.explain import explain
from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.terraform.changes import read_changes
from settings import Settings, load_settings
from settings.neon_plans import NEON_PLANS
from tests.ops.hcl_states import states_of, write_states
from tests.settings import strategies
from tests.support import ROOT, Values, load_values, synthesize, without_metadata

FIXTURES = ROOT / "sandbox/fixtures/hcl-state"
MakeContext = Callable[..., Context]
labels = st.from_regex(r"[a-z_][a-z0-9_-]{0,10}", fullmatch=True)
indexes = st.one_of(st.just(""), st.integers(0, 20).map("[{}]".format), labels.map('["{}"]'.format))
OF_SHAPE = ("project", "repository", "state", "database", "website", "api", "cloudflare", "environments")
NEW = {"project": ["neon_project.main", "cloudflare_pages_project.web"]}
OF_BRANCH = ["neon_branch.this", "neon_endpoint.this", "neon_role.this"]
OF_SITE = ["cloudflare_pages_domain.custom", "cloudflare_dns_record.web"]


@st.composite
def adoptable(draw: st.DrawFn) -> Values:
    """Settings of the hand-written shape, under any names: also of modules and resources."""
    values = draw(strategies.valid_values())
    # What goes beyond the hand-written shape has resources of its own, which no hand-written state holds.
    values = {key: value for key, value in values.items() if key in OF_SHAPE}
    values["state"].pop("manage", None)
    values["environments"] = {
        name: {key: value for key, value in environment.items() if key in ("adopt_hcl", "database", "website")}
        for name, environment in values["environments"].items()
        if environment.keys() & {"database", "website"}
    }
    live = values["environments"].get(values.get("api", {}).get("site_environment", "production"))
    # A branch that the real site's API reads must be `protected`, which no state shows.
    if live is None or "database" in live:
        values.pop("api", None)
    limits = NEON_PLANS[values["database"]["plan"]]
    sizes = st.sampled_from([0.25, 0.5, 1, limits.autoscaling_limit_max_cu])
    bytes_or_seconds = st.integers(1, 10**12)
    quota = draw(
        st.fixed_dictionaries(
            {}, optional={"active_time_seconds": bytes_or_seconds, "written_data_bytes": bytes_or_seconds}
        )
    )
    if quota:
        values["database"]["quota"] = quota
    if limits.allowed_ips and draw(st.booleans()):
        values["database"] |= {
            "allowed_ips": ["203.0.113.0/24"],
            "allowed_ips_protected_branches_only": draw(st.booleans()),
        }
    for name, environment in values["environments"].items():
        environment.get("website", {}).pop("web_analytics", None)
        if "database" in environment:
            environment["database"] |= draw(
                st.fixed_dictionaries(
                    {},
                    optional={
                        "own_database": st.just(f"{values['database']['name'][:50]}_own"),
                        "read_replica": sizes.map(lambda size: {"autoscaling_limit_max_cu": size}),
                    },
                )
            )
        names = [*(OF_BRANCH if "database" in environment else []), *(OF_SITE if "website" in environment else [])]
        _rename(draw, values, name, names)
    _rename(draw, values, "project", NEW["project"][: 2 if "website" in values else 1])
    return values


def _rename(draw: st.DrawFn, values: Values, stack: str, addresses: list[str]) -> None:
    moves: dict[str, str] = {}
    for address in addresses:
        if draw(st.booleans()):
            module = "".join(
                f"module.{name}{index}." for name, index in draw(st.lists(st.tuples(labels, indexes), max_size=2))
            )
            old = f"{module}{address.partition('.')[0]}.{draw(labels)}{draw(indexes)}"
            if old not in {address, *moves}:
                moves[old] = address
    if moves:
        values.setdefault("moved", {})[stack] = moves


def adopted(states: dict[str, Values], settings: Settings) -> Settings:
    """What `ops adopt` makes of states, given what no state can know."""
    with TemporaryDirectory() as folder:
        repository = f"{settings.repository.owner}/{settings.repository.name}"
        return adopt.read(
            Context.read({}),
            str(write_states(Path(folder), states)),
            bucket=settings.state.bucket,
            region=settings.state.region,
            repository=repository,
        ).settings


def made_by(settings: Settings) -> Values:
    """What settings synthesize; in which order `moved` blocks come means nothing."""
    stacks = without_metadata(synthesize(settings))
    for stack in stacks.values():
        stack.get("moved", []).sort(key=itemgetter("to"))
    return stacks


@pytest.mark.slow
@examples(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(values=adoptable())
def test_what_settings_made_leads_back_to_settings_that_make_the_same(values: Values) -> None:
    settings = load_values(values)
    again = adopted(states_of(settings), settings)
    assert made_by(again) == made_by(settings)


def the_fixtures() -> dict[str, Values]:
    return {file.stem: json.loads(file.read_text()) for file in FIXTURES.glob("*.tfstate")}


def test_the_hand_written_states_lead_to_the_committed_settings() -> None:
    """All that settings.toml says is in the states, but for the bucket that they are in."""
    committed = load_settings(ROOT / "settings.toml")
    assert adopted(the_fixtures(), committed) == committed


@pytest.mark.parametrize(
    ("domain", "zone"),
    [
        ("intent.luisibarra.dev", "luisibarra.dev"),
        ("a.b.luisibarra.dev", "luisibarra.dev"),
        ("acme.dev", "acme.dev"),
        ("app.acme.co.uk", "acme.co.uk"),
    ],
)
def test_a_record_with_its_full_name_leaves_the_zone_to_be_checked(domain: str, zone: str) -> None:
    """So it is in a state that the provider has refreshed."""
    states = the_fixtures()
    for kind in ("cloudflare_dns_record", "cloudflare_pages_domain"):
        attributes_of(states, "production", kind)["name"] = domain
    found = adopted(states, load_settings(ROOT / "settings.toml"))
    assert found.cloudflare
    assert found.cloudflare.zone == zone
    assert found.site_hosts() == [domain]


def test_the_file_says_what_it_is_and_holds_no_secret_and_no_default() -> None:
    context = Context.read({})
    text = adopt.read(context, str(FIXTURES), bucket="a-bucket").text
    assert text.startswith("# Created by `python -m ops adopt`")
    assert "region_id is aws-us-east-2; no setting controls it" in text
    assert not context.console.mask.found_in(text)
    assert context.console.mask.hide("npg_16b8e660b73ca706") == "***"
    assert "root_dir" not in text
    assert "plan" not in text.split("\n\n", 1)[1]


def test_what_only_a_paid_plan_allows_names_the_smallest_one() -> None:
    states = the_fixtures()
    attributes_of(states, "project", "neon_project")["history_retention_seconds"] = 6 * 86400
    settings = adopted(states, load_settings(ROOT / "settings.toml"))
    assert settings.database.plan == "launch"
    assert settings.database.history_retention_seconds == 6 * 86400


def resource_of(states: dict[str, Values], stack: str, kind: str) -> Values:
    return next(each for each in states[stack]["resources"] if each["type"] == kind and each["mode"] == "managed")


def attributes_of(states: dict[str, Values], stack: str, kind: str) -> Values:
    return resource_of(states, stack, kind)["instances"][0]["attributes"]


def variables_of(states: dict[str, Values]) -> Values:
    return attributes_of(states, "project", "cloudflare_pages_project")["deployment_configs"]["production"]["env_vars"]


def unknown_resource(states: dict[str, Values]) -> None:
    unknown = deepcopy(resource_of(states, "dev", "neon_role")) | {"type": "neon_jwks_url", "name": "keys"}
    states["dev"]["resources"].append(unknown)


def second_branch(states: dict[str, Values]) -> None:
    second = deepcopy(resource_of(states, "dev", "neon_branch")) | {"name": "other"}
    states["dev"]["resources"].append(second)


def other_preview_date(states: dict[str, Values]) -> None:
    configurations = attributes_of(states, "project", "cloudflare_pages_project")["deployment_configs"]
    configurations["preview"]["compatibility_date"] = "2026-01-01"


def two_projects(states: dict[str, Values]) -> None:
    states["dev"]["resources"].append(deepcopy(resource_of(states, "project", "neon_project")))


def no_project(states: dict[str, Values]) -> None:
    del states["project"]


def branch_in_the_project(states: dict[str, Values]) -> None:
    states["project"]["resources"].append(resource_of(states, "dev", "neon_branch"))


def no_branch(states: dict[str, Values]) -> None:
    states["dev"]["resources"].remove(resource_of(states, "dev", "neon_branch"))


def record_elsewhere(states: dict[str, Values]) -> None:
    attributes_of(states, "production", "cloudflare_dns_record")["name"] = "www"


def no_record(states: dict[str, Values]) -> None:
    states["production"]["resources"].remove(resource_of(states, "production", "cloudflare_dns_record"))


def other_api_address(states: dict[str, Values]) -> None:
    variables_of(states)["NEXT_PUBLIC_API_URL"]["value"] = "https://api.example.com"


def secret_variable(states: dict[str, Values]) -> None:
    variables_of(states)["NEXT_PUBLIC_API_URL"]["type"] = "secret_text"


def second_variable(states: dict[str, Values]) -> None:
    variables_of(states)["ANALYTICS"] = {"type": "plain_text", "value": "x"}


def older_copy(states: dict[str, Values]) -> None:
    states["dev-old"] = states["dev"]


def bad_branch_name(states: dict[str, Values]) -> None:
    attributes_of(states, "dev", "neon_branch")["name"] = "a b"


def reserved_name(states: dict[str, Values]) -> None:
    states["edge"] = states.pop("dev")


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (unknown_resource, "dev: module.db.neon_jwks_url.keys: neon_jwks_url has no place in this shape"),
        (second_branch, "dev: module.db.neon_branch.other: module.db.neon_branch.this is a neon_branch too"),
        (
            other_preview_date,
            "website.compatibility_date: project: cloudflare_pages_project.web.deployment_configs.production."
            "compatibility_date is '2025-09-27', but project: cloudflare_pages_project.web.deployment_configs.preview."
            "compatibility_date is '2026-01-01'; the settings hold one value for both, so make them equal first",
        ),
        (two_projects, "more than one state holds a neon_project"),
        (no_project, "no state holds a neon_project"),
        (branch_in_the_project, "project: module.db.neon_branch.this: belongs in an environment's state"),
        (no_branch, "dev: module.db.neon_role.this: its branch is not in this state"),
        (
            record_elsewhere,
            "production: module.web.cloudflare_dns_record.web.name is 'www'",
        ),
        (
            no_record,
            "production: module.web.cloudflare_pages_domain.custom: has no cloudflare_dns_record",
        ),
        (other_api_address, "env_vars.NEXT_PUBLIC_API_URL: is not of the form https://<worker>-<environment>"),
        (secret_variable, "env_vars.NEXT_PUBLIC_API_URL: is of type secret_text"),
        (second_variable, "env_vars: there are ANALYTICS, NEXT_PUBLIC_API_URL; this shape has one"),
        (older_copy, "are copies of one state; remove the older one"),
        (bad_branch_name, "no setting accepts: environments.dev.database.branch: 'a b' is not a Neon branch name"),
        (reserved_name, "no setting accepts: environments.edge: this name is taken by a stack of its own"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_states_of_another_shape_are_refused_with_the_reason(
    change: Callable[[dict[str, Values]], None], line: str
) -> None:
    states = the_fixtures()
    change(states)
    with pytest.raises(OpsError) as refused:
        adopted(states, load_settings(ROOT / "settings.toml"))
    assert line in str(refused.value)


@pytest.mark.parametrize(
    ("files", "line"),
    [
        ({}, "holds no Terraform state (*.tfstate)"),
        ({"dev.tfstate": "{"}, "dev.tfstate: not JSON"),
        ({"dev.tfstate": "[]"}, "dev.tfstate: not a state of format 4"),
        ({"dev.tfstate": '{"version": 4, "resources": [{}]}'}, "dev.tfstate: not a state of format 4"),
        ({"dev.tfstate": '{"version": 3, "modules": []}'}, "dev.tfstate: not a state of format 4"),
        (
            {"a/terraform.tfstate": '{"version": 4, "resources": []}', "a.tfstate": '{"version": 4, "resources": []}'},
            "are states of the same stack",
        ),
    ],
)
def test_a_folder_without_states_is_one_line(tmp_path: Path, files: dict[str, str], line: str) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    with pytest.raises(OpsError) as refused:
        adopt.read(Context.read({}), str(tmp_path), bucket="a-bucket")
    assert line in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_address_without_a_bucket_is_one_line() -> None:
    with pytest.raises(OpsError, match=r"s3://: names no bucket; write s3://<bucket>/<prefix>"):
        adopt.read(Context.read({}), "s3://")


def test_the_bucket_is_where_terraform_says_that_the_state_is(tmp_path: Path) -> None:
    write_states(tmp_path, the_fixtures())
    with pytest.raises(OpsError, match="the bucket of these states is unknown; pass --bucket"):
        adopt.read(Context.read({}), str(tmp_path))
    note = tmp_path / "dev/.terraform/terraform.tfstate"
    note.parent.mkdir(parents=True)
    note.write_text(
        json.dumps({"version": 3, "backend": {"type": "s3", "config": {"bucket": "b-1", "region": "eu-west-1"}}})
    )
    state = adopt.read(Context.read({}), str(tmp_path)).settings.state
    assert (state.bucket, state.region) == ("b-1", "eu-west-1")


def test_a_file_is_not_overwritten_unless_that_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    adopt.write(file, "first", force=False)
    with pytest.raises(OpsError, match="exists; choose another file with --write, or overwrite it with --force"):
        adopt.write(file, "second", force=False)
    assert file.read_text() == "first"
    adopt.write(file, "third", force=True)
    assert file.read_text() == "third"
    assert [each.name for each in tmp_path.iterdir()] == ["settings.toml"]


def plan(kind: str, before: Any, after: Any, **more: Any) -> Values:
    address = more.pop("address", f"{kind}.x")
    change = {"actions": ["update"], "before": before, "after": after, "after_unknown": {}} | more
    return {"resource_changes": [{"mode": "managed", "address": address, "type": kind, "change": change}]}


@pytest.mark.parametrize(
    ("document", "line"),
    [
        (
            plan("neon_project", {"history_retention_seconds": 3600}, {"history_retention_seconds": 21600}),
            "neon_project.x.history_retention_seconds: 3600 → 21600: set database.history_retention_seconds = 3600",
        ),
        (
            plan(
                "neon_project", {"branch": [{"name": "a"}]}, {"branch": [{"name": "b"}]}, actions=["delete", "create"]
            ),
            'dev: neon_project.x.branch.0.name: "a" → "b": set database.branch = "a" (replaces the resource)',
        ),
        (
            plan("neon_branch", {"protected": "yes"}, {"protected": None}),
            'dev: neon_branch.x.protected: "yes" → null: set environments.dev.database.neon_protected = true',
        ),
        (
            plan(
                "neon_endpoint",
                {"autoscaling_limit_max_cu": 2},
                {"autoscaling_limit_max_cu": 1},
                address="neon_endpoint.read_replica",
            ),
            "autoscaling_limit_max_cu: 2 → 1: set environments.dev.database.read_replica.autoscaling_limit_max_cu = 2",
        ),
        (
            plan("cloudflare_dns_record", {"proxied": False}, {"proxied": True}),
            "dev: cloudflare_dns_record.x.proxied: false → true: no setting controls it",
        ),
        (
            plan("neon_project", {"quota": [{"written_data_bytes": None}]}, {"quota": [{"written_data_bytes": 5}]}),
            "written_data_bytes: null → 5: remove database.quota.written_data_bytes",
        ),
        (
            plan("neon_role", {"password": "p-1"}, {"password": "p-2"}, before_sensitive={"password": True}),
            "dev: neon_role.x.password: (sensitive) → (sensitive): no setting controls it",
        ),
        (
            plan("neon_project", {"org_id": "o"}, {"org_id": "o"}, before_sensitive={"org_id": True}),
            "dev: neon_project.x.org_id: sensitive → not sensitive: the variable neon_org_id: keep it sensitive",
        ),
        (
            plan("neon_project", {"org_id": "o"}, {"org_id": "p"}, before_sensitive={"org_id": True}),
            "org_id: (sensitive) → (sensitive): the variable neon_org_id: set TF_VAR_neon_org_id to the state's value",
        ),
        (
            plan("neon_role", None, {"name": "a"}, actions=["create"]),
            "dev: neon_role.x would be added: it is not in the state",
        ),
        (
            plan("neon_role", {"name": "a"}, None, actions=["delete"]),
            "dev: neon_role.x would be destroyed: the settings",
        ),
        (
            plan("neon_role", {"name": "a"}, None, actions=["forget"]),
            "dev: neon_role.x would be forgotten: the settings",
        ),
    ],
)
def test_a_difference_names_the_attribute_and_the_setting(document: Values, line: str) -> None:
    (said,) = explain("dev", read_changes(document).resources)
    assert line in said


def test_an_empty_plan_has_no_difference() -> None:
    unchanged = plan("neon_role", {}, {}, actions=["no-op"])
    assert list(explain("dev", read_changes(unchanged).resources)) == []
    assert list(explain("dev", read_changes({}).resources)) == []
