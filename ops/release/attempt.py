"""Which attempt of a release goes on: by the journals, and where there are none, by what Cloudflare holds."""

from collections.abc import Sequence
from dataclasses import dataclass

from ops.clouds.wrangler import Deployment, Wrangler
from ops.release.journal import Journal
from ops.release.order import Order


@dataclass(frozen=True)
class Cloud:
    """What Cloudflare holds of a Worker.

    Attributes:
        tagged: the newest version of each tag.
        deployments: the latest deployments, the active one first.
    """

    tagged: dict[str, str]
    deployments: Sequence[Deployment]

    @classmethod
    def look(cls, wrangler: Wrangler) -> "Cloud":
        """Asks Cloudflare.

        Raises:
            OpsError: it can't be asked.
        """
        versions = wrangler.versions()
        return cls({version.tag: version.id for version in reversed(versions)}, wrangler.deployments())

    @property
    def live(self) -> str:
        """The version that answers the requests; empty where none does."""
        return self.deployments[0].main if self.deployments else ""

    def before(self, version: str) -> str:
        """The version that answered the requests before another did; empty where there is none."""
        mains = [deployment.main for deployment in self.deployments]
        return next((main for main in mains if main != version), "")

    def over(self, version: str) -> bool:
        """Whether a version has been deployed, and is not any more."""
        served = [version in deployment.shares for deployment in self.deployments]
        return any(served) and not served[0]


def attempt(order: Order, cloud: Cloud) -> Journal:
    """The journal of the attempt that goes on: of the last one that has not ended, else of a new one.

    The first attempt's id is the order's, the next ones have `.2`, `.3` … after it.

    Args:
        order: what is to be released.
        cloud: what Cloudflare holds.

    Raises:
        OpsError: a journal is damaged.
    """
    number = 1
    while True:
        id = order.base if number == 1 else f"{order.base}.{number}"
        journal = Journal(order.folder, id, order.context.console.mask)
        if not _ended(journal, cloud):
            return journal
        number += 1


def _ended(journal: Journal, cloud: Cloud) -> bool:
    version = cloud.tagged.get(journal.id, "")
    if journal.outcome == "released":
        # It may be released again once another version has taken its place, or the Worker is gone.
        return not version or version != cloud.live
    if journal.outcome:
        return True
    if journal.withdrawn:
        return False
    return bool(version) and cloud.over(version)
