"""Finds what a plan would create a second time: resources that exist, and states that were deleted.

A resource that a state has lost would be created beside the original: a second database is empty, a second DNS record
is refused by Cloudflare (error 81053), and so is a second Pages domain (8000018), both only after other changes. So is
a host name that a DNS record of another kind has.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from catalog import CATALOG, HOLDS_DATA
from ops.clouds.finders import Finders
from ops.clouds.stored_states import StateBucket
from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.terraform.stacks import Stack

_NEON_PROJECT = "neon_project"
_DELETE_RECORD = "delete that record in Cloudflare's dashboard once nothing needs it, or choose another host name"


@dataclass(frozen=True)
class CreatedAgain:
    """A resource that a plan would create although it seems to exist.

    Attributes:
        stack: the stack that plans it.
        address: the resource's address in Terraform.
        reason: how it is known to exist.
        remedy: the command that adopts it.
    """

    stack: str
    address: str
    reason: str
    remedy: str

    @property
    def permit(self) -> str:
        """The value of `--allow`."""
        return f"{self.stack}:{self.address}"

    def __str__(self) -> str:
        return f"{self.stack}: {self.address} would be created, but {self.reason}; {self.remedy}"


def created_again(context: Context, stack: Stack, plan: Mapping[str, Any]) -> list[CreatedAgain]:
    """The resources that a plan would create although they exist.

    Args:
        context: has the credentials of the services and of the state's bucket.
        stack: the stack.
        plan: its plan, as `terraform show -json` prints it.

    Raises:
        OpsError: for a resource that holds data, a service or the bucket can't be asked, or several resources match.
    """
    created = {
        document["address"]: document
        for document in plan.get("resource_changes", [])
        if document["mode"] == "managed" and document["change"]["actions"] == ["create"]
    }
    holders = [address for address, document in created.items() if document["type"] in HOLDS_DATA]
    if holders and state_was_deleted(context, stack):
        reason = "this stack's state was deleted, and the bucket has earlier versions of it"
        remedy = f"restore one: python -m ops state versions {stack.name}"
        return [CreatedAgain(stack.name, address, reason, remedy) for address in holders]
    finders = Finders(context)
    found: list[CreatedAgain] = []
    for address, document in created.items():
        lookup = CATALOG[document["type"]].lookup if document["type"] in CATALOG else None
        # Without a service, an id says nothing about whether the resource exists.
        if lookup is None or lookup.service in ("", "aws"):
            continue
        values = {name: value for name, value in (document["change"]["after"] or {}).items() if value is not None}
        try:
            existing = finders.describe(document["type"], values)
            in_the_way = "" if existing else finders.record_in_the_way(document["type"], values)
        except OpsError:
            if address in holders:
                raise
            continue  # The apply reports it, and no data is at stake.
        if existing:
            remedy = f"adopt it: python -m ops state recover {stack.name}"
            found.append(CreatedAgain(stack.name, address, f"one already exists ({existing})", remedy))
        elif in_the_way:
            reason, remedy = f"its host name has another DNS record ({in_the_way})", _DELETE_RECORD
            found.append(CreatedAgain(stack.name, address, reason, remedy))
        elif document["type"] == _NEON_PROJECT and (renamed := _of_another_name(context, values)):
            reason = f"database {renamed[0]} exists in a project of another name ({renamed[1]})"
            remedy = (
                "if it is this product's, give project.name and the Neon project the same name again, and plan; if the "
                f"state is lost as well: python -m ops state recover {stack.name}"
            )
            found.append(CreatedAgain(stack.name, address, reason, remedy))
    return found


def _of_another_name(context: Context, values: Mapping[str, Any]) -> tuple[str, str] | None:
    """The database that a planned Neon project would begin with, and the projects that have one of this name.

    `project.name` is in the state's key as well, so a changed one leads to an empty state, and to an empty database.
    """
    from ops.clouds.neon import Neon

    branch = next(iter(values.get("branch") or []), None)
    database = str((branch or {}).get("database_name") or "")
    if not database:
        return None
    with Neon(context) as neon:
        projects = neon.projects_with_database(database, str(values.get("org_id") or ""))
    return (database, "; ".join(projects.values())) if projects else None


def without_allowed(found: Collection[CreatedAgain], allowed: Collection[str]) -> tuple[CreatedAgain, ...]:
    """Those that this run does not allow."""
    return tuple(each for each in found if each.permit not in allowed)


def state_was_deleted(context: Context, stack: Stack) -> bool:
    """Whether a stack's state was deleted from the bucket, which still has earlier versions of it.

    Raises:
        OpsError: the bucket can't be read.
    """
    document = json.loads((stack.folder / "cdk.tf.json").read_text(encoding="utf-8"))
    backend = document.get("terraform", {}).get("backend", {}).get("s3")
    if backend is None:
        return False
    return StateBucket(context, str(backend["bucket"]), str(backend["region"])).is_deleted(str(backend["key"]))
