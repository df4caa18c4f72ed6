"""Each option, switched on and off again, touches its own resources and no other."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from sandbox.stack_run import StackRun
from sandbox.world import World
from tests.support import ROOT, Stacks, Values, load_values, merged, read_values, synthesize, without_metadata
from tools import toggle_matrix
from tools.toggle_matrix import BASE, OPTIONS, Addresses, Option

pytestmark = pytest.mark.slow

Actions = dict[tuple[str, str], str]  # (stack, address): what a plan does to it

# What no plan shows: facts for checks of other keys, names, and keys that only ops reads.
SILENT = {
    "api.plan",
    "backup",
    "budget",
    "cloudflare.plan",
    "database.plan",
    "project.label_resources",
    "release",
    "state",
}


def _synthesized(values: Values) -> Stacks:
    return without_metadata(synthesize(load_values(values)))


@pytest.fixture(scope="module")
def base() -> Stacks:
    return _synthesized(BASE)


def _actions(made: Addresses, changed: Addresses, verb: str) -> Actions:
    return {(stack, address): verb for stack, addresses in made.items() for address in addresses} | {
        (stack, address): "update" for stack, addresses in changed.items() for address in addresses
    }


def _resources(stacks: Stacks) -> dict[tuple[str, str], Values]:
    """Each resource's arguments; lifecycle rules are Terraform's own and no plan shows them."""
    return {
        (stack, f"{kind}.{name}"): {key: value for key, value in arguments.items() if key != "lifecycle"}
        for stack, document in stacks.items()
        for kind, named in document.get("resource", {}).items()
        for name, arguments in named.items()
    }


def _difference(before: Stacks, after: Stacks) -> Actions:
    old, new = _resources(before), _resources(after)
    actions: Actions = dict.fromkeys(new.keys() - old.keys(), "create")
    actions |= dict.fromkeys(old.keys() - new.keys(), "delete")
    return actions | {place: "update" for place in new.keys() & old.keys() if old[place] != new[place]}


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.key)
def test_the_json_differs_in_the_options_resources_alone(base: Stacks, option: Option) -> None:
    switched_on = _synthesized(merged(BASE, option.values))
    assert _difference(base, switched_on) == _actions(option.makes, option.changes, "create")


class Switches:
    """The base deployed in a world, in which options are switched on and off."""

    def __init__(self, world: World, base: Stacks) -> None:
        self._base = base
        synthesized = world.home / "synthesized"
        for name, document in base.items():
            folder = synthesized / "stacks" / name
            folder.mkdir(parents=True)
            (folder / "cdk.tf.json").write_text(json.dumps(document))
        self._runs = {name: StackRun(world, name, synthesized) for name in base}

    def deploy(self, switched_on: dict[str, Stacks]) -> None:
        for name, run in self._runs.items():
            # Every provider that some option needs, so that one init is enough.
            providers: Values = {}
            for stacks in switched_on.values():
                providers |= stacks[name]["terraform"]["required_providers"]
            document = self._base[name]
            self._write(name, document | {"terraform": document["terraform"] | {"required_providers": providers}})
            run.init()
            self.apply(name, document)

    def apply(self, name: str, document: Values) -> Actions:
        """Applies a stack's JSON; returns what Terraform planned for it."""
        self._write(name, document)
        command = ("apply", "-json", "-auto-approve", "-lock-timeout=10s")
        output = self._runs[name].terraform(*command, accept=(0, 1))
        events = [json.loads(line) for line in output.splitlines()]
        errors = [event["@message"] for event in events if event["@level"] == "error"]
        assert not errors, (name, errors)
        changes = [event["change"] for event in events if event["type"] == "planned_change"]
        return {(name, change["resource"]["addr"]): change["action"] for change in changes}

    def toggle(self, name: str, on: Stacks, undo: Stacks | None) -> tuple[Actions, Actions]:
        """Switches an option on and off in one stack: what was planned each time."""
        switched_on = self.apply(name, on[name])
        before = self.apply(name, undo[name]) if undo else {}
        return switched_on, before | self.apply(name, self._base[name])

    def _write(self, name: str, document: Values) -> None:
        (self._runs[name].folder / "cdk.tf.json").write_text(json.dumps(document))


