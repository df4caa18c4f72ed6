"""No plan deletes a branch that Neon won't delete: the provider would report success, and the branch would remain."""

from typing import Any

import pytest

from ops.context.errors import OpsError
from ops.terraform.undeletable_branches import refuse_undeletable_branches
from tests.ops.preview_cloud import PreviewCloud


def deletion(project: str, *branches: dict[str, Any], actions: tuple[str, ...] = ("delete",)) -> dict[str, Any]:
    changes = [
        {
            "address": f"neon_branch.b{number}",
            "type": "neon_branch",
            "change": {"actions": [*actions], "before": {**branch, "project_id": project}},
        }
        for number, branch in enumerate(branches)
    ]
    return {"resource_changes": changes}


@pytest.fixture
def dev(preview_cloud: PreviewCloud) -> dict[str, Any]:
    return preview_cloud.branches()["dev"]


@pytest.fixture
def child(preview_cloud: PreviewCloud, dev: dict[str, Any]) -> dict[str, Any]:
    body = {"branch": {"name": "pr-7", "parent_id": dev["id"]}}
    return preview_cloud.neon("POST", f"/projects/{preview_cloud.project}/branches", body)["branch"]


@pytest.mark.parametrize("actions", [("delete",), ("delete", "create"), ("create", "delete")])
def test_the_deletion_of_a_branch_with_children_is_refused(
    preview_cloud: PreviewCloud, dev: dict[str, Any], child: dict[str, Any], actions: tuple[str, ...]
) -> None:
    with pytest.raises(OpsError) as refused:
        refuse_undeletable_branches(
            preview_cloud.context(), "dev", deletion(preview_cloud.project, dev, actions=actions)
        )
    assert str(refused.value) == (
        "dev: neon_branch.b0 can't be deleted: Neon branch dev has children (pr-7); delete them first, or destroy the "
        "environment, which keeps them beside it: python -m ops destroy dev"
    )


def test_a_branch_is_deleted_without_children_or_with_all_of_them(
    preview_cloud: PreviewCloud, dev: dict[str, Any], child: dict[str, Any]
) -> None:
    context = preview_cloud.context()
    refuse_undeletable_branches(context, "dev", deletion(preview_cloud.project, child))
    refuse_undeletable_branches(context, "dev", deletion(preview_cloud.project, dev, child))
    refuse_undeletable_branches(context, "dev", deletion(preview_cloud.project, dev, actions=("update",)))


@pytest.mark.parametrize("preview_cloud", [{"neon_plan": "paid"}], indirect=True)
def test_the_deletion_of_a_protected_branch_is_refused(preview_cloud: PreviewCloud, dev: dict[str, Any]) -> None:
    path = f"/projects/{preview_cloud.project}/branches/{dev['id']}"
    preview_cloud.neon("PATCH", path, {"branch": {"protected": True}})
    with pytest.raises(OpsError, match="Neon branch dev is protected; deploy it unprotected first"):
        refuse_undeletable_branches(preview_cloud.context(), "dev", deletion(preview_cloud.project, dev))
