"""The smoke test: requests the API's health check until it passes or the time is up."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from tenacity import RetryError, Retrying, retry_if_exception_type, stop_after_delay, wait_exponential

from ops.clouds import public_web as public
from ops.context.errors import OpsError
from ops.context.run_context import Context

_ANSWER_SECONDS = 10
_LONGEST_WAIT_SECONDS = 5.0
# Cloudflare's page "Gradual deployments", section "Version overrides".
_OVERRIDE = "Cloudflare-Workers-Version-Overrides"


class SmokeError(OpsError):
    """A version fails the smoke test; the message says why."""


@dataclass(frozen=True)
class HealthProbe:
    """A health check to request, and the required response.

    Attributes:
        url: the full address of the API's health check.
        headers: the names of the headers that each response must have.
        version: the version that must respond; empty for any.
        worker: the Worker's name, to reach a version that is deployed at 0 %; empty otherwise.
        in_a_row: the number of consecutive passes: it takes some seconds until all of Cloudflare's servers serve a
            promoted version.
    """

    url: str
    headers: tuple[str, ...]
    version: str = ""
    worker: str = ""
    in_a_row: int = 1


def probe_of(
    context: Context,
    environment: str,
    *,
    address: str | None = None,
    version: str = "",
    worker: str = "",
    in_a_row: int = 1,
) -> HealthProbe:
    """The health probe of an environment's API, from the settings.

    Args:
        context: has the settings.
        environment: the environment's name.
        address: another address of the same API, such as a preview's; the environment's own if None.
        version: as in `HealthProbe`.
        worker: as in `HealthProbe`.
        in_a_row: as in `HealthProbe`.

    Raises:
        OpsError: there is no [release] or no [api] table.
    """
    headers = tuple(context.release_settings.required_headers)
    _ = context.api_settings
    return HealthProbe(context.settings.health_url(environment, address=address), headers, version, worker, in_a_row)


def smoke(context: Context, probe: HealthProbe, *, seconds: float | None = None) -> None:
    """Requests the health check until it passes.

    Args:
        context: has the settings and the addresses.
        probe: the request, and the required response.
        seconds: how long to retry. Default: release.smoke_seconds.

    Raises:
        SmokeError: the time is up; the message is the last failure.
        OpsError: the settings or the environment are invalid.
    """
    release = context.settings.release
    limit = seconds if seconds is not None else float(release.smoke_seconds if release else 60)
    retrying = Retrying(
        retry=retry_if_exception_type(SmokeError),
        stop=stop_after_delay(limit),
        wait=wait_exponential(multiplier=0.25, max=min(_LONGEST_WAIT_SECONDS, limit)),
    )
    with public.client(context, timeout=_ANSWER_SECONDS) as client:
        try:
            retrying(lambda: _passes_in_a_row(client, probe))
        except RetryError as error:
            problem = error.last_attempt.exception()
            raise SmokeError(f"{probe.url}: {problem} (for {limit:g} s)") from None


def _passes_in_a_row(client: httpx.Client, probe: HealthProbe) -> None:
    for _ in range(probe.in_a_row):
        _pass_once(client, probe)


def _pass_once(client: httpx.Client, probe: HealthProbe) -> None:
    headers = {_OVERRIDE: f'{probe.worker}="{probe.version}"'} if probe.worker else {}
    try:
        answer = client.get(probe.url, headers=headers)
    except httpx.HTTPError as error:
        raise SmokeError(f"no answer ({type(error).__name__})") from None
    document = _document(answer)
    if answer.status_code != 200:
        database = f", database {document['database']}" if "database" in document else ""
        raise SmokeError(f"answered {answer.status_code}{database}")
    if document.get("database", "ok") != "ok":
        raise SmokeError(f"the database is {document['database']}")
    missing = [name for name in probe.headers if name not in answer.headers]
    if missing:
        raise SmokeError(f"the response lacks the header {', '.join(missing)}")
    if not probe.version:
        return
    if "version" not in document:
        raise SmokeError("the response does not name its version; return JSON with CF_VERSION_METADATA.id as version")
    if document["version"] != probe.version:
        raise SmokeError(f"version {document['version']} responded, not {probe.version}")


def _document(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        document = answer.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
