"""The notices of a release: each at most once, whatever is killed and run again."""

from datetime import UTC, datetime

from ops.clouds.discord import Kind, Notice, Notices
from ops.release.journal import Journal
from ops.release.order import Order


class Notes:
    """Sends a release's notices."""

    def __init__(self, order: Order, journal: Journal) -> None:
        """
        Args:
            order: what is released.
            journal: remembers what was sent.
        """
        self._order, self._journal = order, journal
        self._notices = Notices(order.context)

    def once(self, kind: Kind, text: str = "") -> None:
        """Sends a notice, unless this release has sent one of its kind."""
        if self._journal.first_time(kind.name.lower()):
            self._send(kind, text)

    def failure(self, text: str) -> None:
        """Sends a notice of this run's failure: one a run, since each run is a try of its own."""
        self._send(Kind.FAILURE, text)

    def _send(self, kind: Kind, text: str) -> None:
        order, started = self._order, self._journal.started
        seconds = max((datetime.now(UTC) - started).total_seconds(), 0) if started else None
        self._notices.send(
            Notice(
                kind,
                f"release {self._journal.id} of {order.environment}",
                text,
                links={"API": order.url},
                seconds=None if kind is Kind.STARTED else seconds,
            )
        )
