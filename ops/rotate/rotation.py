"""Rotates credentials that can leak: Neon's API key, Cloudflare's API token, an environment's database password.

The owner always has a working key: the file for a new one is reserved on disk before it is created, the new one is
stored before the old one is revoked, and a signal in between has to wait.
"""

import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from ops.clouds.api_keys import CloudflareToken, NeonKey, NeonKeys
from ops.clouds.neon import Neon
from ops.context.credentials import Credentials
from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.rotate.secret_file import SecretFile


def neon_key(context: Context, file: SecretFile, *, organization: bool) -> NeonKeys:
    """Creates a Neon API key, stores it in a file, and checks that it reaches the same project.

    The old key keeps working. A new key that can't be stored is revoked.

    Args:
        context: has the old key and the settings.
        file: stores the new key.
        organization: create a key of the organization instead of a personal one.

    Returns:
        A client with the new key, to be closed.

    Raises:
        OpsError: Neon refused or did not answer, the new key could not be stored, or it doesn't reach the project.
    """
    name = f"{context.settings.project.name} {datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
    with NeonKeys(context, organization=organization) as old:
        reached = old.reached()
        with _uninterrupted():
            number, value = old.make(name)
            try:
                file.write(dict.fromkeys(variables(context, "neon_api_key"), value))
            except OSError as error:
                raise OpsError(f"{_unwritten(file, error)}; {_revoked_again(old, number, name)}") from None
            context.console.say(f"written: {file.path}, with the new key {name}")
    new = NeonKeys(_with(context, "neon_api_key", value), organization=organization)
    try:
        if new.reached() != reached:
            raise OpsError(f"the new key reaches other projects than the old one, which still works; see {file.path}")
    except BaseException:
        new.__exit__(None, None, None)
        raise
    return new


def find_neon_key(keys: list[NeonKey], number: int, *, keep_newest: bool) -> NeonKey:
    """The key to revoke.

    Args:
        keys: all keys, the newest first.
        number: its id.
        keep_newest: refuse to revoke the newest key, which replaces the others.

    Raises:
        OpsError: there is no such key, or it is the newest.
    """
    found = next((key for key in keys if key.id == number), None)
    if found is None:
        raise OpsError(f"there is no key {number}; there are: {'; '.join(map(str, keys)) or 'none'}")
    if keep_newest and found == keys[0]:
        raise OpsError(f"{found.name} is the newest key and is not revoked; create another one first: --into FILE")
    return found


def revoke_neon_key(context: Context, client: NeonKeys, number: int, *, organization: bool) -> bool:
    """Revokes a Neon API key.

    Args:
        context: has the key in use.
        client: a client, with another key if there is one.
        number: the key's id.
        organization: whether it is a key of the organization.

    Returns:
        Whether the key in use still works.

    Raises:
        OpsError: Neon refused or did not answer.
    """
    client.revoke(number)
    with NeonKeys(context, organization=organization) as used:
        return used.is_accepted()


def cloudflare_token(context: Context, file: SecretFile, reveal: Callable[[str], bool]) -> None:
    """Rolls Cloudflare's API token, stores the new value in a file, and checks that it works.

    The old value stops working at once. A new value that the file can't store goes to its spare file, or else to the
    terminal.

    Args:
        context: has the token and the account.
        file: stores the new value.
        reveal: shows the new value to the owner, if there is a terminal and they agree; returns whether it did.

    Raises:
        OpsError: Cloudflare refused or did not answer, or the file could not be written.
    """
    with CloudflareToken(context) as old:
        own = old.own()
        with _uninterrupted():
            value = old.roll(own)
            stored = dict.fromkeys(variables(context, "cloudflare_api_token"), value)
            try:
                file.write(stored)
            except OSError as error:
                raise OpsError(f"{_unwritten(file, error)}; {_rescued(file, stored, value, reveal)}") from None
            context.console.say(f"written: {file.path}, with the token's new value; the old one no longer works")
    with CloudflareToken(_with(context, "cloudflare_api_token", value)) as new:
        new.wait_until_accepted(own)


def database_password(context: Context, environment: str) -> list[str]:
    """Resets the password of an environment's database role, on each branch where it has the present one.

    A branch is created with its parent's passwords, so a leaked one also opens the copies. Nobody sees the new ones:
    the next deploy reads them into its outputs.

    Args:
        context: has Neon's key and the settings.
        environment: the environment's name.

    Returns:
        The branches' names; the environment's own is the last.

    Raises:
        OpsError: there is no such environment or branch, or Neon refused or did not answer.
    """
    settings = context.settings
    context.environment_settings(environment)
    role, own = settings.role_name(environment), settings.branch_name(environment)
    with Neon(context) as neon:
        project = neon.project(settings.project.name)
        branches = {branch.name: branch for branch in neon.branches(project)}
        if own not in branches:
            raise OpsError(f"{environment}'s branch {own} doesn't exist; deploy its stack first")
        password = neon.password(project, branches[own].id, role)
        if password is None:
            raise OpsError(f"branch {own} has no role {role}; deploy {environment}'s stack first")
        others = [name for name in branches if name != own]
        same = [name for name in others if neon.password(project, branches[name].id, role) == password]
        # Its own last: once it is reset, an interrupted run could not find the branches that still have the old one.
        for name in [*same, own]:
            neon.reset_password(project, branches[name].id, role)
    return [*same, own]


@contextmanager
def _uninterrupted() -> Generator[None]:
    """Blocks the signals of Ctrl-C, a kill and a closed terminal until the only copy of a secret is stored."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _unwritten(file: SecretFile, error: OSError) -> str:
    return f"{file.path}: can't be written ({error.strerror or error})"


def _revoked_again(client: NeonKeys, number: int, name: str) -> str:
    try:
        client.revoke(number)
    except OpsError as error:
        return f"the new key {name} could not be revoked ({error}), so revoke it: ops rotate neon --revoke {number}"
    return "the new key was revoked again, and the old one still works"


def _rescued(file: SecretFile, stored: dict[str, str], value: str, reveal: Callable[[str], bool]) -> str:
    """Stores the only copy of a secret in a second place, and says where."""
    try:
        return f"the token's new value is in {file.write_spare(stored)} instead, for a shell to source; move it"
    except OSError:
        if reveal(value):
            return "the token's new value was shown on the terminal only"
    return "nobody has the token's new value: roll it again in the Cloudflare dashboard"


def variables(context: Context, name: str) -> list[str]:
    """All variables that set a credential in this run: one left out would keep the old value.

    Args:
        context: has the environment.
        name: the credential, a field of `Credentials`.
    """
    return [variable for variable in Credentials.names(name) if variable in context.environment]


def _with(context: Context, name: str, value: str) -> Context:
    """A context with another value for a credential."""
    given = dict.fromkeys(variables(context, name), value)
    return replace(context, environment={**context.environment, **given})
