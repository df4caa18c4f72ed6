"""Recovers a state that lost resources: finds each through its service's API, and imports it."""

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog import HOLDS_DATA
from ops.clouds.finders import Finders
from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.terraform.plan import plan_folder
from ops.terraform.stacks import Stack
from ops.terraform.terraform_cli import Terraform

IMPORTS = "imports.tf.json"


@dataclass(frozen=True)
class Recovered:
    """The resources that a stack's state lacks, found or not.

    Attributes:
        imports: the ids that import the resources that were found, by address.
        lacking: the addresses of those that were not found: a deploy would create them again.
    """

    imports: Mapping[str, str]
    lacking: tuple[str, ...]


@contextmanager
def recovered(context: Context, stack: Stack, *, lock_wait: int) -> Generator[Recovered]:
    """Finds the resources that a stack's state lacks, and keeps import blocks for them in its folder while open.

    Alternates between planning and finding, since the id of one resource (a branch) leads to others (its roles).

    Args:
        context: has the keys and the APIs' addresses.
        stack: the stack to recover.
        lock_wait: seconds to wait for the state's lock.

    Raises:
        OpsError: a resource that holds data was not found, several match, a plan failed, or a service refused.
    """
    file = stack.folder / IMPORTS
    terraform, finders = Terraform(context, stack, lock_wait=lock_wait), Finders(context)
    imports: dict[str, str] = {}
    try:
        while True:
            missing = _missing(terraform)
            found = {
                address: known
                for address, (kind, values) in missing.items()
                if address not in imports and (known := finders.import_id(kind, values))
            }
            if not found:
                break
            imports |= found
            context.console.mask.add(*_ids(context))
            _write(file, imports)
        if lost := sorted(address for address, (kind, _) in missing.items() if kind in HOLDS_DATA):
            raise OpsError(
                f"{stack.name}: {', '.join(lost)} is not in the state, and these credentials find no such resource; "
                "if it was deleted, a deploy creates it again, without its data"
            )
        yield Recovered(imports, tuple(sorted(missing)))
    finally:
        file.unlink(missing_ok=True)


def _missing(terraform: Terraform) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """The resources that a plan would create: type and known values by address."""
    with plan_folder() as folder:
        file = folder / "recover.tfplan"
        if not terraform.plan(file):
            return {}
        plan = terraform.show(file)
    return {
        change["address"]: (change["type"], _known(change["change"]["after"]))
        for change in plan.get("resource_changes", [])
        if change["mode"] == "managed" and change["change"]["actions"] == ["create"]
    }


def _known(values: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (values or {}).items() if value is not None}


def _ids(context: Context) -> list[str]:
    credentials = context.credentials
    secrets = (credentials.cloudflare_account_id, credentials.cloudflare_zone_id, credentials.neon_org_id)
    return [secret.get_secret_value() for secret in secrets if secret]


def _write(file: Path, imports: Mapping[str, str]) -> None:
    blocks = [{"to": address, "id": known} for address, known in imports.items()]
    try:
        file.touch(mode=0o600)
        file.write_text(json.dumps({"import": blocks}, indent=2), encoding="utf-8")
    except OSError as error:
        raise OpsError(f"{file}: can't be written ({error.strerror})") from None
