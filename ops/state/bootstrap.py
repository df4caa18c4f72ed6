"""The first deploy of the stack `state`, whose own state is stored in the bucket that it creates.

If there is no bucket yet, the state begins in a local file and is then moved into the bucket. Existing resources, above
all a bucket, are imported. The next run finishes an interrupted one: the local file is removed only once the bucket is
seen to hold the same state.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ops.clouds.aws_account import AwsAccount
from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.terraform.deploy import DeployOptions, DeployResult, deploy
from ops.terraform.plan import PlanExit, plan_folder
from ops.terraform.stacks import APART, Stack, read_stacks
from ops.terraform.terraform_cli import Terraform

OVERRIDE = "bootstrap_override.tf.json"  # Terraform merges files with this ending over the others
IMPORTS = "bootstrap_imports.tf.json"


def bootstrap(context: Context, options: DeployOptions) -> DeployResult:
    """Deploys the stack `state`, and stores its state in the bucket. Running it again changes nothing.

    Args:
        context: the run's context, with an administrator's AWS credentials.
        options: as for any deploy; they can ask before anything is applied.

    Raises:
        OpsError: the settings manage no state, the bucket belongs to another account, two different states were found,
            or a service could not be reached.
    """
    if context.settings.state.manage is None:
        raise OpsError(
            f"{context.settings_file}: has no [state.manage] table, so there is nothing to create; see docs/state.md"
        )
    (name,) = APART
    (stack,) = read_stacks(context, [name])
    return _Bootstrap(context, stack, AwsAccount(context), options).run()


class _Bootstrap:
    def __init__(self, context: Context, stack: Stack, account: AwsAccount, options: DeployOptions) -> None:
        self._context, self._stack, self._account, self._options = context, stack, account, options
        document: dict[str, Any] = json.loads((stack.folder / "cdk.tf.json").read_text(encoding="utf-8"))
        self._resources: dict[str, Any] = document["resource"]
        backend = document["terraform"]["backend"]["s3"]
        self._bucket, self._key = backend["bucket"], backend["key"]
        # Beside cdktf.out, which a synth replaces.
        self._local = context.out.parent / ".bootstrap" / f"{self._bucket}.tfstate"

    def run(self) -> DeployResult:
        say = self._context.console.say
        in_bucket = self._account.has_bucket()
        say(f"account {self._account.id}: bucket {self._bucket} {'exists' if in_bucket else 'will be created'}")
        local, moved = self._read_local(), self._account.state(self._key) if in_bucket else None
        if local is not None and moved is not None:
            if not _holds(moved, local):
                raise OpsError(
                    f"{self._local} and s3://{self._bucket}/{self._key} hold different states; "
                    "move the one you don't want elsewhere, then run bootstrap again"
                )
            say("the state is already in the bucket; removing the local copy")
            self._remove_local()
            local = None
        begins_here = local is not None or not in_bucket
        try:
            self._open(local=begins_here)
            self._import(known=_ids(local or moved or {}), in_bucket=in_bucket)
            deployment = deploy(self._context, [self._stack], self._options)
        finally:
            self._clear()
        if deployment.code != PlanExit.NOTHING:
            return deployment
        if begins_here:
            self._move()
            say(f"the state is now at s3://{self._bucket}/{self._key}")
        self._check()
        return deployment

    def _read_local(self) -> dict[str, Any] | None:
        if not self._local.is_file():
            return None
        try:
            return json.loads(self._local.read_text(encoding="utf-8"))
        except ValueError:
            raise OpsError(
                f"{self._local}: is not a state; move it elsewhere, and run bootstrap again: it imports what exists"
            ) from None

    def _open(self, *, local: bool) -> None:
        self._clear()
        if local:
            self._local.parent.mkdir(mode=0o700, exist_ok=True)
            self._write(OVERRIDE, {"terraform": {"backend": {"local": {"path": str(self._local)}}}})
        self._terraform().init(again=True, extra=("-reconfigure",))

    def _import(self, *, known: Mapping[str, str], in_bucket: bool) -> None:
        """Adds an import block for each existing resource that is not in the state."""
        wanted = {kind: named for kind, named in self._resources.items() if in_bucket or not kind.startswith("aws_s3_")}
        found = {address: id for address, id in self._account.existing(wanted).items() if address not in known}
        for address, id in found.items():
            self._context.console.say(f"to import: {address} ({id})")
        if found:
            self._write(IMPORTS, {"import": [{"to": address, "id": id} for address, id in found.items()]})

    def _move(self) -> None:
        """Copies the state from the local file into the bucket, and removes the file once the bucket has it."""
        self._terraform().init(again=True, extra=("-migrate-state", "-force-copy"))
        moved, local = self._account.state(self._key), self._read_local()
        if moved is None or (local is not None and not _holds(moved, local)):
            raise OpsError(
                f"s3://{self._bucket}/{self._key}: the state was not stored there; {self._local} still has it, "
                "so run bootstrap again"
            )
        self._remove_local()

    def _remove_local(self) -> None:
        for file in (self._local, self._local.with_name(f"{self._local.name}.backup")):
            file.unlink(missing_ok=True)
        if self._local.parent.is_dir() and not any(self._local.parent.iterdir()):
            self._local.parent.rmdir()

    def _check(self) -> None:
        with plan_folder() as folder:
            if self._terraform().plan(folder / "check.tfplan"):
                raise OpsError(
                    f"{self._stack.name}: a second plan is not empty; see it with python -m ops plan {self._stack.name}"
                )

    def _clear(self) -> None:
        for name in (OVERRIDE, IMPORTS):
            (self._stack.folder / name).unlink(missing_ok=True)

    def _write(self, name: str, document: dict[str, Any]) -> None:
        Path(self._stack.folder, name).write_text(json.dumps(document, indent=2), encoding="utf-8")

    def _terraform(self) -> Terraform:
        return Terraform(self._context, self._stack, lock_wait=self._options.lock_wait)


def _holds(moved: dict[str, Any], local: dict[str, Any]) -> bool:
    """Whether a state has all resources of another one. Terraform gives a moved state a new lineage."""
    return _ids(local).items() <= _ids(moved).items()


def _ids(state: dict[str, Any]) -> dict[str, str]:
    return {
        f"{resource['type']}.{resource['name']}": instance["attributes"]["id"]
        for resource in state.get("resources", [])
        if resource["mode"] == "managed"
        for instance in resource["instances"]
    }
