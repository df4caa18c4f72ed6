"""A service's JSON API over HTTP: what may pass is tried again, what was refused is one line."""

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from ops.context.console import Mask
from ops.context.errors import OpsError

# 423: the thing is busy with another operation (Neon); 425 and 429 ask for patience.
_PASSING = frozenset({408, 423, 425, 429, 500, 502, 503, 504})
_LONGEST_WAIT_SECONDS = 20.0

_T = TypeVar("_T")


class PassingError(OpsError):
    """A fault that may pass: busy, too many requests, a server's error, or no connection."""


class RefusedError(OpsError):
    """The service refused a call.

    Attributes:
        status: the HTTP status.
        code: the service's own code; empty where it names none.
    """

    def __init__(self, message: str, status: int, code: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


class Rest:
    """One service's API, with a token. Use it as a context manager."""

    def __init__(
        self,
        service: str,
        address: str,
        token: str,
        mask: Mask,
        *,
        advice: Mapping[int, str],
        reason: Callable[[Any], tuple[str, str]],
        attempts: int,
        wait_seconds: float,
    ) -> None:
        """
        Args:
            service: its name, for messages.
            address: what every path begins with.
            token: the bearer token.
            mask: takes secrets out of messages.
            advice: what to do, by the status of a refusal.
            reason: takes the service's own code and message out of an error's document; a KeyError and the like means
                that there are none.
            attempts: how often an action is tried while its fault may pass.
            wait_seconds: the first wait between two tries; it doubles each time, up to 20 s.

        Raises:
            OpsError: the address is none.
        """
        self._service, self._mask, self._advice, self._reason = service, mask, advice, reason
        try:
            self._client = httpx.Client(
                base_url=address.rstrip("/"),
                headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
                timeout=30,
            )
        except httpx.InvalidURL:
            raise OpsError(f"{service}'s API address {address!r} is not an address; mend the environment") from None
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

    def tried(self, action: Callable[[], _T]) -> _T:
        """Does an action, again as a whole while its fault may pass: so it must look first, and make nothing twice."""
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
        """Asks once.

        Args:
            method: an HTTP method.
            path: below the API's address.
            body: sent as JSON.
            query: the address's parameters.
            missing: what to answer in place of a 404, if not None.

        Returns:
            The answer's document; an empty one where the answer is empty.

        Raises:
            PassingError: it may be tried again.
            RefusedError: it may not.
        """
        try:
            answer = self._client.request(method, path, json=body, params=query)
            if answer.is_success:
                return answer.json() if answer.content else {}
        except httpx.HTTPError as error:
            raise PassingError(f"{self._service} did not answer ({type(error).__name__}); try again later") from None
        except ValueError:
            raise PassingError(f"{self._service}'s answer is no JSON; try again later") from None
        if answer.status_code == 404 and missing is not None:
            return missing
        code, text = self._explained(answer)
        if answer.status_code in _PASSING:
            raise PassingError(f"{self._service} answered {answer.status_code} ({text}); try again later")
        what = f"{method} {self._mask.hide(path)}: {answer.status_code} ({text})"
        advice = self._advice.get(answer.status_code)
        message = f"{self._service} refused {what}{f'; {advice}' if advice else ''}"
        raise RefusedError(message, answer.status_code, code)

    def _explained(self, answer: httpx.Response) -> tuple[str, str]:
        try:
            code, text = self._reason(answer.json())
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            code, text = "", answer.reason_phrase
        return code, self._mask.hide(text)
