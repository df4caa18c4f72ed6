"""A stack's state in its bucket: versions, lock, restore; and resources that a state lost."""

import json
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
import typer
from moto import mock_aws

from catalog import CATALOG
from ops.cli import app
from ops.clouds.finders import Finders
from ops.clouds.rest import Rest
from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.state import recovery
from ops.state.state_store import StateStore
from ops.terraform.deploy import DeployOptions, DeployResult
from ops.terraform.plan import PlanExit
from ops.terraform.stacks import Stack
from ops.terraform.terraform_cli import Terraform
from tests.support import own_errors

BUCKET, KEY = "acme-states", "ledger/dev/terraform.tfstate"


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        yield client


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    backend = {"bucket": BUCKET, "key": KEY, "region": "us-east-1"}
    (tmp_path / "cdk.tf.json").write_text(json.dumps({"terraform": {"backend": {"s3": backend}}}))
    return Stack("dev", tmp_path, frozenset())


@pytest.fixture
def store(s3: Any, stack: Stack, make_context: Callable[..., Context]) -> StateStore:
    return StateStore(make_context(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test"), stack)


def put(s3: Any, serial: int, resources: int = 1) -> str:
    found = [{"mode": "managed", "instances": [{}]}] * resources + [{"mode": "data", "instances": [{}]}]
    state = {"lineage": "one", "serial": serial, "resources": found, "outputs": {"kept": {"value": serial}}}
    return s3.put_object(Bucket=BUCKET, Key=KEY, Body=json.dumps(state).encode())["VersionId"]


def present(s3: Any) -> dict[str, Any]:
    return json.loads(s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read())


def test_versions_are_listed_newest_first_and_only_of_this_state(s3: Any, store: StateStore):
    put(s3, 1)
    put(s3, 2, resources=3)
    s3.put_object(Bucket=BUCKET, Key=f"{KEY}.tflock", Body=b"{}")
    s3.delete_object(Bucket=BUCKET, Key=KEY)
    deleted, newer, older = store.versions()
    assert deleted.serial is None
    assert deleted.latest
    assert "deleted  (now)" in deleted.line
    assert (newer.serial, newer.resources, older.serial) == (2, 3, 1)


def test_an_earlier_version_becomes_the_newest_and_nothing_is_lost(s3: Any, store: StateStore):
    first = put(s3, 4)
    put(s3, 9)
    assert store.restore(first, "ada") == 10
    assert present(s3)["serial"] == 10, "Terraform takes the highest serial for the newest"
    assert present(s3)["outputs"] == {"kept": {"value": 4}}
    assert [version.serial for version in store.versions()] == [10, 9, 4]
    assert store.lock() is None, "the lock is given back"


def test_a_locked_state_is_not_restored(s3: Any, store: StateStore):
    first = put(s3, 1)
    put(s3, 2)
    lock = {"ID": "lock-1", "Who": "eve@laptop", "Operation": "OperationTypeApply", "Created": "2026-11-26"}
    s3.put_object(Bucket=BUCKET, Key=f"{KEY}.tflock", Body=json.dumps(lock).encode())
    with pytest.raises(OpsError, match="locked by eve@laptop"):
        store.restore(first, "ada")
    assert present(s3)["serial"] == 2
    found = store.lock()
    assert found
    assert found.id == "lock-1", "another's lock stays"


def test_a_lock_whose_first_answer_was_lost_is_this_runs_own(
    s3: Any, store: StateStore, monkeypatch: pytest.MonkeyPatch
):
    first = put(s3, 1)
    put_object = store._client.put_object  # pyright: ignore[reportPrivateUsage]

    def asked_twice(**arguments: Any) -> Any:
        if "IfNoneMatch" in arguments:
            put_object(**arguments)
        return put_object(**arguments)

    monkeypatch.setattr(store._client, "put_object", asked_twice)  # pyright: ignore[reportPrivateUsage]
    assert store.restore(first, "ada") == 2
    assert store.lock() is None, "and it is given back"


def test_what_is_no_state_is_refused_and_the_lock_given_back(s3: Any, store: StateStore):
    broken = s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"{}")["VersionId"]
    with pytest.raises(OpsError, match="is not a state"):
        store.restore(broken, "ada")
    with pytest.raises(OpsError, match="state versions"):
        store.restore("00000000-0000-0000-0000-000000000000", "ada")
    assert store.lock() is None


def test_a_bucket_that_is_not_there_is_one_line(s3: Any, stack: Stack, make_context: Callable[..., Context]):
    document = json.loads((stack.folder / "cdk.tf.json").read_text())
    document["terraform"]["backend"]["s3"]["bucket"] = "nobodys-bucket"
    (stack.folder / "cdk.tf.json").write_text(json.dumps(document))
    with pytest.raises(OpsError, match="nobodys-bucket: NoSuchBucket; create it"):
        StateStore(make_context(), stack).versions()


def test_a_damaged_version_is_shown_and_not_a_traceback(s3: Any, store: StateStore):
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"not json")
    (version,) = store.versions()
    assert "not a state" in version.line


