"""Checks before a run: tools, settings, tokens and their permissions, the state and its locks, domains, the database.

A check only reads. Whether a token can also write shows at the first write; its error names the permission.
"""

import json
import platform
import re
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ops.clouds.discord import Notices
from ops.clouds.github import GitHub
from ops.clouds.rest import PassingError
from ops.context.errors import AWS_ADVICE, OpsError, owners_message
from ops.context.run_context import Context
from ops.health import cloud_checks
from ops.health.app_checks import app_findings, preview_findings, worker_findings
from ops.health.backup_findings import backup_findings
from ops.health.finding import Finding, FindingStatus
from ops.terraform.abandoned import abandoned_states, sentence
from ops.terraform.existing import state_was_deleted
from ops.terraform.stacks import read_stacks, unlock_command
from ops.terraform.terraform_environment import terraform_environment
from provider_pins import PINS
from settings import SettingsError
from settings.state_settings import LOCK_SUFFIX

if TYPE_CHECKING:
    from ops.state.state_store import StateLock

# A plan, which takes a minute or two, may lock a stack that the run reads.
LOCK_ATTEMPTS, LOCK_POLL_SECONDS = 25, 5.0
OLDEST_NODE = (22,)
# What a release works without: notices, comments, and the names that lead visitors to it.
_AROUND_A_RELEASE = frozenset({"GitHub", "Discord", "domain"})


def examine(
    context: Context,
    environment: str | None = None,
    app: Path | None = None,
    *,
    spare_branch: bool = True,
    reads: Collection[str] | None = None,
) -> Iterator[Finding]:
    """Runs all checks in sequence.

    Args:
        context: the run's context.
        environment: also check that DATABASE_URL, if set, is this environment's own database.
        app: also check the wrangler in this checkout of the app.
        spare_branch: whether Neon's plan must have room for another branch.
        reads: the stacks whose outputs the run reads: a lock on one of them is waited for, and a lock on any other
            is not a problem. If None, every lock is a problem.
    """
    yield from _safely(context, "tools", _tools)
    try:
        if environment is None:
            context.settings  # noqa: B018  (read for its errors)
        else:
            context.environment_settings(environment)
    except (OpsError, SettingsError) as error:
        for line in str(error).splitlines():
            yield Finding("settings", FindingStatus.WRONG, line)
        return
    yield Finding("settings", FindingStatus.OK, str(context.settings_file))
    checks: dict[str, Callable[[Context], Iterator[Finding]]] = {
        "stacks": lambda context: _stacks(context, reads),
        "Neon": lambda context: cloud_checks.neon(context, need_room=spare_branch),
        "Cloudflare": cloud_checks.cloudflare,
        "state": lambda context: _state(context, reads),
        "GitHub": _github,
        "Discord": _discord,
    }
    if reads is None:
        # An old backup is no reason to hold up a release.
        checks["backup"] = backup_findings
    if app is not None:
        yield from _safely(context, "app", lambda context: app_findings(context, app, environment))
        yield from _safely(context, "previews", lambda context: preview_findings(context, app))
        if environment is not None:
            yield from _safely(context, "Worker", lambda context: worker_findings(context, app, environment))
    for about, check in checks.items():
        yield from _safely(context, about, check)
    if environment is not None:
        yield from _safely(context, "database", lambda context: _database(context, environment))


def holds_up_a_release(finding: Finding) -> bool:
    """Whether a release can't begin: something is wrong, other than around it: notices, comments, domains."""
    return finding.state is FindingStatus.WRONG and finding.about not in _AROUND_A_RELEASE


def _safely(context: Context, about: str, check: Callable[[Context], Iterator[Finding]]) -> Iterator[Finding]:
    """Turns an error in a check into a finding, so that the next check still runs."""
    try:
        yield from check(context)
    except Exception as error:
        if not (message := owners_message(error)):
            raise
        yield Finding(about, FindingStatus.WRONG, message)


def _tools(context: Context) -> Iterator[Finding]:
    yield Finding("Python", FindingStatus.OK, platform.python_version())
    answer = context.run("terraform", "version", "-json").check()
    version = str(json.loads(answer.stdout)["terraform_version"])
    yield _version("Terraform", version, *PINS.terraform_bounds)
    yield _version("Node", context.run("node", "--version").check().stdout.strip().lstrip("v"), OLDEST_NODE)
    yield Finding(
        "git", FindingStatus.OK, context.run("git", "--version").check().stdout.strip().removeprefix("git version ")
    )


def _version(about: str, version: str, oldest: tuple[int, ...], below: tuple[int, ...] | None = None) -> Finding:
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:3])
    wanted = ".".join(map(str, oldest))
    if numbers < oldest or (below and numbers >= below):
        limit = f", below {'.'.join(map(str, below))}" if below else ""
        return Finding(about, FindingStatus.WRONG, f"version {version}", f"install {wanted} or newer{limit}")
    return Finding(about, FindingStatus.OK, version)


