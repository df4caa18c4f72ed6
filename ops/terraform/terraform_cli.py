"""Terraform in a stack's folder: init, plan into a saved file, show, apply exactly that file, outputs."""

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ops.clouds.key_advice import refused_credentials
from ops.context.errors import OpsError
from ops.context.programs import Finished
from ops.context.run_context import Context
from ops.terraform.stacks import Stack, unlock_command
from ops.terraform.terraform_environment import terraform_environment

LOCK_WAIT_SECONDS = 120
_NEEDS_INIT = re.compile(r"terraform init|Backend initialization required|Inconsistent dependency lock file")
# Only from "Lock Info" on: before it, S3's own message has a "RequestID".
_LOCK = re.compile(r"Lock Info:\s+ID:\s*(\S+).*?Operation:\s*(\S*).*?Who:\s*([^\n]*)", re.DOTALL)
# A run that was killed while it wrote its lock leaves an empty file.
_UNREADABLE_LOCK = re.compile(r"Error acquiring the state lock.*LockInfo\s+struct", re.DOTALL)
# Terraform's record of a resource that is done. Source: Terraform 1.14, internal/command/views/hook_ui.go, PostApply.
_DONE = re.compile(r"^(\S.*?): (Creation|Modifications|Destruction|Import) complete(?: after .*)?$", re.MULTILINE)
_DONE_VERBS = {"Creation": "created", "Modifications": "changed", "Destruction": "destroyed", "Import": "imported"}
# Its advice, `init -reconfigure`, would go on with an empty state. Source: Terraform 1.11, internal/command/init.go.
_MOVED = "Backend configuration changed"
_LOCK_CREATED = re.compile(r"Created:\s*([^\n]+)")


class TerraformError(OpsError):
    """Terraform failed; the message is its own, without secrets.

    Attributes:
        locked: another run holds the state's lock.
        unauthorized: a service refused the credentials.
    """

    def __init__(self, message: str, *, locked: bool = False, unauthorized: bool = False) -> None:
        super().__init__(message)
        self.locked, self.unauthorized = locked, unauthorized


class UnsavedStateError(TerraformError):
    """An apply changed resources, but could not save the state. Applying again would create them a second time."""


