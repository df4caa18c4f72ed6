"""The base of the clients for JSON APIs over HTTP: retries what may pass, and explains each refusal in one line."""

from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from ops.clouds.http_clients import http_client
from ops.context.console import Mask
from ops.context.errors import OpsError

# 423: the resource is busy with another operation (Neon); 425 and 429 ask the caller to wait.
_PASSING = frozenset({408, 423, 425, 429})
_LONGEST_WAIT_SECONDS = 20.0
_MOST_PAGES = 1_000

_T = TypeVar("_T")


class PassingError(OpsError):
    """A fault that may pass: busy, too many requests, a server error, or no connection."""


class RefusedError(OpsError):
    """The service refused a call.

    Attributes:
        status: the HTTP status.
        code: the service's own error code; empty if it named none.
    """

    def __init__(self, message: str, status: int, code: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


class Rest:
    """One service's API, with a token. Use it as a context manager.

    A subclass overrides `_advise`, `_reason`, `_may_pass` and `_next_page` where the service has rules of its own.
    """

    def __init__(
        self,
        service: str,
        address: str,
        token: str,
        mask: Mask,
        *,
        attempts: int,
        wait_seconds: float,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """
        Args:
            service: its name, for messages.
            address: what every path begins with.
            token: the bearer token.
            mask: hides secrets in messages.
            attempts: how often an action is tried while its fault may pass.
            wait_seconds: seconds before the second try; the wait doubles each time, up to 20 s.
            headers: sent with every request, in addition to the token.

        Raises:
            OpsError: the address is malformed.
        """
        self._service, self._mask = service, mask
        common = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        self._client = http_client(
            address, about=f"{service}'s API address", timeout=30, headers=common | dict(headers or {})
        )
        self._retrying = Retrying(
            retry=retry_if_exception_type(PassingError),
            stop=stop_after_attempt(attempts),
            wait=wait_exponential(multiplier=wait_seconds, max=_LONGEST_WAIT_SECONDS),
            reraise=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def _advise(self, status: int, path: str, reason: str) -> str:
        """What to do about a refusal; empty if there is nothing to add.

        Args:
            status: the HTTP status.
            path: the request's path.
            reason: the service's own message, which is shown before the advice.
        """
        del status, path, reason
        return ""

    def _reason(self, document: Any) -> tuple[str, str]:
        """The service's own error code and message. A KeyError or the like means that the document has none."""
        return "", str(document["message"])

    def _may_pass(self, status: int, text: str) -> bool:
        """Whether a later try of the same call may succeed."""
        del text
        return status in _PASSING or status >= 500

    def tried(self, action: Callable[[], _T]) -> _T:
        """Runs an action, and runs all of it again while its fault may pass. So it must check before it creates."""
        return self._retrying.copy()(action)

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        missing: Any = None,
    ) -> Any:
        """Sends one request, once.

        Args:
            method: an HTTP method.
            path: below the API's address.
            body: sent as JSON.
            query: the address's parameters.
            missing: the result in place of a 404, if not None.

        Returns:
            The response's document; an empty one if the response is empty.

        Raises:
            PassingError: the fault may pass, so the call can be retried.
            RefusedError: a retry would fail as well.
        """
        try:
            answer = self._client.request(method, path, json=body, params=query)
            if answer.is_success:
                return answer.json() if answer.content else {}
        except httpx.HTTPError as error:
            raise PassingError(f"{self._service} did not answer ({type(error).__name__}); try again later") from None
        except ValueError:
            raise PassingError(f"{self._service}'s answer is not JSON; try again later") from None
        if answer.status_code == 404 and missing is not None:
            return missing
        code, text = self._explained(answer)
        if self._may_pass(answer.status_code, text):
            raise PassingError(f"{self._service} answered {answer.status_code} ({text}); try again later")
        # Paths hold account and zone ids, which don't belong in a log.
        what = f"{method} {self._mask.hide(path)}: {answer.status_code} ({text})"
        advice = self._advise(answer.status_code, path, text)
        message = f"{self._service} refused {what}{f'; {advice}' if advice else ''}"
        raise RefusedError(message, answer.status_code, code)

    def items(
        self, path: str, name: str = "", *, query: Mapping[str, str] | None = None, absent_is_empty: bool = False
    ) -> Iterator[Any]:
        """Every item of a list, page by page. Each page is requested once; see `tried`.

        Args:
            path: below the API's address, without parameters.
            name: the answer's field with the items; empty if the answer is the list itself.
            query: the parameters of the first page; those of the next ones have a page number or a cursor as well.
            absent_is_empty: a 404 counts as an empty list.

        Raises:
            OpsError: see `call`; or the list has more than 1,000 pages.
        """
        asked = dict(query or {})
        empty: Any = {name: []} if name else []
        for _ in range(_MOST_PAGES):
            answer = self.call("GET", path, query=asked, missing=empty if absent_is_empty else None)
            found: list[Any] = (answer.get(name) if name else answer) or []
            yield from found
            following = self._next_page(answer, asked)
            if not found or not following or following.items() <= asked.items():
                return
            asked |= following
        raise OpsError(f"{self._service}: the list {self._mask.hide(path)} has more than {_MOST_PAGES} pages")

    def _next_page(self, answer: Any, asked: Mapping[str, str]) -> dict[str, str]:
        """The parameters that lead from a list's page to the next one; empty after the last one."""
        del answer, asked
        return {}

    def _explained(self, answer: httpx.Response) -> tuple[str, str]:
        try:
            code, text = self._reason(answer.json())
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            code, text = "", answer.reason_phrase
        return code, self._mask.hide(text)
