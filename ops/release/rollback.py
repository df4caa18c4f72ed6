"""A rollback by hand: an earlier version of the Worker answers all requests again, once it has been tested."""

import time
from collections.abc import Sequence

from ops.clouds.discord import Kind, Notice, Notices
from ops.clouds.wrangler import Deployment, Version, Wrangler
from ops.context.errors import OpsError
from ops.health.smoke import probe_of, smoke
from ops.release.journal import alone
from ops.release.order import Order
from ops.release.release_run import Exit


def roll_back(order: Order, to: str | None = None) -> Exit:
    """Rolls an environment's Worker back. The database stays as it is.

    Args:
        order: names the environment and the app.
        to: a version's id, the first 8 or more of its digits, or a release's id; the one that answered before the live
            one first did, where it is left out.

    Returns:
        RELEASED where the earlier version answers well; NOT_ROLLED_BACK where it could not be deployed or does not. One
        that does not answer well at 0 % gets no visitor: the live version stays.

    Raises:
        OpsError: there is no such version, or it is live already.
    """
    started = time.monotonic()
    console, notices = order.context.console, Notices(order.context)
    with alone(order.folder, order.environment):
        wrangler = order.wrangler()
        deployments = wrangler.deployments()
        target = _target(order, wrangler, deployments, to)
        what = f"{order.environment} to {target.tag or 'version'} ({target.id})"
        try:
            if target.id != deployments[0].main:
                _try(order, wrangler, target, deployments[0].main)
            wrangler.rollback(target.id, f"rolled back by {order.context.actor}")
            smoke(order.context, probe_of(order.context, order.url, version=target.id, in_a_row=3))
        except OpsError as error:
            text = f"{error}\nBy hand: npx wrangler rollback {target.id} --name {order.worker}"
            notices.send(Notice(Kind.FAILURE, f"rollback of {what}", text, seconds=time.monotonic() - started))
            console.warn(f"rollback of {what}: {text}")
            return Exit.NOT_ROLLED_BACK
        notices.send(Notice(Kind.ROLLED_BACK, what, links={"API": order.url}, seconds=time.monotonic() - started))
        console.say(f"rolled back: {what}; the database stays as it is")
        return Exit.RELEASED


def _try(order: Order, wrangler: Wrangler, target: Version, live: str) -> None:
    """Tests a version at 0 % beside the live one, which goes on alone where the other does not answer well."""
    wrangler.stage(target.id, live, f"to be rolled back to by {order.context.actor}")
    try:
        smoke(order.context, probe_of(order.context, order.url, version=target.id, worker=order.worker))
    except OpsError as error:
        try:
            wrangler.promote(live, "not rolled back")
        except OpsError as other:
            raise OpsError(f"{error}\nVersion {live} stays live; the other one stays at 0 %: {other}") from None
        raise OpsError(f"{error}\nVersion {live} stays live.") from None


def _target(order: Order, wrangler: Wrangler, deployments: Sequence[Deployment], to: str | None) -> Version:
    versions = wrangler.versions()
    if not deployments:
        raise OpsError(f"there is no Worker {order.worker}; release first")
    live = deployments[0].main
    if to is None:
        to = _before_it_first_came_live(live, deployments)
        if to is None:
            raise OpsError(f"{order.worker}: no version was live before {live}; name another by --to")
    found = [version for version in versions if version.tag == to or (len(to) >= 8 and version.id.startswith(to))]
    if not found:
        known = ", ".join(f"{version.tag or '–'} ({version.id})" for version in versions[:10])
        raise OpsError(f"--to: {order.worker} has no version {to}; there are: {known}")
    if found[0].id == live and len(deployments[0].shares) == 1:
        raise OpsError(f"version {live} is live already")
    return found[0]


def _before_it_first_came_live(live: str, deployments: Sequence[Deployment]) -> str | None:
    """The version that answered before the live one first did: what came between two of its times was rolled back."""
    earliest_first = [deployment.main for deployment in reversed(deployments)]
    first = earliest_first.index(live)
    return earliest_first[first - 1] if first else None
