"""The last errors of a Worker, where Cloudflare stores its logs."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from ops.clouds.cloudflare import Cloudflare
from ops.context.errors import OpsError
from ops.context.run_context import Context

_MOST = 50


def stored_errors(context: Context, worker: str, hours: float) -> Iterator[str]:
    """The errors of the last hours as lines, the oldest first; at most 50. Workers Logs keep 3 to 7 days.

    Args:
        context: has Cloudflare's token.
        worker: the Worker's name.
        hours: how far back, in hours.

    Raises:
        OpsError: there is no such Worker, it has no Workers Logs, or Cloudflare refused or did not answer.
    """
    with Cloudflare(context) as cloudflare:
        on = cloudflare.worker_logs_on(worker)
        if on is None:
            raise OpsError(f"there is no Worker {worker}; release first, or check the name")
        if not on:
            raise OpsError(
                f"{worker}: Workers Logs are off, so nothing is stored; add "
                '"observability": { "enabled": true } to wrangler\'s configuration and release'
            )
        found = cloudflare.worker_errors(worker, datetime.now(UTC) - timedelta(hours=hours), _MOST)
    if not found:
        yield f"{worker}: no error in the last {hours:g} h"
        return
    if len(found) == _MOST:
        yield f"the newest {_MOST} errors; there may be more"
    for error in reversed(found):
        first, *more = error.text.splitlines() or [""]
        facts = ", ".join(filter(None, [error.request, error.version and f"version {error.version[:8]}"]))
        yield f"{error.at:%Y-%m-%d %H:%M:%S} UTC  {first}{f'  ({facts})' if facts else ''}"
        yield from (f"    {line}" for line in more)
