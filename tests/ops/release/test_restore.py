"""Restore points and restores: each environment only ever gets its own rows."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ops.clouds.neon import Neon
from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.release.journal import release_lock
from ops.release.migrations import (
    delete_restore_point,
    make_restore_point,
    restore_of_point,
    restore_of_time,
)
from tests.ops.preview_cloud import ROOT, PreviewCloud

pytestmark = pytest.mark.slow


def restore_database(context: Context, environment: str, point: str) -> str:
    """Restores a database to a restore point; returns the name of the branch with the rows from before."""
    restore = restore_of_point(context, environment, point)
    restore.run(context)
    return restore.backup


def with_europe(values: dict[str, Any]) -> None:
    values["environments"]["production-eu"] = {"database": {}}


@pytest.fixture
def cloud(preview_cloud: PreviewCloud) -> PreviewCloud:
    preview_cloud.settings(with_europe)
    path = f"/projects/{preview_cloud.project}/branches"
    preview_cloud.neon("POST", path, {"branch": {"name": "production-eu"}})
    return preview_cloud


def test_a_restore_point_of_an_environment_with_a_longer_name_is_not_taken(cloud: PreviewCloud):
    context = cloud.context()
    point = make_restore_point(context, "production-eu", "abc", hours=3)
    with pytest.raises(OpsError, match=r"^restore-production-eu-abc is a restore point of production-eu, not of prod"):
        restore_database(context, "production", point.name)
    assert not [name for name in cloud.branches() if name.startswith("before-")]
    kept = restore_database(context, "production-eu", point.name)
    with pytest.raises(OpsError, match=f"^{kept} is a restore point of production-eu, not of production$"):
        restore_database(context, "production", kept)


def test_a_release_whose_restore_point_would_look_like_another_environments_is_refused(cloud: PreviewCloud):
    with pytest.raises(OpsError, match="would look like a restore point of production-eu; choose another --id"):
        make_restore_point(cloud.context(), "production", "eu-abc", hours=3)


def test_a_branch_of_the_name_with_other_rows_is_no_restore_point(cloud: PreviewCloud):
    context = cloud.context()
    with Neon(context) as neon:
        neon.create_branch(
            cloud.project, "restore-production-abc", parent_id=cloud.dev, expires_at=None, endpoint=False
        )
    with pytest.raises(
        OpsError, match="restore-production-abc was not created from production's branch main; delete it"
    ):
        make_restore_point(context, "production", "abc", hours=3)


def test_a_restore_point_is_still_ones_own_after_a_restore(cloud: PreviewCloud):
    context = cloud.context()
    point = make_restore_point(context, "production", "abc", hours=3)
    restore_database(context, "production", point.name)
    again = make_restore_point(context, "production", "abc", hours=3)
    assert (again.name, again.new) == (point.name, False)


def ops(cloud: PreviewCloud, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    known = cloud.environment(INFRA_RELEASES=str(cloud.folder / "releases"), **environment)
    return subprocess.run(
        [sys.executable, "-m", "ops", *arguments],
        cwd=ROOT,
        env=known,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def test_without_a_terminal_a_restore_needs_a_yes(cloud: PreviewCloud):
    point = make_restore_point(cloud.context(), "production", "abc", hours=3)
    refused = ops(cloud, "restore", "production", "--from", point.name)
    refusal = "not confirmed: nothing was changed; answer y on a terminal, or pass --yes"
    assert (refused.returncode, refused.stderr.splitlines()[1:]) == (1, [refusal])
    assert not [name for name in cloud.branches() if name.startswith("before-")]
    done = ops(cloud, "restore", "production", "--from", point.name, "--yes")
    assert done.returncode == 0
    assert len([name for name in cloud.branches() if name.startswith("before-")]) == 1


def test_no_restore_goes_beside_a_release(cloud: PreviewCloud):
    point = make_restore_point(cloud.context(), "production", "abc", hours=3)
    with release_lock(cloud.folder / "releases" / "production", "production"):
        refused = ops(cloud, "restore", "production", "--from", point.name, "--yes")
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[1].startswith("another release of production is running on this machine")
    assert not [name for name in cloud.branches() if name.startswith("before-")]


def test_a_time_of_a_branch_without_history_is_refused_with_what_can_be_done(cloud: PreviewCloud):
    with pytest.raises(OpsError, match=r"^--at: dev's branch dev was created from another .* a backup \(python -m ops"):
        restore_of_time(cloud.context(), "dev", datetime.now(UTC) - timedelta(minutes=1))


def test_a_root_branch_goes_back_in_its_own_history_so_that_the_saved_rows_can_be_deleted(cloud: PreviewCloud):
    context = cloud.context()
    point = make_restore_point(context, "production", "abc", hours=3)
    restore = restore_of_point(context, "production", point.name)
    assert not restore.lasting
    restore.run(context)
    # The children moved below the saved rows: the restore point is no longer in production's own history.
    assert restore_of_point(context, "production", point.name).lasting


def test_a_restore_that_needs_a_root_branch_too_many_is_refused_before_it_begins(cloud: PreviewCloud):
    context = cloud.context()
    point = make_restore_point(context, "production", "abc", hours=3)
    kept = [restore_database(context, "production", point.name)]
    kept.append(restore_database(context, "production", kept[0]))
    with pytest.raises(OpsError, match=f"root branches are used up: main, {kept[0]}, {kept[1]}; delete one"):
        restore_of_point(context, "production", point.name)
    with pytest.raises(OpsError, match="cannot delete the backup of a root branch"):
        delete_restore_point(context, kept[1])


def test_a_restore_point_with_branches_below_it_is_not_deleted_and_they_are_named(cloud: PreviewCloud):
    context = cloud.context()
    point = make_restore_point(context, "production", "abc", hours=3)
    kept = restore_database(context, "production", point.name)
    with pytest.raises(OpsError, match=f"^{kept} can't be deleted: .* below it: dev, .*{point.name}; delete the "):
        delete_restore_point(context, kept)
    assert {kept, point.name} <= set(cloud.branches())


def test_the_command_lists_and_recovers_what_was_deleted(cloud: PreviewCloud):
    cloud.neon("DELETE", f"/projects/{cloud.project}/branches/{cloud.dev}")
    listed = ops(cloud, "recover")
    assert listed.stdout.startswith(f"branch dev ({cloud.dev}): until ")
    unknown = ops(cloud, "recover", "other")
    assert (unknown.returncode, "other is not among the deleted branches" in unknown.stderr) == (1, True)
    assert ops(cloud, "recover", "dev").stdout.startswith("recovered: branch dev, with its rows and addresses")
    assert cloud.branches()["dev"]["id"] == cloud.dev
    assert ops(cloud, "recover").stdout.startswith("nothing to recover")


def test_a_branch_with_rows_of_its_own_is_restored_from_itself(cloud: PreviewCloud):
    """The default branch's own history lacks the rows of a restored backup."""
    context = cloud.context()
    with Neon(context) as neon:
        main = cloud.branches()["main"]["id"]
        name = "restore-production-recovered"
        made = neon.create_branch(cloud.project, name, parent_id=main, expires_at=None, endpoint=True)
    restore = restore_of_point(context, "production", name)
    assert restore.lasting
    assert vars(restore)["_source_id"] == made.id
    assert vars(restore)["_at"] is None
