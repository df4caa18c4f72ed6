"""The commands that back up databases: `python -m ops backup <environment>|list|restore|test|new-key`."""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from ops.commands.options import Environment, Targeted, environment_names, reveal
from ops.context.errors import OpsError
from ops.context.run_context import Context

if TYPE_CHECKING:
    from ops.backup.backup_run import RestoredBackup

_SECRET_KEY = "BACKUP_SECRET_KEY"  # noqa: S105  (a variable's name)


class _Backup(TyperGroup):
    """`ops backup production` is `ops backup create production`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Adds the command that is left out."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["create", *args]
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=_Backup, rich_markup_mode=None, no_args_is_help=True, help="Back up databases, and restore the backups."
)


def _branch_name(value: str) -> str:
    """Checks the name of a branch that a command creates."""
    from pydantic import TypeAdapter, ValidationError

    from settings.text_kinds import NeonBranchName

    try:
        return TypeAdapter(NeonBranchName).validate_python(value)
    except ValidationError as error:
        raise typer.BadParameter(error.errors()[0]["msg"].removeprefix("Value error, ")) from None


Environments = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="ENVIRONMENT",
        help="Environments. Default: all of backup.environments.",
        autocompletion=environment_names,
    ),
]
BackupTime = Annotated[
    str | None,
    typer.Option("--backup", metavar="TIME", help="Its time, as `ops backup list` prints it. Default: the newest."),
]
SecretKeyFile = Annotated[
    Path | None,
    typer.Option(
        "--key-file", metavar="FILE", dir_okay=False, help=f"File with the secret key. Default: {_SECRET_KEY}."
    ),
]


@app.command(cls=Targeted)
def create(ctx: typer.Context, environments: Environments = None) -> int:
    """Back up the databases of environments.

    Dumps each with pg_dump, encrypts the dump for backup.recipients, and stores it in the state bucket. Exit codes: 0
    stored; 1 error, the lines say of which environment nothing was stored.
    """
    from ops.backup.backup_run import back_up

    context: Context = ctx.obj

    def store(environment: str) -> None:
        backup, content = back_up(context, environment)
        rows = sum(table.rows for table in content.tables.values())
        context.console.say(
            f"backed up {environment}: {len(content.tables)} tables, {rows} rows, {backup.size} bytes; "
            f"{backup.kind}, {backup.at:%Y-%m-%dT%H:%M:%SZ}"
        )

    return _each(context, environments, store)


@app.command(name="list")
def list_backups(ctx: typer.Context) -> int:
    """List the backups of each environment, the newest first.

    Exit codes: 0; 1 error.
    """
    from ops.backup.backup_run import backup_settings
    from ops.backup.backup_store import BackupStore

    context: Context = ctx.obj
    store = BackupStore(context)
    for environment in backup_settings(context).environments:
        found = store.backups(environment)
        for backup in found:
            context.console.say(f"{environment}  {backup.at:%Y-%m-%dT%H:%M:%SZ}  {backup.kind}  {backup.size} bytes")
        if not found:
            context.console.say(f"{environment}  no backup")
    return 0


@app.command(cls=Targeted)
def restore(
    ctx: typer.Context,
    environment: Environment,
    into: Annotated[str, typer.Option(metavar="BRANCH", help="Name of the new Neon branch.", parser=_branch_name)],
    backup: BackupTime = None,
    key_file: SecretKeyFile = None,
) -> int:
    """Restore a backup into a new Neon branch.

    No existing branch is changed. Each table is compared with the backup's own record. Exit codes: 0 every row is
    there; 1 error, or the rows differ.
    """
    from ops.backup.backup_run import newest_backup, restore_backup

    context: Context = ctx.obj
    context.environment_settings(environment)
    secret_key = _secret_key(context, key_file)
    chosen = newest_backup(context, environment, backup)
    restored = restore_backup(context, chosen, into, secret_key)
    _report(context, restored)
    if restored.differences:
        raise OpsError(f"branch {into} is not what was backed up; look at it, or restore another backup (--backup)")
    form = f"restore-{environment}-"
    way = f"; to use it: python -m ops restore {environment} --from {into}" if into.startswith(form) else ""
    context.console.say(f"restored the backup of {chosen.at:%Y-%m-%dT%H:%M:%SZ} into branch {into}{way}")
    return 0


@app.command(name="test", cls=Targeted)
def try_restore(
    ctx: typer.Context,
    environments: Environments = None,
    backup: BackupTime = None,
    key_file: SecretKeyFile = None,
) -> int:
    """Restore the newest backups to test branches, and compare.

    The branches are deleted afterwards. Exit codes: 0 every row is there; 1 error, or rows differ.
    """
    from ops.backup.backup_run import newest_backup, restore_for_a_test

    context: Context = ctx.obj
    secret_key = _secret_key(context, key_file)

    def compare(environment: str) -> None:
        chosen = newest_backup(context, environment, backup)
        if not restore_for_a_test(context, chosen, secret_key, lambda restored: _report(context, restored)):
            raise OpsError(f"the backup of {environment} of {chosen.at:%Y-%m-%dT%H:%M:%SZ} can't be relied on")
        context.console.say(f"{environment}: the backup of {chosen.at:%Y-%m-%dT%H:%M:%SZ} is complete")

    return _each(context, environments, compare)


@app.command(name="new-key")
def new_key(
    ctx: typer.Context,
    into: Annotated[Path, typer.Option(metavar="FILE", dir_okay=False, help="New file for the secret key.")],
) -> int:
    """Create a key pair for backups, and print the public key.

    Store the secret key where a lost account doesn't take it along, such as a password manager: without it no backup
    can be read. Exit codes: 0; 1 error.
    """
    from ops.backup.sealed_file import new_key as create_keys

    context: Context = ctx.obj
    secret, public = create_keys()
    try:
        with into.open("x", encoding="utf-8") as file:
            into.chmod(0o600)
            file.write(f"{secret}\n")
            file.flush()
            # On disk before the public key is used: without the secret one no backup can be read.
            os.fsync(file.fileno())
    except FileExistsError:
        raise OpsError(f"{into}: exists; choose a new file, so that no key is lost") from None
    except OSError as error:
        # An empty file would be taken for a key.
        with contextlib.suppress(OSError):
            into.unlink(missing_ok=True)
        if not reveal(secret):
            raise OpsError(f"{into}: can't be written: {error.strerror}; choose another file") from None
    context.console.say(public)
    return 0


def _each(context: Context, environments: list[str] | None, act: Callable[[str], None]) -> int:
    """Acts on each environment, also after one failed; returns the exit code."""
    from ops.backup.backup_run import backup_settings

    failed = 0
    for environment in environments or backup_settings(context).environments:
        try:
            context.environment_settings(environment)
            act(environment)
        except OpsError as error:
            context.console.warn(f"{environment}: {error}")
            failed += 1
    return 1 if failed else 0


def _secret_key(context: Context, file: Path | None) -> str:
    if file is not None:
        try:
            key = file.read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            raise OpsError(f"{file}: can't be read; pass the file that python -m ops backup new-key wrote") from None
    else:
        key = context.environment.get(_SECRET_KEY, "").strip()
    if not key:
        raise OpsError(f"{_SECRET_KEY} is not set; set it, or pass the file of the secret key as --key-file")
    context.console.mask.add(key)
    return key


def _report(context: Context, restored: "RestoredBackup") -> None:
    for name, table in restored.content.tables.items():
        if not any(line.startswith(f"{name} ") for line in restored.differences):
            context.console.say(f"{name}: {table.rows} rows, the same")
    for line in restored.differences:
        context.console.warn(line)
