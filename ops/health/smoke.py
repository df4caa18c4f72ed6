"""The smoke test: requests the API's health check until it passes or the time is up."""

import time
from dataclasses import dataclass

import httpx
from tenacity import RetryError, Retrying, retry_if_exception_type, stop_after_delay, wait_exponential

from ops.clouds import public_web as public
from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.health.health_contract import HealthContract, health_contract

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
        url: the whole address of the API's health check.
        contract: what a healthy answer is.
        version: the id of the version that must answer; any if empty.
        names_itself: the value by which that version's answers name it; empty if they don't.
        worker: names the Worker if that version is asked although it is deployed at 0 %.
        in_a_row: how many healthy answers in a row are needed: a promoted version takes some seconds to reach all of
            Cloudflare's machines.
        settle_seconds: how long to wait first, in seconds.
    """

    url: str
    contract: HealthContract
    version: str = ""
    names_itself: str = ""
    worker: str = ""
    in_a_row: int = 1
    settle_seconds: int = 0


def probe_of(
    context: Context,
    environment: str,
    *,
    address: str | None = None,
    version: str = "",
    names_itself: str = "",
    worker: str = "",
    in_a_row: int = 1,
) -> HealthProbe:
    """The health probe of an environment's API, from the settings.

    Args:
        context: has the settings.
        environment: the environment's name.
        address: another address of the same API, such as a preview's; the environment's own if None.
        version: as in `HealthProbe`.
        names_itself: as in `HealthProbe`.
        worker: as in `HealthProbe`.
        in_a_row: as in `HealthProbe`.

    Raises:
        OpsError: there is no [release] or no [api] table.
    """
    release = context.release_settings
    _ = context.api_settings
    url = context.settings.health_url(environment, address=address)
    # At 0 % the request itself chooses the version. At 100 % only its own answer shows that it has arrived everywhere.
    settles = version and not names_itself and not worker
    seconds = release.settle_seconds if settles else 0
    contract = health_contract(context.settings)
    return HealthProbe(url, contract, version, names_itself, worker, in_a_row, seconds)


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
    if probe.settle_seconds:
        context.console.say(f"waiting {probe.settle_seconds} s: the app's health answer does not name its version")
        time.sleep(probe.settle_seconds)
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
    if problem := probe.contract.problem(answer, probe.names_itself):
        raise SmokeError(problem)
