"""Notices to a Discord channel: what a run started, did, or failed at, with who, what and how long.

A notice that can't be delivered never fails its run: a warning is printed, and the run continues.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import httpx

from ops.clouds.http_clients import http_client
from ops.clouds.rest import PassingError
from ops.context.errors import OpsError
from ops.context.program_text import shortened
from ops.context.run_context import Context

# Discord's docs, "Embed limits": 4,096 characters of description, and 6,000 in all.
_LONGEST_TITLE, _LONGEST_TEXT, _LONGEST_FIELD = 256, 4000, 1000


class NoticeKind(Enum):
    """The kind of a notice: the first words of its title, and the color of its bar."""

    STARTED = ("🚀 Started", 0x3B82F6)
    MIGRATION = ("🗃️ Migration", 0x8B5CF6)
    SUCCESS = ("✅ Succeeded", 0x22C55E)
    FAILURE = ("❌ Failed", 0xEF4444)
    ROLLED_BACK = ("↩️ Rolled back", 0xF59E0B)

    @property
    def words(self) -> str:
        return self.value[0]

    @property
    def colour(self) -> int:
        return self.value[1]


_BAD_ENDS = (NoticeKind.FAILURE, NoticeKind.ROLLED_BACK)


@dataclass(frozen=True)
class Notice:
    """One message.

    Attributes:
        kind: its kind.
        what: what it is about, such as `release of production`.
        text: a sentence or two: what happened, and what to do.
        links: addresses by their names, in addition to the run's and the commit's.
        seconds: how long it took.
    """

    kind: NoticeKind
    what: str
    text: str = ""
    links: Mapping[str, str] = field(default_factory=dict[str, str])
    seconds: float | None = None


class Notices:
    """Sends notices to the webhook of DISCORD_WEBHOOK_URL; without one it sends nothing."""

    def __init__(self, context: Context, *, attempts: int = 3, timeout: float = 5, longest_wait: float = 5) -> None:
        """
        Args:
            context: has the webhook's address, commit, actor and run link.
            attempts: how often delivery is tried.
            timeout: seconds that one try may take.
            longest_wait: seconds to wait between tries at most, even if Discord asks for more.
        """
        self._context = context
        self._attempts, self._timeout, self._longest_wait = attempts, timeout, longest_wait

    def send(self, notice: Notice) -> bool:
        """Delivers a notice, or reports on standard error that it could not.

        Returns:
            Whether it was delivered.
        """
        webhook = self._context.credentials.discord_webhook_url
        if webhook is None:
            return False
        problem = "it was not tried"
        for attempt in range(self._attempts):
            problem, wait = self._post(webhook.get_secret_value(), notice)
            if not problem:
                if notice.kind in _BAD_ENDS:
                    # The workflow's own notice, for runs that could not send one, is then left out.
                    self._context.set_step_output("announced", "true")
                return True
            if wait is None:
                break
            if attempt + 1 < self._attempts:
                time.sleep(min(wait or 2**attempt, self._longest_wait))
        self._context.console.warn(f"notice not delivered ({notice.kind.words}: {notice.what}): {problem}")
        return False

    def webhook_status(self) -> int | None:
        """The HTTP status with which Discord answers for the webhook; None if none is set. It sends nothing.

        The webhook's own address is all that this needs (Discord docs, "Get Webhook with Token").

        Raises:
            PassingError: there was no answer.
            OpsError: DISCORD_WEBHOOK_URL is malformed.
        """
        webhook = self._context.credentials.discord_webhook_url
        if webhook is None:
            return None
        try:
            with self._client() as client:
                return client.get(webhook.get_secret_value()).status_code
        except (httpx.InvalidURL, UnicodeError):
            raise OpsError("DISCORD_WEBHOOK_URL is not a valid address; create a new webhook and set it") from None
        except httpx.HTTPError as error:
            raise PassingError(f"no answer ({type(error).__name__})") from None

    def _client(self) -> httpx.Client:
        return http_client(about="DISCORD_WEBHOOK_URL", timeout=self._timeout)

    def _post(self, webhook: str, notice: Notice) -> tuple[str, float | None]:
        """Returns what went wrong, if anything, and the seconds to wait before another try; None: don't try again."""
        try:
            # wait=true: Discord answers once the message is there, not before (Discord docs, "Execute Webhook").
            with self._client() as client:
                answer = client.post(webhook, params={"wait": "true"}, json=self.message(notice))
        except (httpx.InvalidURL, UnicodeError):
            return "DISCORD_WEBHOOK_URL is not a valid address", None
        except OpsError as error:
            return str(error), None
        except httpx.HTTPError as error:
            return f"no answer from the webhook ({type(error).__name__})", 0
        if answer.is_success:
            return "", None
        if answer.status_code == 429:
            return "too many messages (429)", _retry_after(answer)
        problem = f"the webhook answered {answer.status_code}"
        if answer.status_code in (401, 403, 404):
            return f"{problem}; it is gone or its address is wrong: make a new one and set DISCORD_WEBHOOK_URL", None
        return problem, 0 if answer.status_code >= 500 else None

    def message(self, notice: Notice) -> dict[str, Any]:
        """The message as Discord takes it (Discord docs, "Embed limits"), without secrets."""
        context, clean = self._context, self._context.console.clean
        commit = context.commit[:12]
        fields = [
            ("Commit", f"[{commit}]({context.commit_link})" if context.commit_link else commit),
            ("By", context.actor),
        ]
        if notice.seconds is not None:
            fields.append(("Took", duration(notice.seconds)))
        links = dict(notice.links) | ({"Run": context.run_link} if context.run_link else {})
        if links:
            fields.append(("Links", _fitting([f"[{name}]({address})" for name, address in links.items()])))
        embed = {
            "title": shortened(clean(f"{notice.kind.words}: {notice.what}"), _LONGEST_TITLE),
            "description": shortened(clean(notice.text), _LONGEST_TEXT),
            "color": notice.kind.colour,
            "fields": [
                {"name": name, "value": clean(value)[:_LONGEST_FIELD], "inline": name != "Links"}
                for name, value in fields
            ],
        }
        # No ping, whatever a commit's author or message is called.
        return {"username": "infrastructure", "embeds": [embed], "allowed_mentions": {"parse": []}}


def duration(seconds: float) -> str:
    """Seconds as people say them: `8.3 s`, `2 min 05 s`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60:02d} s"


def _fitting(links: list[str]) -> str:
    """As many links as a field has room for: half of a link leads nowhere."""
    while len(text := " · ".join(links)) > _LONGEST_FIELD:
        links = links[:-1]
    return text


def _retry_after(answer: httpx.Response) -> float:
    try:
        return float(answer.json()["retry_after"])
    except (ValueError, KeyError, TypeError):
        return 0