class PlannedTerraform:
    """A Terraform whose plan makes what is not imported."""

    wanted: dict[str, tuple[str, dict[str, Any]]]

    def __init__(self, _context: Context, stack: Stack, *, lock_wait: int) -> None:
        assert lock_wait == 0
        self._file = stack.folder / recovery.IMPORTS

    def plan(self, _file: Path) -> bool:
        return True

    def show(self, _file: Path) -> dict[str, Any]:
        blocks = json.loads(self._file.read_text())["import"] if self._file.is_file() else []
        imported = {block["to"] for block in blocks}
        return {
            "resource_changes": [
                {
                    "address": address,
                    "type": kind,
                    "mode": "managed",
                    "change": {"actions": ["create"], "after": after},
                }
                for address, (kind, after) in self.wanted.items()
                if address not in imported
            ]
        }


def test_what_holds_data_and_is_not_found_is_an_error(
    stack: Stack, make_context: Callable[..., Context], monkeypatch: pytest.MonkeyPatch
):
    """Else a key that reaches another organization would make a second, empty project."""
    monkeypatch.setattr(recovery, "Terraform", PlannedTerraform)
    PlannedTerraform.wanted = {"neon_project.main": ("neon_project", {"name": "ledger"})}

    def nothing(*_: object) -> None:
        return None

    monkeypatch.setattr(Finders, "import_id", nothing)
    with (
        pytest.raises(OpsError, match=r"neon_project.main is not in the state"),
        recovery.recovered(make_context(), stack, lock_wait=0),
    ):
        pass
    assert not (stack.folder / recovery.IMPORTS).exists()


