"""Finds Neon branches that a plan would delete although Neon refuses it: those that are protected or have children.

Neon answers 422. The provider takes that for success from 0.15.0 on (provider/resource_branch.go): Terraform forgets
the branch, which remains.
"""

from collections.abc import Mapping
from typing import Any

from ops.clouds.neon import Neon
from ops.context.errors import OpsError
from ops.context.run_context import Context

_MOST_NAMED = 5


def refuse_undeletable_branches(context: Context, stack: str, plan: Mapping[str, Any]) -> None:
    """Checks that Neon will delete each branch that a plan deletes or replaces. The plan may delete its children too.

    Args:
        context: has Neon's API key; it isn't used if the plan deletes no branch.
        stack: the stack's name.
        plan: the output of `terraform show -json`.

    Raises:
        OpsError: a branch is protected or has children, or Neon refused or did not answer.
    """
    deleted = {
        document["change"]["before"]["id"]: document
        for document in plan.get("resource_changes", [])
        if document["type"] == "neon_branch" and "delete" in document["change"]["actions"]
    }
    if not deleted:
        return
    projects = {document["change"]["before"]["project_id"] for document in deleted.values()}
    with Neon(context) as neon:
        branches = [branch for project in projects for branch in neon.branches(project)]
    for branch in (each for each in branches if each.protected and each.id in deleted):
        address = deleted[branch.id]["address"]
        raise OpsError(
            f"{stack}: {address} can't be deleted: Neon branch {branch.name} is protected; deploy it unprotected first"
        )
    for identifier, document in deleted.items():
        children = [each.name for each in branches if each.parent_id == identifier and each.id not in deleted]
        if children:
            named = ", ".join(children[:_MOST_NAMED]) + (", …" if len(children) > _MOST_NAMED else "")
            raise OpsError(
                f"{stack}: {document['address']} can't be deleted: Neon branch {document['change']['before']['name']} "
                f"has children ({named}); delete them first, or destroy the environment, which keeps them beside it: "
                f"python -m ops destroy {stack}"
            )
