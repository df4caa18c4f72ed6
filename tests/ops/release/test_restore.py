"""Restore points and restores: each environment only ever gets its own rows."""

import subprocess
import sys
from typing import Any

import pytest

from ops.clouds.neon import Neon
from ops.context.errors import OpsError
from ops.release.journal import release_lock
from ops.release.migrations import make_restore_point, restore_database
from tests.ops.preview_cloud import ROOT, PreviewCloud


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
    assert (refused.returncode, refused.stderr) == (
        1,
        "not confirmed: nothing was changed; answer y on a terminal, or pass --yes\n",
    )
    assert not [name for name in cloud.branches() if name.startswith("before-")]
    done = ops(cloud, "restore", "production", "--from", point.name, "--yes")
    assert done.returncode == 0
    assert len([name for name in cloud.branches() if name.startswith("before-")]) == 1


def test_no_restore_goes_beside_a_release(cloud: PreviewCloud):
    point = make_restore_point(cloud.context(), "production", "abc", hours=3)
    with release_lock(cloud.folder / "releases" / "production", "production"):
        refused = ops(cloud, "restore", "production", "--from", point.name, "--yes")
    assert refused.returncode == 1
    assert refused.stderr.startswith("another release of production is running on this machine")
    assert not [name for name in cloud.branches() if name.startswith("before-")]
