"""An HTTP client for a cloud's JSON API on this machine, with the retries of the real providers' clients."""

from __future__ import annotations

import http.client
import ipaddress
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sandbox.providers.provider import Problem

TIMEOUT_SECONDS = 60.0
UNCERTAIN = "No answer came, so the cloud may have done it. If the next apply says that it exists, import it."
EXISTS = "If an earlier apply was cut off after the cloud had made it, import it instead of creating it."


class ProviderApiError(Exception):
    """An answer with an error status; status 0 when no answer came, so that the outcome is unknown."""

    def __init__(self, message: str, status: int = 0, text: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.text = text


@dataclass(frozen=True)
class Retry:
    """When to ask again.

    Attributes:
        attempts: how often to ask in all.
        delay: the seconds to wait after attempt 1, 2, …
        worth: which statuses are worth another attempt; 0 is a lost connection.
    """

    attempts: int
    delay: Callable[[int], float]
    worth: Callable[[int], bool]


def require_loopback(url: str, where: str) -> str:
    """The URL, if it names this machine; else Problem, since a stand-in must never reach a real cloud."""
    parts = urlsplit(url)
    try:
        local = parts.hostname == "localhost" or ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        local = False
    if parts.scheme != "http" or not local:
        detail = f"It only talks to the rehearsal's cloud on this machine, but {where} is {url!r}."
        raise Problem("The stand-in provider refuses to leave this machine", detail)
    return url.rstrip("/")


@dataclass(frozen=True, repr=False)
class RestClient:
    """JSON requests below one address, with a bearer token."""

    base_url: str
    token: str
    retry: Retry

    def request(self, method: str, path: str, body: Any = None) -> Any:
        """The answer's JSON (None if empty); ProviderApiError once retries are exhausted."""
        url = f"{self.base_url}/{path}"
        attempt = 1
        while True:
            try:
                return self._once(method, url, body)
            except ProviderApiError as error:
                if attempt >= self.retry.attempts or not self.retry.worth(error.status):
                    raise
            time.sleep(self.retry.delay(attempt))
            attempt += 1

    def _once(self, method: str, url: str, body: Any) -> Any:
        parts = urlsplit(url)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
        try:
            content = None if body is None else json.dumps(body).encode()
            connection.request(method, url.partition(parts.netloc)[2], content, headers)
            response = connection.getresponse()
            text = response.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise ProviderApiError(f'{method} "{url}": {error or type(error).__name__}') from error
        finally:
            connection.close()
        if response.status >= 400:
            raise ProviderApiError(
                f'{method} "{url}": {response.status} {response.reason} {text}', response.status, text
            )
        return json.loads(text) if text else None
