"""Sends the notices of a release, each at most once, even if the release is interrupted and continued."""

from datetime import UTC, datetime

from ops.clouds.discord import Notice, NoticeKind, Notices
from ops.release.journal import Journal
from ops.release.release_request import ReleaseRequest


class ReleaseNotices:
    """Sends a release's notices."""

    def __init__(self, request: ReleaseRequest, journal: Journal) -> None:
        """
        Args:
            request: what is being released.
            journal: records which notices were sent.
        """
        self._request, self._journal = request, journal
        self._notices = Notices(request.context)

    def once(self, kind: NoticeKind, text: str = "") -> None:
        """Sends a notice, unless this release has sent one of this kind."""
        if self._journal.first_time(kind.name.lower()):
            self._send(kind, text)

    def failure(self, text: str) -> None:
        """Sends a notice that this run failed: one for each run."""
        self._send(NoticeKind.FAILURE, text)

    def _send(self, kind: NoticeKind, text: str) -> None:
        request, started = self._request, self._journal.started
        seconds = max((datetime.now(UTC) - started).total_seconds(), 0) if started else None
        self._notices.send(
            Notice(
                kind,
                f"release {self._journal.id} of {request.environment}",
                text,
                links=request.links,
                seconds=None if kind is NoticeKind.STARTED else seconds,
            )
        )
