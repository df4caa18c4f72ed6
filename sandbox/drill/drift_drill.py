"""Step d: changes made outside Terraform are detected and reconciled."""

from typing import Any

from sandbox.drill.deploy_drill import RehearsedStacks, second_plan_is_empty
from sandbox.drill.drill_report import DrillStep
from sandbox.stack_run import StackRun
from sandbox.world import IDS, World


def change_dns_record(world: World, domain: str) -> None:
    """Points a domain's CNAME elsewhere, as someone in the dashboard would."""
    with world.cloudflare() as api:
        path = f"/zones/{IDS['zone_id']}/dns_records"
        record = next(r for r in api.get(path).json()["result"] if (r["type"], r["name"]) == ("CNAME", domain))
        api.patch(f"{path}/{record['id']}", json={"content": "elsewhere.example.com"}).raise_for_status()


def delete_branch(world: World, project_id: str, name: str) -> None:
    """Deletes a database branch, as someone in the console would."""
    with world.neon() as api:
        branches = api.get(f"/projects/{project_id}/branches").json()["branches"]
        branch = next(branch for branch in branches if branch["name"] == name)
        api.delete(f"/projects/{project_id}/branches/{branch['id']}").raise_for_status()


def drift(step: DrillStep, deployment: RehearsedStacks) -> None:
    """Changes a DNS record and deletes a branch, finds both in the plans, applies, and plans again."""
    settings = deployment.settings
    project_id = deployment.project.outputs()["project_id"]["value"]
    for stack in deployment.environments:
        environment = settings.environments[stack.name]
        if environment.website:
            change_dns_record(deployment.world, environment.website.domain)
            _find_and_mend(step, stack, "cloudflare_dns_record.web", "update", "a DNS record changed by hand")
        if environment.database and not environment.database.neon_protected:
            delete_branch(deployment.world, project_id, settings.branch_name(stack.name))
            _find_and_mend(step, stack, "neon_branch.this", "create", "a branch deleted by hand")
    second_plan_is_empty(step, deployment)


def _find_and_mend(step: DrillStep, stack: StackRun, address: str, action: str, what: str) -> None:
    plan = stack.plan()
    changes: dict[str, Any] = {change["address"]: change["change"]["actions"] for change in plan.changes()}
    step.prove(changes.get(address) == [action], f"{stack.name}: {what} is detected ({plan.counts()}) and reconciled")
    stack.apply()
