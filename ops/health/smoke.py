"""The smoke test: a version of the API is asked for its health until it answers well, or the time is up."""

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
    """A version does not answer well; the message says how."""


@dataclass(frozen=True)
class Probe:
    """What is asked, and what must be answered.

    Attributes:
        url: the whole address of the API's health check.
        headers: the names of the headers that each answer must have.
        version: the version that must answer; any, where it is empty.
        worker: names the Worker where that version is to be asked for although it is deployed at 0 %.
        in_a_row: how many good answers one after the other are wanted: a promoted version takes some seconds until
            every machine of Cloudflare's serves it.
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
) -> Probe:
    """The probe of an environment's API, as the settings describe it.

    Args:
        context: has the settings.
        environment: the environment's name.
        address: another address of the same API, such as a preview's; the environment's own if None.
        version: as in `Probe`.
        worker: as in `Probe`.
        in_a_row: as in `Probe`.

    Raises:
        OpsError: there is no [release] or no [api] table.
    """
    headers = tuple(context.release_settings.required_headers)
    _ = context.api_settings
    return Probe(context.settings.health_url(environment, address=address), headers, version, worker, in_a_row)


def smoke(context: Context, probe: Probe, *, seconds: float | None = None) -> None:
    """Asks until the answers are good.

    Args:
        context: knows where public addresses are served, and the settings.
        probe: what is asked.
        seconds: how long to go on; release.smoke_seconds where it is left out.

    Raises:
        SmokeError: the time is up; the message is what was wrong last.
        OpsError: the settings or the environment are wrong.
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
            retrying(lambda: _good_answers(client, probe))
        except RetryError as error:
            problem = error.last_attempt.exception()
            raise SmokeError(f"{probe.url}: {problem} (for {limit:g} s)") from None


def _good_answers(client: httpx.Client, probe: Probe) -> None:
    for _ in range(probe.in_a_row):
        _good_answer(client, probe)


def _good_answer(client: httpx.Client, probe: Probe) -> None:
    headers = {_OVERRIDE: f'{probe.worker}="{probe.version}"'} if probe.worker else {}
    try:
        answer = client.get(probe.url, headers=headers)
    except httpx.HTTPError as error:
        raise SmokeError(f"no answer ({type(error).__name__})") from None
    told = _document(answer)
    if answer.status_code != 200:
        says = f", it says: database {told['database']}" if "database" in told else ""
        raise SmokeError(f"answered {answer.status_code}{says}")
    if told.get("database", "ok") != "ok":
        raise SmokeError(f"the database is {told['database']}")
    missing = [name for name in probe.headers if name not in answer.headers]
    if missing:
        raise SmokeError(f"the answer lacks the header {', '.join(missing)}")
    if not probe.version:
        return
    if "version" not in told:
        raise SmokeError("the answer does not name its version; it must be JSON with CF_VERSION_METADATA.id as version")
    if told["version"] != probe.version:
        raise SmokeError(f"version {told['version']} answered, not {probe.version}")


def _document(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        document = answer.json()
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
