"""The whole JSON of each stack, one file for each. `make snapshots` updates them; review the difference."""

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension
from syrupy.location import PyTestLocation
from syrupy.types import SnapshotIndex

from settings import load_settings
from tests.support import ROOT, SETTINGS_FILES, stack_names, synthesize, without_metadata

# The names are for people who look into the folder; syrupy would rather see the test's name in them.
pytestmark = pytest.mark.filterwarnings(r"ignore:\s+Can not relate snapshot")

CASES = [(file, stack) for file in SETTINGS_FILES for stack in stack_names(load_settings(file))]


class StackSnapshot(JSONSnapshotExtension):
    """Keeps a snapshot at tests/snapshots/<settings file>/<stack>.json."""

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:
        del test_location
        return str(ROOT / "tests/snapshots")

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: SnapshotIndex = 0) -> str:
        del test_location
        return str(index)


@pytest.mark.parametrize(("file", "stack"), CASES, ids=[f"{file.stem}/{stack}" for file, stack in CASES])
def test_stack_is_as_reviewed(file: Path, stack: str, snapshot: SnapshotAssertion) -> None:
    synthesized = without_metadata(synthesize(load_settings(file)))
    assert synthesized[stack] == snapshot(name=f"{file.stem}/{stack}", extension_class=StackSnapshot)


def test_there_is_no_snapshot_of_a_stack_that_is_gone() -> None:
    kept = {str(file.relative_to(ROOT / "tests/snapshots")) for file in (ROOT / "tests/snapshots").rglob("*.json")}
    assert kept == {f"{file.stem}/{stack}.json" for file, stack in CASES}
