"""Decides which attempt of a release continues: from the journals, or without one from what Cloudflare holds."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ops.clouds.wrangler import WorkerDeployment, Wrangler, whole_deployments
from ops.release.journal import Journal
from ops.release.release_request import ReleaseRequest

# A release's id begins with the app's commit, or its message names it.
_COMMIT = re.compile(r"\b[0-9a-f]{12}\b")


@dataclass(frozen=True)
class WorkerHistory:
    """A Worker's versions and deployments on Cloudflare.

    Attributes:
        tagged: the oldest version of each tag, so that two machines that upload one release choose the same.
        commits: the app's commit of each version, in 12 digits, if its tag or message names one.
        deployments: the latest deployments, the active one first.
    """

    tagged: dict[str, str]
    commits: dict[str, str]
    deployments: Sequence[WorkerDeployment]

    @classmethod
    def look(cls, wrangler: Wrangler) -> "WorkerHistory":
        """Asks Cloudflare.

        Raises:
            OpsError: it can't be asked.
        """
        versions = wrangler.versions()
        # The newest is listed first.
        tagged = {version.tag: version.id for version in versions}
        found = {version.id: _COMMIT.search(f"{version.tag} {version.message}") for version in versions}
        commits = {id: match[0] for id, match in found.items() if match}
        return cls(tagged, commits, whole_deployments(versions, wrangler.deployments()))

    @property
    def commit(self) -> str:
        """The app's commit that serves the requests; empty if it is not known."""
        return self.commits.get(self.live, "")

    @property
    def live(self) -> str:
        """The version that serves the requests; empty if there is none."""
        return self.deployments[0].main if self.deployments else ""

    def before(self, version: str) -> str:
        """The version that served the requests before another one did; empty if there is none."""
        mains = [deployment.main for deployment in self.deployments]
        return next((main for main in mains if main != version), "")

    def over(self, version: str) -> bool:
        """Whether a version was deployed, and no longer is."""
        served = [version in deployment.shares for deployment in self.deployments]
        return any(served) and not served[0]


def current_attempt(request: ReleaseRequest, history: WorkerHistory) -> Journal:
    """The journal of the attempt to continue: the last one that has not ended, or else a new one.

    The first attempt's id is the request's, the next ones have `.2`, `.3` … after it.

    Args:
        request: what to release.
        history: the Worker's versions and deployments.

    Raises:
        OpsError: a journal is damaged.
    """
    number = 1
    while True:
        id = request.base if number == 1 else f"{request.base}.{number}"
        journal = Journal(request.folder, id, request.context.console.mask)
        if not _ended(journal, history):
            return journal
        number += 1


def _ended(journal: Journal, history: WorkerHistory) -> bool:
    version = history.tagged.get(journal.id, "")
    if journal.outcome == "released":
        # It can be released again once another version is deployed, or the Worker has been deleted.
        return not version or version != history.live
    if journal.outcome:
        return True
    if journal.withdrawn:
        return False
    return bool(version) and history.over(version)
