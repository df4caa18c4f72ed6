"""Step l: what an owner could lose, abandon or take over without noticing is refused and named."""

import shutil
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w

from sandbox.drill.drill_report import DrillError, DrillStep
from sandbox.process import ROOT
from sandbox.world import IDS, World
from settings import Settings, load_settings

_REFUSED = 3
_RULE = {
    "action": "block",
    "expression": '(http.host eq "another.example")',
    "description": "made by hand",
    "enabled": True,
}
_PHASE = f"/zones/{IDS['zone_id']}/rulesets/phases/http_request_firewall_custom/entrypoint"


class OwnersRun:
    """An owner's settings in a world, and `python -m ops` on them; the settings may change between commands."""

    def __init__(self, world: World, settings_file: Path) -> None:
        """
        Args:
            world: where they are deployed.
            settings_file: the settings to begin with.
        """
        self.world = world
        self._values = tomllib.loads(settings_file.read_text(encoding="utf-8"))
        self._file = world.home / "settings.toml"
        self.settings = self.change({})
        world.environment |= {"INFRA_SETTINGS": str(self._file), "CDKTF_OUTDIR": str(world.home / "cdktf.out")}

    def change(self, changes: Mapping[str, Any], *, without: str = "") -> Settings:
        """Writes the settings with other top-level tables, or without one environment; returns what they say now."""
        values = {**self._values, **changes}
        values["environments"] = {name: table for name, table in values["environments"].items() if name != without}
        self._file.write_text(tomli_w.dumps(values), encoding="utf-8")
        return load_settings(self._file)

    def rename(self, name: str) -> None:
        """Changes `project.name` as on another machine; on this one Terraform knows the former states, and stops."""
        self.change({"project": {**self._values["project"], "name": name}})
        shutil.rmtree(self.world.environment["CDKTF_OUTDIR"])

    def ops(self, *arguments: str, code: int = 0) -> str:
        """Runs a command, which must end with this exit code; returns what it printed.

        Raises:
            DrillError: it ended with another one.
        """
        done = self.world.run([sys.executable, "-m", "ops", *arguments], ROOT)
        printed = done.stdout + done.stderr
        if done.returncode != code:
            raise DrillError(f"ops {' '.join(arguments)}: exit code {done.returncode}, not {code}: {printed[-2000:]}")
        return printed

    def projects(self) -> int:
        """How many Neon projects there are."""
        with self.world.neon() as neon:
            return len(neon.get("/projects", params={"org_id": IDS["org_id"]}).json()["projects"])


def second_database(step: DrillStep, run: OwnersRun) -> None:
    """Step l1: with the project's state gone, no second, empty database is created beside the first."""
    run.ops("deploy", "--yes")
    bucket, name = run.world.bucket(), run.settings.state.bucket
    key = run.settings.state_key("project")
    newest = bucket.get_object(Bucket=name, Key=key)["Body"].read()
    bucket.delete_object(Bucket=name, Key=key)
    printed = run.ops("deploy", "project", "--yes", code=_REFUSED)
    step.prove(
        "the bucket has earlier versions of it" in printed, "a deleted state: refused; names its earlier versions"
    )
    for version in bucket.list_object_versions(Bucket=name, Prefix=key).get("Versions", []):
        bucket.delete_object(Bucket=name, Key=key, VersionId=version["VersionId"])
    printed = run.ops("deploy", "project", "--yes", code=_REFUSED)
    named = "neon_project.main would be created, but one already exists" in printed
    step.prove(
        named and "ops state recover project" in printed, "a state lost with its versions: refused; names the project"
    )
    step.prove(run.projects() == 1, "there is still one Neon project")
    bucket.put_object(Bucket=name, Key=key, Body=newest)
    run.ops("plan")
    former = run.settings.project.name
    run.rename(f"{former}-2")
    printed = run.ops("deploy", "project", "--yes", code=_REFUSED)
    named = f"exists in a project of another name ({former}: " in printed and run.projects() == 1
    step.prove(named, "another project.name: refused; names the project with that database", printed[-1500:])
    run.rename(former)
    run.ops("plan")


def removable(settings: Settings) -> str | None:
    """An environment with a branch of its own that no other part of the settings names; None if there is none."""
    named = settings.api.site_environment if settings.api else None
    fitting = (name for name, each in settings.environments.items() if each.database and name != named)
    return next((name for name in fitting if not settings.environments[name].protected), None)


def abandoned_environment(step: DrillStep, run: OwnersRun) -> None:
    """Step l2: an environment removed from the settings is reported, and `ops destroy` ends it safely."""
    name = removable(run.settings)
    if name is None:
        step.prove(True, "no environment can be removed from these settings")
        return
    run.change({}, without=name)
    for command, code in (("plan", 0), ("drift", 2)):
        printed = run.ops(command, code=code)
        step.prove(f"{name}: abandoned: no stack uses its state" in printed, f"ops {command} reports it as abandoned")
    printed = run.ops("destroy", name, "--confirm", name, code=_REFUSED)
    step.prove("and its data with it" in printed, "ops destroy: refused, since it holds data")
    permits = [word for line in _permits(printed) for word in ("--allow", line)]
    run.ops("destroy", name, "--confirm", f"{name}-mistyped", *permits, code=1)
    step.prove(True, "a mistyped name destroys nothing")
    printed = run.ops("destroy", name, "--confirm", name, *permits)
    step.prove(f"destroyed: {name}" in printed, "with its name and permits: destroyed")
    with run.world.neon() as neon:
        project = neon.get("/projects", params={"org_id": IDS["org_id"]}).json()["projects"][0]["id"]
        branches = [each["name"] for each in neon.get(f"/projects/{project}/branches").json()["branches"]]
    kept = any(each.startswith(f"before-destroy-{name}-") for each in branches)
    step.prove(kept, "its rows are on a restore point", f"branches: {', '.join(branches)}")
    run.change({})
    run.ops("deploy", name, "--yes")


def foreign_rule(step: DrillStep, run: OwnersRun) -> None:
    """Step l3: a firewall rule that somebody made by hand for another host survives."""
    if run.settings.cloudflare is None or run.settings.edge is not None:
        step.prove(True, "left out: the settings have no zone, or an edge stack already")
        return
    with run.world.cloudflare() as cloudflare:
        cloudflare.put(_PHASE, json={"rules": [_RULE]}).raise_for_status()
    run.change({"edge": {"firewall": {"block_probes": True}}})
    printed = run.ops("deploy", "edge", "--yes", code=_REFUSED)
    step.prove(
        "cloudflare_ruleset." in printed and "already exists" in printed, "a rule made by hand: the ruleset is found"
    )
    printed = run.ops("state", "recover", "edge", "--yes", code=_REFUSED)
    kept = "would delete a rule that the settings don't have" in printed and "rules." in printed
    step.prove(kept, "recovering would delete that rule: refused, with the lines that keep it", printed[-1500:])
    with run.world.cloudflare() as cloudflare:
        rules = cloudflare.get(_PHASE).raise_for_status().json()["result"]["rules"]
    step.prove([rule["description"] for rule in rules] == [_RULE["description"]], "the rule is unchanged")
    run.change({})


def _permits(printed: str) -> list[str]:
    return [line.rpartition("--allow ")[2].strip().strip("'") for line in printed.splitlines() if "--allow '" in line]