Plans = dict[str, tuple[Actions, Actions]]  # by option: when it was switched on, and when it was switched off


def _plans(base: Stacks) -> Plans:
    """What Terraform plans for each option.

    Stacks have states of their own, so each is a track; in a track, one option after another.
    """
    switched_on = {option.key: _synthesized(merged(BASE, option.values)) for option in OPTIONS}
    undone = {option.key: _synthesized(merged(BASE, option.undo)) for option in OPTIONS if option.undo}
    with World("toggles", load_values(BASE)) as world, ThreadPoolExecutor() as pool:
        switches = Switches(world, base)
        switches.deploy(switched_on)

        def track(name: str) -> Plans:
            return {
                option.key: switches.toggle(name, switched_on[option.key], undone.get(option.key))
                for option in OPTIONS
                if switched_on[option.key][name] != base[name]
            }

        tracks = list(pool.map(track, base))
        left = list(pool.map(switches.apply, base, base.values()))
    assert not any(left), "with every option off again, nothing is left to do"
    found: Plans = {option.key: ({}, {}) for option in OPTIONS}
    for track_plans in tracks:
        for key, (on, off) in track_plans.items():
            found[key] = (found[key][0] | on, found[key][1] | off)
    return found


def _print(found: Plans) -> None:
    """The matrix as it was planned; pytest -s shows it."""
    marks = {"create": "+", "delete": "-", "update": "~"}
    print()
    for key, plans in found.items():
        on, off = (
            ", ".join(f"{marks.get(action, action)}{stack}:{address}" for (stack, address), action in plan.items())
            for plan in plans
        )
        print(f"{key}\n  on:  {on or 'nothing'}\n  off: {off or 'nothing'}")


def test_real_plans_touch_each_options_resources_alone(base: Stacks) -> None:
    found = _plans(base)
    _print(found)
    # Compared one by one, so that a failure names the option.
    for option in OPTIONS:
        on, off = found[option.key]
        assert on == _actions(option.makes, option.changes, "create"), f"{option.key}, switched on"
        kept = _actions({}, option.keeps, "update")
        back = _actions(option.makes, option.changes, "delete")
        assert off == {place: back[place] for place in back.keys() - kept.keys()}, f"{option.key}, switched off"


def _leaves(values: Values, path: str = "") -> Iterator[str]:
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}"


def _without_names(key: str) -> str:
    """A key's path with the names that an owner chooses taken out of it."""
    parts = key.split(".")
    for table, position in (("environments", 1), ("edge.rate_limits", 2), ("edge.firewall.rules", 3)):
        if key.startswith(f"{table}.") and len(parts) > position:
            parts[position] = "*"
    return ".".join(parts)


def test_every_key_of_the_example_with_every_option_is_in_the_matrix() -> None:
    covered = {_without_names(leaf) for values in (BASE, *(o.values for o in OPTIONS)) for leaf in _leaves(values)}
    wanted = {_without_names(leaf) for leaf in _leaves(read_values(ROOT / "examples/full.toml"))}
    silent = {leaf for leaf in wanted if any(leaf == key or leaf.startswith(f"{key}.") for key in SILENT)}
    assert sorted(wanted - covered - silent) == []


def test_the_page_has_the_matrix_and_tells_of_each_option() -> None:
    text = (ROOT / "docs/options.md").read_text(encoding="utf-8")
    assert text == toggle_matrix.page(), "run make docs-matrix"
    for heading in {option.section for option in OPTIONS}:
        section = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
        for part in ("**Costs**", "**Needs**", "**Undo**"):
            assert part in section, f"{heading}: {part}"
