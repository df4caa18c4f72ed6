"""A rollback by hand: tests an earlier version of the Worker, then promotes it."""

import time
from collections.abc import Sequence

from ops.clouds.discord import Notice, NoticeKind, Notices
from ops.clouds.wrangler import WorkerDeployment, WorkerVersion, Wrangler, whole_deployments
from ops.context.errors import OpsError
from ops.health.smoke import HealthProbe, probe_of, smoke
from ops.release.journal import release_lock
from ops.release.release_request import ReleaseRequest
from ops.release.release_run import ReleaseExit

# How many healthy answers in a row show that the earlier version has reached the visitors.
_ANSWERS_IN_A_ROW = 3


def roll_back(request: ReleaseRequest, to: str | None = None) -> ReleaseExit:
    """Rolls an environment's Worker back. The database stays as it is.

    Args:
        request: names the environment and the app.
        to: a version's id, its first 8 or more digits, or a release's id. Default: the version that served traffic
            before the current one first did.

    Returns:
        RELEASED if the earlier version is healthy; NOT_ROLLED_BACK if it could not be deployed or is not healthy. A
        version that fails its smoke test at 0 % serves no visitor: the current one remains.

    Raises:
        OpsError: there is no such version, or it is already serving traffic.
    """
    started = time.monotonic()
    console, notices = request.context.console, Notices(request.context)
    with release_lock(request.folder, request.environment):
        wrangler = request.wrangler()
        deployments = wrangler.deployments()
        target = _target(request, wrangler, deployments, to)
        what = f"{request.environment} to {target.tag or 'version'} ({target.id})"
        try:
            if target.id != deployments[0].main:
                _try(request, wrangler, target, deployments[0].main)
            wrangler.rollback(target.id, f"rolled back by {request.context.actor}")
            smoke(request.context, _probe(request, wrangler, target, staged=False))
        except OpsError as error:
            text = f"{error}\nBy hand, in the app's checkout: {wrangler.by_hand('rollback', target.id)}"
            seconds = time.monotonic() - started
            notices.send(Notice(NoticeKind.FAILURE, f"rollback of {what}", text, request.links, seconds))
            console.warn(f"rollback of {what}: {text}")
            return ReleaseExit.NOT_ROLLED_BACK
        notices.send(Notice(NoticeKind.ROLLED_BACK, what, links=request.links, seconds=time.monotonic() - started))
        console.say(f"rolled back {what}; the database is unchanged")
        return ReleaseExit.RELEASED


def _try(request: ReleaseRequest, wrangler: Wrangler, target: WorkerVersion, live: str) -> None:
    """Tests a version at 0 % beside the current one, which alone remains deployed if the test fails."""
    wrangler.stage(target.id, live, f"to be rolled back to by {request.context.actor}")
    try:
        smoke(request.context, _probe(request, wrangler, target, staged=True))
    except OpsError as error:
        try:
            wrangler.promote(live, "not rolled back")
        except OpsError as other:
            raise OpsError(
                f"{error}\nVersion {live} keeps serving traffic; the other one remains at 0 %: {other}"
            ) from None
        raise OpsError(f"{error}\nVersion {live} keeps serving traffic.") from None


def _probe(request: ReleaseRequest, wrangler: Wrangler, target: WorkerVersion, *, staged: bool) -> HealthProbe:
    return probe_of(
        request.context,
        request.environment,
        version=target.id,
        names_itself=wrangler.names_itself(target.id),
        worker=request.worker if staged else "",
        in_a_row=1 if staged else _ANSWERS_IN_A_ROW,
    )


def _target(
    request: ReleaseRequest, wrangler: Wrangler, deployments: Sequence[WorkerDeployment], to: str | None
) -> WorkerVersion:
    versions = wrangler.versions()
    if not deployments:
        raise OpsError(f"there is no Worker {request.worker}; release first")
    deployments = whole_deployments(versions, deployments)
    live = deployments[0].main
    if to is None:
        to = _before_it_first_served(live, deployments)
        if to is None:
            raise OpsError(f"{request.worker}: no version served traffic before {live}; pass one as --to")
    found = [version for version in versions if version.tag == to or (len(to) >= 8 and version.id.startswith(to))]
    if not found:
        known = ", ".join(f"{version.tag or '–'} ({version.id})" for version in versions[:10])
        raise OpsError(f"--to: {request.worker} has no version {to}; there are: {known}")
    if found[0].id == live and len(deployments[0].shares) == 1:
        raise OpsError(f"version {live} is already serving traffic")
    return found[0]


def _before_it_first_served(live: str, deployments: Sequence[WorkerDeployment]) -> str | None:
    """The version before the current one first served traffic: versions in between were rolled back."""
    earliest_first = [deployment.main for deployment in reversed(deployments)]
    first = earliest_first.index(live)
    return earliest_first[first - 1] if first else None
