"""Destroys one stack: guarded like a deploy, with restore points of its databases.

Also an abandoned one, which no settings describe anymore: Terraform needs only its state and its providers for that.
"""

import json
import re
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ops.clouds.discord import Notice, NoticeKind, Notices
from ops.clouds.neon import Neon
from ops.clouds.stored_states import StoredState
from ops.context.errors import OpsError
from ops.context.private_folder import private_folder
from ops.context.run_context import Context
from ops.terraform.abandoned import abandoned_states, s3_backend
from ops.terraform.changes import read_changes
from ops.terraform.deploy import DeployResult
from ops.terraform.deploy_notice import applied_list, each_reason_once
from ops.terraform.guard import judge
from ops.terraform.plan import Outcome, PlanExit, PlannedStack, check_permits, plan_folder
from ops.terraform.stacks import APART, Stack, read_stacks
from ops.terraform.terraform_cli import LOCK_WAIT_SECONDS, Terraform, TerraformError
from ops.terraform.undeletable_branches import refuse_undeletable_branches

_LOCKED_PROVIDER = re.compile(r'^provider "([^"]+)" \{.*?^\}\n', re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class DestroyOptions:
    """The options of one destroy.

    Attributes:
        allowed: the resources with data that it may destroy, each as `<stack>:<address>`.
        lock_wait: seconds to wait for the state's lock.
        confirm: gets the stack's name and returns whether to destroy it.
        report: gets the plan.
    """

    confirm: Callable[[str], bool]
    allowed: Collection[str] = ()
    lock_wait: int = LOCK_WAIT_SECONDS
    report: Callable[[Sequence[PlannedStack]], None] = field(default=lambda _: None)


def destroy(context: Context, name: str, options: DestroyOptions) -> DeployResult:
    """Destroys all resources of a stack, and keeps its state, which is empty then.

    Nothing is destroyed unless the guard and the owner allow it. Before that, the rows of each Neon branch in the state
    are saved on a new branch, which Terraform does not manage.

    Args:
        context: the run's context.
        name: the stack's name, which for an environment is the environment's.
        options: the options.

    Raises:
        OpsError: there is no such stack or state, others depend on it, or a restore point can't be created.
    """
    with _opened(context, name) as stack, plan_folder() as folder:
        check_permits(options.allowed, [stack])
        terraform = Terraform(context, stack, lock_wait=options.lock_wait)
        file = folder / f"{name}.tfplan"
        try:
            if not terraform.plan(file, destroy=True):
                return DeployResult(PlanExit.NOTHING)
        except TerraformError as error:
            if "Instance cannot be destroyed" not in str(error):
                raise
            raise OpsError(
                f"{name}: is protected, so Terraform refuses to destroy it; set environments.{name}.protected = false, "
                f"deploy it, and run the command again\n{error}"
            ) from None
        document = terraform.show(file)
        verdict = judge(name, document, allowed=options.allowed)
        options.report([PlannedStack(stack, Outcome.CHANGED, file, read_changes(document), verdict)])
        if verdict.refused:
            return DeployResult(PlanExit.REFUSED)
        if not options.confirm(name):
            return DeployResult(PlanExit.ERROR, problems=("not confirmed: nothing was destroyed",), declined=True)
        notices = Notices(context)
        notices.send(Notice(NoticeKind.STARTED, f"destroy of {name}"))
        try:
            points = _save_rows(context, name, document)
            for point in points:
                context.console.say(f"{name}: the rows are saved on Neon branch {point}")
            if points:
                # The restore took what only this branch had, such as its role, which the provider can't delete again.
                document = _planned_again(terraform, file, name, options)
            refuse_undeletable_branches(context, name, document)
            terraform.apply(file)
        except OpsError as error:
            done = applied_list([f"{name}: {line}" for line in terraform.applied]) or "Nothing was destroyed."
            text = "\n".join([*each_reason_once([str(error)]), done])
            notices.send(Notice(NoticeKind.FAILURE, f"destroy of {name}", text))
            return DeployResult(PlanExit.ERROR, problems=(str(error),))
        done = applied_list([f"{name}: {line}" for line in terraform.applied])
        notices.send(Notice(NoticeKind.SUCCESS, f"destroy of {name}", done))
    return DeployResult(PlanExit.NOTHING, (name,))


@contextmanager
def _opened(context: Context, name: str) -> Generator[Stack]:
    """The stack of this name, or a temporary one for an abandoned state of this name."""
    stacks = read_stacks(context, apart=True)
    abandoned = abandoned_states(context)
    _check_dependents(context, name, stacks, abandoned)
    found = next((stack for stack in stacks if stack.name == name), None)
    if found:
        yield found
        return
    state = next((state for state in abandoned if state.stack == name), None)
    if state is None:
        known = ", ".join(stack.name for stack in stacks if stack.name not in APART)
        raise OpsError(f"no stack {name}, and no abandoned state of that name; there are: {known}")
    with private_folder("destroy") as folder:
        yield _temporary_stack(folder, state, stacks)


def _check_dependents(context: Context, name: str, stacks: Sequence[Stack], abandoned: Sequence[StoredState]) -> None:
    dependents = [stack.name for stack in stacks if name in stack.after and Terraform(context, stack).has_resources()]
    own = next((backend for stack in stacks if stack.name == name and (backend := s3_backend(stack))), None)
    read = any(name in stack.after for stack in stacks)
    dependents += [state.stack for state in abandoned if read or (own and _reads(state, str(own["key"])))]
    if dependents:
        first = f"python -m ops destroy {dependents[0]}"
        raise OpsError(f"{name}: {', '.join(dependents)} depend on it; destroy them first: {first}")


def _reads(state: StoredState, key: str) -> bool:
    """Whether the resources of an abandoned state were created from the outputs of the state at an object key."""
    sources = (each for each in state.document["resources"] if each.get("type") == "terraform_remote_state")
    return any(json.dumps(key) in json.dumps(source) for source in sources)


def _temporary_stack(folder: Path, state: StoredState, stacks: Sequence[Stack]) -> Stack:
    """A stack without resources on an abandoned state, with the backend and the providers of the other stacks."""
    documents = [json.loads((stack.folder / "cdk.tf.json").read_text(encoding="utf-8")) for stack in stacks]
    backend = next(document["terraform"]["backend"]["s3"] for document in documents)
    sources = {
        match[1]
        for resource in state.document["resources"]
        if (match := re.search(r'provider\["registry\.terraform\.io/([^"]+)"\]', str(resource.get("provider"))))
    }
    required: dict[str, Any] = {}
    providers: dict[str, Any] = {}
    variables: dict[str, Any] = {}
    for document in documents:
        for local, entry in document["terraform"].get("required_providers", {}).items():
            if str(entry["source"]).removeprefix("registry.terraform.io/") in sources:
                required[local] = entry
                if block := document.get("provider", {}).get(local):
                    providers[local] = block
        variables |= document.get("variable", {})
    found = {str(entry["source"]).removeprefix("registry.terraform.io/") for entry in required.values()}
    if missing := sorted(sources - found):
        raise OpsError(
            f"{state.stack}: its state needs the provider {', '.join(missing)}, which no stack uses; add "
            f"{state.stack} to the settings again, and destroy it then"
        )
    used = set(re.findall(r"\bvar\.(\w+)", json.dumps(providers)))
    stack = {
        "terraform": {
            "backend": {"s3": {**backend, "key": state.address.split("/", 3)[3]}},
            "required_providers": required,
        },
        "provider": providers,
        "variable": {name: variable for name, variable in variables.items() if name in used},
    }
    (folder / "cdk.tf.json").write_text(json.dumps(stack), encoding="utf-8")
    locked: dict[str, str] = {}
    for other in stacks:
        file = other.folder / ".terraform.lock.hcl"
        if file.is_file():
            locked |= {match[1]: match[0] for match in _LOCKED_PROVIDER.finditer(file.read_text(encoding="utf-8"))}
    blocks = [block for name, block in locked.items() if name.removeprefix("registry.terraform.io/") in sources]
    (folder / ".terraform.lock.hcl").write_text("\n".join(blocks), encoding="utf-8")
    return Stack(state.stack, folder, frozenset())


def _planned_again(terraform: Terraform, file: Path, name: str, options: DestroyOptions) -> Mapping[str, Any]:
    """Plans the destruction of a stack over what exists now; the plan may destroy no more than the owner has allowed.

    Raises:
        OpsError: it would.
    """
    file.unlink()
    terraform.plan(file, destroy=True)
    document = terraform.show(file)
    if refused := judge(name, document, allowed=options.allowed).refused:
        raise OpsError(f"{name}: the plan has changed: {'; '.join(map(str, refused))}; run the command again")
    return document


def _save_rows(context: Context, name: str, plan: Mapping[str, Any]) -> list[str]:
    """Saves the rows of each Neon branch that a plan destroys, and returns the names of the branches that keep them.

    A branch with children can't be deleted, so the rows can't be saved on a child. Neon's restore of a branch to its
    parent saves them on a branch beside it, below which it also moves the children (Neon docs, "Instant restore").
    """
    branches = [
        document["change"]["before"]
        for document in plan.get("resource_changes", [])
        if document["type"] == "neon_branch" and document["change"]["actions"] == ["delete"]
    ]
    if not branches:
        return []
    saved: list[str] = []
    with Neon(context) as neon:
        for branch in branches:
            known = {each.id: each for each in neon.branches(branch["project_id"])}
            present = known.get(branch["id"])
            if present is None or present.parent_id is None:
                continue  # It no longer exists, or is the project's root, which Neon doesn't delete.
            point = f"before-destroy-{name}-{datetime.now(UTC):%Y%m%d%H%M%S}"
            neon.restore(branch["project_id"], present.id, source_id=present.parent_id, at=None, backup=point)
            saved.append(point)
    return saved
