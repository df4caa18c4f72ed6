"""Rotates what can leak: Neon's API key, Cloudflare's API token, and an environment's database password.

At no moment is the only working key one that nobody has: the file for a new one is there before it is asked for, the
new one is written before the old one is ended, and a Ctrl-C waits in between.
"""

import signal
from collections.abc import Generator
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
    """Makes a new API key of Neon's, writes it to a file, and sees that it reaches the same project.

    The old key goes on working.

    Args:
        context: has the old key and the settings.
        file: takes the new one.
        organization: makes a key of the organization, not of the person.

    Returns:
        A client with the new key, to be closed.

    Raises:
        OpsError: Neon refused or did not answer, or the new key does not reach the project.
    """
    name = f"{context.settings.project.name} {datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
    with NeonKeys(context, organization=organization) as old:
        reached = old.reached()
        with _uninterrupted():
            _, value = old.make(name)
            file.write(dict.fromkeys(variables(context, "neon_api_key"), value))
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
        keep_newest: the newest one is to take the place of the others, and must stay.

    Raises:
        OpsError: there is none, or it must stay.
    """
    found = next((key for key in keys if key.id == number), None)
    if found is None:
        raise OpsError(f"there is no key {number}; there are: {'; '.join(map(str, keys)) or 'none'}")
    if keep_newest and found == keys[0]:
        raise OpsError(f"{found.name} is the newest key, and is kept; make another one first: --into FILE")
    return found


def revoke_neon_key(context: Context, client: NeonKeys, number: int, *, organization: bool) -> bool:
    """Ends a key of Neon's.

    Args:
        context: has the key in use.
        client: asks Neon, with another key than that one where it can.
        number: the key's id.
        organization: the key is one of the organization's.

    Returns:
        Whether the key in use still works.

    Raises:
        OpsError: Neon refused or did not answer.
    """
    client.revoke(number)
    with NeonKeys(context, organization=organization) as used:
        return used.is_accepted()


def cloudflare_token(context: Context, file: SecretFile) -> None:
    """Gives Cloudflare's API token a new value, writes it to a file, and sees that it works. The old one stops at once.

    Args:
        context: has the token and the account.
        file: takes the new value.

    Raises:
        OpsError: Cloudflare refused or did not answer.
    """
    with CloudflareToken(context) as old:
        own = old.own()
        with _uninterrupted():
            value = old.roll(own)
            file.write(dict.fromkeys(variables(context, "cloudflare_api_token"), value))
            context.console.say(f"written: {file.path}, with the token's new value; the old one is refused from now on")
    with CloudflareToken(_with(context, "cloudflare_api_token", value)) as new:
        new.wait_until_accepted(own)


def database_password(context: Context, environment: str) -> list[str]:
    """Gives the role that an environment connects as a new password, on each branch where it has the present one.

    A branch begins with its parent's passwords, so one that leaked opens the copies as well. Nobody sees the new ones:
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
            raise OpsError(f"{environment}'s branch {own} is not there; deploy its stack first")
        password = neon.password(project, branches[own].id, role)
        if password is None:
            raise OpsError(f"branch {own} has no role {role}; deploy {environment}'s stack first")
        others = [name for name in branches if name != own]
        same = [name for name in others if neon.password(project, branches[name].id, role) == password]
        # Its own last: after that nobody could tell where the old one is left, should this be cut off.
        for name in [*same, own]:
            neon.reset_password(project, branches[name].id, role)
    return [*same, own]


@contextmanager
def _uninterrupted() -> Generator[None]:
    """Holds back Ctrl-C and SIGTERM: between a service's answer and the file, they would lose the only copy."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def variables(context: Context, name: str) -> list[str]:
    """The variables that set a credential in this run: all of them, or the old value would win where it is kept.

    Args:
        context: has the environment.
        name: the credential, a field of `Credentials`.
    """
    return [variable for variable in Credentials.names(name) if variable in context.environment]


def _with(context: Context, name: str, value: str) -> Context:
    """A context with another value for a credential."""
    given = dict.fromkeys(variables(context, name), value)
    return replace(context, environment={**context.environment, **given})