class Terraform:
    """Terraform for one stack.

    Attributes:
        applied: the resources that the last apply has finished, by Terraform's own record, such as
            `created neon_project.main`.
    """

    def __init__(self, context: Context, stack: Stack, *, lock_wait: int = LOCK_WAIT_SECONDS) -> None:
        """
        Args:
            context: has the environment, with the credentials of the providers and the state.
            stack: the stack to run in.
            lock_wait: seconds to wait for the state's lock, if another run holds it.

        Raises:
            OpsError: the environment would change which state is used or what is planned.
        """
        self._context, self._stack, self._lock_wait = context, stack, lock_wait
        self._environment = terraform_environment(context.environment, stack)
        self._data = stack.folder / ".terraform"
        self.applied: list[str] = []
        # Beside cdktf.out, which a synth replaces.
        self._unsaved = context.out.parent / ".unsaved" / f"{stack.name}.tfstate"

    def init(self, *, again: bool = False, extra: Sequence[str] = ()) -> None:
        """Initializes the backend and the providers, unless that was done for this configuration.

        Args:
            again: do it in any case.
            extra: more arguments, such as those for a state that is stored elsewhere.

        Raises:
            TerraformError: it failed.
        """
        stamp = self._data / "ops-init"
        if not again and stamp.is_file() and stamp.read_text(encoding="utf-8") == self._fingerprint():
            return
        arguments = ["init", *extra]
        if "hashes" in self._lock_file():
            # Checksums are recorded: accept only these packages.
            arguments.append("-lockfile=readonly")
        self._run(*arguments)
        stamp.write_text(self._fingerprint(), encoding="utf-8")

    def plan(self, file: Path, *, destroy: bool = False) -> bool:
        """Plans, and saves the plan.

        Args:
            file: the file to save to; only its owner can read it, since a plan holds secrets.
            destroy: plan to destroy all resources of the stack.

        Returns:
            Whether the plan changes anything, outputs and addresses included.

        Raises:
            UnsavedStateError: an earlier apply could not save its state.
            TerraformError: Terraform could not plan.
        """
        self._keep_unsaved()
        self.init()
        file.touch(mode=0o600)
        arguments = ["plan", "-detailed-exitcode", f"-lock-timeout={self._lock_wait}s", f"-out={file}"]
        arguments += ["-destroy"] if destroy else []
        finished = self._try(*arguments)
        if finished.code == 1 and _NEEDS_INIT.search(finished.text):
            self.init(again=True)
            finished = self._try(*arguments)
        if finished.code not in (0, 2):
            raise self._error(finished)
        return finished.code == 2

    def show(self, file: Path) -> dict[str, Any]:
        """A saved plan as JSON. It holds secrets: never print it.

        Raises:
            TerraformError: Terraform can't read it.
        """
        return json.loads(self._run("show", "-json", str(file)).stdout)

    def apply(self, file: Path) -> None:
        """Applies a saved plan, exactly as it is, and prints Terraform's progress.

        What was done is in `applied`, also if it fails.

        Raises:
            UnsavedStateError: it changed resources, but could not save the state.
            TerraformError: it failed, or the state has changed since the plan.
        """
        arguments = ("apply", f"-lock-timeout={self._lock_wait}s", str(file))
        dump = _StateDump()
        finished = self._try(*arguments, show=True, withhold=dump.takes)
        self.applied = [f"{_DONE_VERBS[done]} {address}" for address, done in _DONE.findall(finished.text)]
        if finished.code != 0 and dump.text:
            self._keep_dumped(dump.text)
        self._keep_unsaved()
        if finished.code != 0:
            raise self._error(finished)

    def push_unsaved(self) -> None:
        """Saves the state that an earlier apply could not save, and deletes the local copy.

        Raises:
            TerraformError: there is no such copy, the state has changed since then, or it still can't be saved.
        """
        with contextlib.suppress(UnsavedStateError):
            self._keep_unsaved()
        if not self._unsaved.is_file():
            raise TerraformError(f"{self._stack.name}: every apply saved its state, so there is nothing to push")
        self.init()
        # Without -force: Terraform refuses a state that is older than the stored one (its docs, "state push").
        self._run("state", "push", f"-lock-timeout={self._lock_wait}s", str(self._unsaved))
        self._unsaved.unlink()

    def outputs(self) -> dict[str, Any]:
        """The state's outputs by name. The sensitive ones are added to the mask.

        Raises:
            TerraformError: the state can't be read.
        """
        self.init()
        found: dict[str, Any] = json.loads(self._run("output", "-json").stdout)
        sensitive = [output["value"] for output in found.values() if output["sensitive"]]
        self._context.console.mask.add(*(value for value in sensitive if isinstance(value, str)))
        return {name: output["value"] for name, output in found.items()}

    def has_resources(self) -> bool:
        """Whether the state holds any managed resource.

        Raises:
            TerraformError: the state can't be read.
        """
        self.init()
        finished = self._try("state", "list")
        if finished.code != 0 and "No state file was found" in finished.text:
            return False
        if finished.code != 0:
            raise self._error(finished)
        addresses = finished.stdout.split()
        return any(not re.search(r"(^|\.)data\.", address) for address in addresses)

    def force_unlock(self, lock: str) -> None:
        """Releases the state's lock, whoever holds it.

        Args:
            lock: the lock's id.

        Raises:
            TerraformError: there is no such lock, or the state can't be reached.
        """
        self.init()
        self._run("force-unlock", "-force", lock)

    def _keep_dumped(self, state: str) -> None:
        """Stores a state that Terraform could store neither in the bucket nor in a file, so that it printed it.

        Raises:
            UnsavedStateError: it can't be stored here either, as on a full disk.
        """
        try:
            self._unsaved.parent.mkdir(mode=0o700, exist_ok=True)
            with os.fdopen(os.open(self._unsaved, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(state.encode())
        except OSError as error:
            # Half a state must not be pushed later.
            with contextlib.suppress(OSError):
                self._unsaved.unlink(missing_ok=True)
            raise UnsavedStateError(
                f"{self._stack.name}: an apply changed resources, but could not save the state, nor write it to a file "
                f"({error.strerror}); don't apply again: import them with `python -m ops state recover "
                f"{self._stack.name}` (docs/runbook.md)"
            ) from None

    def _keep_unsaved(self) -> None:
        """Moves the state that Terraform left in the stack's folder to a folder that a synth doesn't delete.

        Terraform writes errored.tfstate if an apply can't save its state (its docs, "Recovering from State Disasters").
        """
        left = self._stack.folder / "errored.tfstate"
        if left.is_file() and not self._unsaved.exists():
            try:
                self._unsaved.parent.mkdir(mode=0o700, exist_ok=True)
                left.chmod(0o600)
                left.replace(self._unsaved)
            except OSError as error:
                raise UnsavedStateError(
                    f"{self._stack.name}: an apply could not save its state, which is in {left} and can't be moved to "
                    f"{self._unsaved} ({error.strerror}); copy it, and don't apply again (docs/runbook.md)"
                ) from None
        if not self._unsaved.is_file():
            return
        problem = f"{self._stack.name}: an apply changed resources, but could not save the state; don't apply again"
        if self._context.run_link:
            # The runner's disk is deleted, and a state holds secrets, so it is no artifact either.
            raise UnsavedStateError(
                f"{problem}: import them with `python -m ops state recover {self._stack.name}` (docs/runbook.md)"
            )
        raise UnsavedStateError(
            f"{problem}: it is in {self._unsaved}; save it with `python -m ops state push {self._stack.name}`"
        )

    def _run(self, *arguments: str) -> Finished:
        finished = self._try(*arguments)
        if finished.code != 0:
            raise self._error(finished)
        return finished

    def _try(
        self,
        command: str,
        *arguments: str,
        show: bool = False,
        withhold: Callable[[str, str], bool] | None = None,
    ) -> Finished:
        flags = ["-no-color"] if command in ("force-unlock", "output", "show") else ["-no-color", "-input=false"]
        if command == "state":
            # Its subcommand comes before any flag, and knows neither of these.
            flags = []
        return self._context.runner.run(
            ["terraform", command, *flags, *arguments],
            cwd=self._stack.folder,
            environment=self._environment,
            show=show,
            label=f"{self._stack.name} | ",
            withhold=withhold,
        )

    def _error(self, finished: Finished) -> TerraformError:
        text = _plain(finished.text)
        if lock := _LOCK.search(text):
            created = _LOCK_CREATED.search(text, lock.start())
            since = f" since {created[1].strip()}" if created else ""
            return TerraformError(
                f"{self._stack.name}: the state is locked by {lock[3].strip()} ({lock[2]}){since}; waited "
                f"{self._lock_wait} s. If that run is still active, wait for it; if it is dead, "
                f"unlock: {unlock_command(self._stack.name)}",
                locked=True,
            )
        if _UNREADABLE_LOCK.search(text):
            return TerraformError(
                f"{self._stack.name}: the state is locked by a run that left no readable lock; waited "
                f"{self._lock_wait} s. If no run is active, unlock: {unlock_command(self._stack.name)}",
                locked=True,
            )
        if refused := refused_credentials(text):
            return TerraformError(f"{self._stack.name}: {refused}", unauthorized=True)
        if _MOVED in text and (moved := self._moved()):
            return TerraformError(f"{self._stack.name}: {moved}")
        start = text.find("Error: ")
        message = text[start:] if start >= 0 else finished.tail()
        return TerraformError(f"{self._stack.name}: {message.strip()}")

    def _moved(self) -> str:
        """What a changed address of the state means; empty if it is the same, or unknown."""
        try:
            before = json.loads((self._data / "terraform.tfstate").read_text(encoding="utf-8"))["backend"]["config"]
            document = json.loads((self._stack.folder / "cdk.tf.json").read_text(encoding="utf-8"))
            now = document["terraform"]["backend"]["s3"]
            old, new = (f"s3://{each['bucket']}/{each['key']}" for each in (before, now))
        except (OSError, ValueError, KeyError, TypeError):
            return ""
        if old == new:
            return ""
        return (
            f"its state is at {old}, but the settings now say {new}; set state.bucket and project.name back, or move "
            f"the state: aws s3 cp {old} {new}, then delete {self._data} and plan again"
        )

    def _fingerprint(self) -> str:
        """A hash of an init's inputs: backend, providers and pinned versions, but not checksums, which init adds."""
        document = json.loads((self._stack.folder / "cdk.tf.json").read_text(encoding="utf-8"))
        pinned = re.findall(r"^provider .*|^\s*version\s.*", self._lock_file(), re.MULTILINE)
        text = json.dumps([document.get("terraform"), pinned], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def _lock_file(self) -> str:
        file = self._stack.folder / ".terraform.lock.hcl"
        return file.read_text(encoding="utf-8") if file.is_file() else ""


class _StateDump:
    """The state that Terraform prints as its last resort, with the secrets in it: it is collected, not shown.

    Source: Terraform 1.11, internal/backend/local/backend_apply.go, backupStateForError: if neither the backend nor
    errored.tfstate takes the state, it is printed as indented JSON.
    """

    def __init__(self) -> None:
        self._lines: dict[str, list[str]] = {}
        self._inside = ""

    def takes(self, stream: str, line: str) -> bool:
        """Whether a line of a stream is part of it. Each stream is read by a thread of its own."""
        if not self._inside and line == "{":
            self._inside, self._lines[stream] = stream, []
        if stream != self._inside:
            return False
        self._lines[stream].append(line)
        if line == "}":
            self._inside = ""
        return True

    @property
    def text(self) -> str:
        """The state; empty if none was printed."""
        for lines in self._lines.values():
            text = "\n".join(lines)
            with contextlib.suppress(ValueError):
                if {"lineage", "serial"} <= json.loads(text).keys():
                    return text
        return ""


def _plain(text: str) -> str:
    """Terraform's text without the frame around errors."""
    lines = [re.sub(r"^[╷│╵] ?", "", line) for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