def _stacks(context: Context, reads: Collection[str] | None = None) -> Iterator[Finding]:
    stacks = read_stacks(context)
    yield Finding("stacks", FindingStatus.OK, ", ".join(stack.name for stack in stacks))
    if stacks:
        terraform_environment(context.environment, stacks[0])  # Raises what every command would refuse.
    if reads is None:
        for stack in stacks:
            if state_was_deleted(context, stack):
                text = f"the state of {stack.name} was deleted, and the bucket has earlier versions of it"
                yield Finding("stacks", FindingStatus.WRONG, text, f"python -m ops state versions {stack.name}")
        # A release is not blocked by an environment that it doesn't read.
        for state in abandoned_states(context):
            yield Finding("stacks", FindingStatus.WRONG, f"{state.stack} is abandoned: {sentence(state)}")


def _state(context: Context, reads: Collection[str] | None = None) -> Iterator[Finding]:
    # Only here: it takes half a second to import.
    from botocore.exceptions import BotoCoreError, ClientError

    from ops.clouds.aws import aws_clients, bucket_region
    from ops.state.state_store import bucket_remedy

    state = context.settings.state
    client = aws_clients(context, state.region, total_max_attempts=2)("s3")
    try:
        if (actual := bucket_region(client, state.bucket)) not in ("", state.region):
            # boto3 follows S3 to the bucket's region, but Terraform does not.
            text = f"bucket {state.bucket} is in {actual}, but state.region is {state.region}"
            yield Finding("state", FindingStatus.WRONG, text, f'set state.region = "{actual}" and run make synth')
            return
        versioning = client.get_bucket_versioning(Bucket=state.bucket).get("Status", "off")
        if versioning == "Enabled":
            yield Finding("state", FindingStatus.OK, f"bucket {state.bucket} is reachable and keeps versions")
        else:
            yield Finding(
                "state", FindingStatus.WRONG, f"bucket {state.bucket} keeps no versions", "enable versioning on it"
            )
        listed = client.list_objects_v2(Bucket=state.bucket, Prefix=f"{context.settings.project.name}/")
        for key in (found["Key"] for found in listed.get("Contents", [])):
            if key.endswith(LOCK_SUFFIX):
                stack = key.split("/")[-2]
                lock = _lock_of(client, state.bucket, key, wait=reads is not None and stack in reads)
                if lock is not None:
                    yield _lock(stack, lock, blocks=reads is None or stack in reads)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "unknown")
        yield Finding("state", FindingStatus.WRONG, f"bucket {state.bucket}: {code}", bucket_remedy(code))
    except BotoCoreError as error:
        yield Finding("state", FindingStatus.WRONG, str(error), AWS_ADVICE)


def _lock_of(client: Any, bucket: str, key: str, *, wait: bool) -> "StateLock | None":
    """The content of a lock file; None if the lock was released, which can be waited for."""
    from botocore.exceptions import ClientError

    from ops.state.state_store import StateLock

    lock: StateLock | None = None
    for attempt in range(LOCK_ATTEMPTS if wait else 1):
        if attempt:
            time.sleep(LOCK_POLL_SECONDS)
        try:
            lock = StateLock.read(client.get_object(Bucket=bucket, Key=key)["Body"].read())
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") not in ("NoSuchKey", "404"):
                raise
            return None
    return lock


def _lock(stack: str, lock: "StateLock", *, blocks: bool) -> Finding:
    if not blocks:
        return Finding("state", FindingStatus.OK, f"{stack} is locked by {lock}; this run doesn't read it")
    remedy = f"wait for that run, or if it is dead: {unlock_command(stack)}"
    return Finding("state", FindingStatus.WRONG, f"{stack} is locked by {lock}", remedy)


def _github(context: Context) -> Iterator[Finding]:
    if context.credentials.github_token is None or context.repository is None:
        missing = (
            "no GITHUB_TOKEN" if context.credentials.github_token is None else "this checkout has no GitHub remote"
        )
        yield Finding("GitHub", FindingStatus.LEFT_OUT, f"{missing}: no comments and no drift issue")
        return
    with GitHub(context, attempts=cloud_checks.ATTEMPTS) as github:
        github.check_access()
    yield Finding("GitHub", FindingStatus.OK, f"the token reaches the issues of {context.repository}")


def _discord(context: Context) -> Iterator[Finding]:
    try:
        status = Notices(context, timeout=10).webhook_status()
    except PassingError as error:
        # Not wrong: an outage of Discord must not block a release, which may be an urgent fix.
        yield Finding("Discord", FindingStatus.LEFT_OUT, f"{error}: notices may not arrive")
        return
    if status is None:
        yield Finding("Discord", FindingStatus.LEFT_OUT, "no DISCORD_WEBHOOK_URL: no notices")
    elif status < 300:
        yield Finding("Discord", FindingStatus.OK, "the webhook exists")
    elif status == 429 or status >= 500:
        yield Finding("Discord", FindingStatus.LEFT_OUT, f"the webhook answered {status}: notices may not arrive")
    else:
        remedy = "create a new webhook and set DISCORD_WEBHOOK_URL"
        yield Finding("Discord", FindingStatus.WRONG, f"the webhook answered {status}", remedy)


def _database(context: Context, environment: str) -> Iterator[Finding]:
    uri = context.credentials.database_url
    if uri is None:
        yield Finding("database", FindingStatus.LEFT_OUT, "DATABASE_URL is not set: a release reads it from the stack")
        return
    yield cloud_checks.database_finding(context, environment, uri.get_secret_value())