def test_import_blocks_are_there_for_the_apply_and_gone_afterwards(
    stack: Stack, make_context: Callable[..., Context], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(recovery, "Terraform", PlannedTerraform)
    PlannedTerraform.wanted = {
        "cloudflare_zone_setting.tls": ("cloudflare_zone_setting", {"zone_id": "z", "setting_id": "tls"}),
        "random_password.auth": ("random_password", {"length": 32}),
    }
    with recovery.recovered(make_context(), stack, lock_wait=0) as found:
        assert found.imports == {"cloudflare_zone_setting.tls": "z/tls"}
        assert found.lacking == ("random_password.auth",)
        assert (stack.folder / recovery.IMPORTS).stat().st_mode & 0o077 == 0
    assert not (stack.folder / recovery.IMPORTS).exists()


@pytest.mark.parametrize("kind", [kind for kind, entry in CATALOG.items() if entry.lookup])
def test_every_finder_waits_until_it_knows_what_leads_to_it(kind: str, make_context: Callable[..., Context]):
    """Without the values that its path or id needs, no service is asked: the context has no key for one."""
    assert Finders(make_context()).import_id(kind, {}) is None


@pytest.mark.parametrize(
    ("planned", "variables", "asked"),
    [
        ({"org_id": "org-plan"}, {"NEON_ORG_ID": "org-run"}, "org-plan"),
        ({}, {"NEON_ORG_ID": "org-run"}, "org-run"),
        ({}, {}, None),
    ],
    ids=["the plan's", "the run's", "a personal one"],
)
def test_a_neon_project_is_looked_for_in_its_organization(
    make_context: Callable[..., Context],
    monkeypatch: pytest.MonkeyPatch,
    planned: dict[str, str],
    variables: dict[str, str],
    asked: str | None,
):
    """Without it, Neon lists what is a personal key's own, and an organization's project seems to be gone."""

    def projects(_: object, _method: str, _path: str, *, query: dict[str, str], **_more: object) -> dict[str, Any]:
        assert query["search"] == "ledger"
        named = {"id": "found-1", "name": "ledger"}
        return {"projects": [named] if query.get("org_id") == asked else []}

    monkeypatch.setattr(Rest, "call", projects)
    context = make_context(NEON_API_KEY="key-for-a-test", **variables)
    assert Finders(context).import_id("neon_project", {"name": "ledger", **planned}) == "found-1"


def test_several_states_are_unlocked_at_once_and_one_failure_does_not_stop_the_others(
    s3: Any,
    tmp_path: Path,
    make_context: Callable[..., Context],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    stacks: list[Stack] = []
    for name in ("project", "dev", "production"):
        folder = tmp_path / name
        folder.mkdir()
        backend = {"bucket": BUCKET, "key": f"ledger/{name}/terraform.tfstate", "region": "us-east-1"}
        (folder / "cdk.tf.json").write_text(json.dumps({"terraform": {"backend": {"s3": backend}}}))
        stacks.append(Stack(name, folder, frozenset()))
        if name != "project":
            lock = json.dumps({"ID": f"lock-of-{name}", "Who": "ada@laptop"}).encode()
            s3.put_object(Bucket=BUCKET, Key=f"{backend['key']}.tflock", Body=lock)
    released: list[str] = []

    def force_unlock(terraform: Terraform, lock: str) -> None:
        del terraform
        if lock == "lock-of-dev":
            raise OpsError("dev: can't be reached")
        released.append(lock)

    def named(_context: object, names: list[str]) -> list[Stack]:
        return [stack for stack in stacks if stack.name in names]

    monkeypatch.setattr("ops.terraform.stacks.read_stacks", named)
    monkeypatch.setattr(Terraform, "force_unlock", force_unlock)
    command: Any = typer.main.get_command(app)
    context = make_context(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test")
    arguments = ["state", "unlock", "project", "dev", "production", "--yes"]
    assert command.main(args=arguments, prog_name="ops", obj=context, standalone_mode=False) == 1
    assert released == ["lock-of-production"]
    printed = capsys.readouterr()
    assert "project: not locked" in printed.out
    assert "production: unlocked" in printed.out
    assert own_errors(printed.err) == "dev: can't be reached\n"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"{}", b'{"ID": ""}'])
def test_a_damaged_lock_is_shown_and_can_be_released(
    s3: Any,
    store: StateStore,
    stack: Stack,
    body: bytes,
    make_context: Callable[..., Context],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    s3.put_object(Bucket=BUCKET, Key=f"{KEY}.tflock", Body=body)

    def only_stack(*_: object) -> list[Stack]:
        return [stack]

    def never(*_: object) -> None:
        raise AssertionError("Terraform can't release a lock without an id")

    monkeypatch.setattr("ops.terraform.stacks.read_stacks", only_stack)
    monkeypatch.setattr(Terraform, "force_unlock", never)
    command: Any = typer.main.get_command(app)
    context = make_context(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test")
    arguments = ["state", "unlock", "dev", "--yes"]
    assert command.main(args=arguments, prog_name="ops", obj=context, standalone_mode=False) == 0
    assert "dev: locked by a run that left no readable lock" in capsys.readouterr().out
    assert store.lock() is None


def test_a_readable_lock_is_never_deleted_as_a_damaged_one(s3: Any, store: StateStore):
    s3.put_object(Bucket=BUCKET, Key=f"{KEY}.tflock", Body=json.dumps({"ID": "1", "Who": "ada@laptop"}).encode())
    with pytest.raises(OpsError, match="dev: the state is locked by ada@laptop"):
        store.delete_damaged_lock()
    assert store.lock() is not None


def test_a_recovery_is_guarded_and_allows_only_what_it_is_passed(
    stack: Stack, make_context: Callable[..., Context], monkeypatch: pytest.MonkeyPatch
):
    """An imported ruleset is a whole list: the plan after the import may delete rules that were made by hand."""
    permit = "edge:cloudflare_ruleset.firewall.rules.old-blog"
    asked: list[DeployOptions] = []

    @contextmanager
    def recovered(*_: object, **__: object) -> Generator[recovery.Recovered]:
        yield recovery.Recovered({"cloudflare_ruleset.firewall": "zones/z/1"}, ())

    def deploy(_context: Context, _stacks: object, options: DeployOptions) -> DeployResult:
        asked.append(options)
        return DeployResult(PlanExit.NOTHING if permit in options.allowed else PlanExit.REFUSED)

    def read(*_: object) -> list[Stack]:
        return [stack]

    monkeypatch.setattr(recovery, "recovered", recovered)
    monkeypatch.setattr("ops.terraform.deploy.deploy", deploy)
    synthesized: list[Context] = []
    monkeypatch.setattr("ops.terraform.stacks.read_stacks", read)
    monkeypatch.setattr("ops.terraform.synth.synthesize_if_outdated", synthesized.append)
    command = next(each for each in app.registered_groups if each.name == "state").typer_instance
    assert command is not None
    main = typer.main.get_command(command)
    for arguments, code in ((["--allow", permit], PlanExit.NOTHING), ([], PlanExit.REFUSED)):
        found = main.main(["recover", "edge", "--yes", *arguments], obj=make_context(), standalone_mode=False)
        assert found == code
    assert [list(options.allowed) for options in asked] == [[permit], []]
    # The refusal names lines for the settings: the next run is on what they say then.
    assert len(synthesized) == len(asked)
