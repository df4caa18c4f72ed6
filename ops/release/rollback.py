"""A rollback by hand: an earlier version of the Worker answers all requests again."""

import time

from ops.errors import OpsError
from ops.notices import Kind, Notice, Notices
from ops.release.journal import alone
from ops.release.order import Order
from ops.release.run import Exit
from ops.smoke import probe_of, smoke
from ops.wrangler import Version, Wrangler


def roll_back(order: Order, to: str | None = None) -> Exit:
    """Rolls an environment's Worker back. The database stays as it is.

    Args:
        order: names the environment and the app.
        to: a version's id, the first 8 or more of its digits, or a release's id; the version before the live one where
            it is left out.

    Returns:
        RELEASED where the earlier version answers well; NOT_ROLLED_BACK where it could not be deployed or does not.

    Raises:
        OpsError: there is no such version, or it is live already.
    """
    started = time.monotonic()
    console, notices = order.context.console, Notices(order.context)
    with alone(order.folder, order.environment):
        wrangler = order.wrangler()
        target = _target(order, wrangler, to)
        what = f"{order.environment} to {target.tag or 'version'} ({target.id})"
        try:
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


def _target(order: Order, wrangler: Wrangler, to: str | None) -> Version:
    deployments, versions = wrangler.deployments(), wrangler.versions()
    if not deployments:
        raise OpsError(f"there is no Worker {order.worker}; release first")
    live = deployments[0].main
    if to is None:
        mains = (deployment.main for deployment in deployments)
        to = next((main for main in mains if main != live), None)
        if to is None:
            raise OpsError(f"version {live} is the only one that {order.worker} had; there is none to go back to")
    found = [version for version in versions if version.tag == to or (len(to) >= 8 and version.id.startswith(to))]
    if not found:
        known = ", ".join(f"{version.tag or '–'} ({version.id})" for version in versions[:10])
        raise OpsError(f"--to: {order.worker} has no version {to}; there are: {known}")
    if found[0].id == live and len(deployments[0].shares) == 1:
        raise OpsError(f"version {live} is live already")
    return found[0]
