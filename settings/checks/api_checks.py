"""The rules of [api] and [environments.<name>.api]: Workers' names and the API's addresses."""

from settings.api_settings import ApiSettings, HealthCheckSettings
from settings.cloudflare_plans import CLOUDFLARE_PLANS, CloudflarePlanName
from settings.settings_shape import SettingsShape

_LONGEST_WORKER = 63
"""A Worker's name is a label of its host name on workers.dev, which has at most 63 characters (RFC 1035)."""


def check_api(settings: SettingsShape) -> None:
    """Checks the rules between tables.

    Raises:
        ValueError: one line: where, what, what to do.
    """
    if settings.api:
        _check_workers(settings, settings.api)
    taken = {
        environment.website.domain: f"environments.{name}.website.domain"
        for name, environment in settings.environments.items()
        if environment.website
    }
    for name, environment in settings.environments.items():
        if environment.api is None:
            continue
        where = f"environments.{name}.api"
        if settings.api is None:
            raise ValueError(f"{where}: there is no API; add an [api] table or remove this one")
        if settings.cloudflare is None:
            raise ValueError(f"cloudflare.zone: is missing, and {where} needs it; add a [cloudflare] table with zone")
        domain = environment.api.domain
        if environment.api.health_check and not (domain or environment.api.route):
            raise ValueError(
                f"{where}.health_check: the API on workers.dev is outside the zone; set {where}.domain or .route, "
                "or remove this table"
            )
        if (domain is None) == (environment.api.route is None):
            raise ValueError(f"{where}: needs either domain or route; set one of the two, or remove this table")
        if domain is None:
            if environment.website is None:
                raise ValueError(
                    f"{where}.route: is a path of the environment's site, and it has none; "
                    f"add environments.{name}.website, or set {where}.domain instead"
                )
            continue
        zone = settings.cloudflare.zone
        if domain != zone and not domain.endswith(f".{zone}"):
            raise ValueError(f"{where}.domain: {domain} is not in cloudflare.zone ({zone}); change one of the two")
        if domain in taken:
            raise ValueError(f"{where}.domain: domain {domain} is already used by {taken[domain]}; choose another")
        taken[domain] = f"{where}.domain"
    if settings.cloudflare:
        _check_health_checks(settings, settings.cloudflare.plan)


def _check_health_checks(settings: SettingsShape, plan: CloudflarePlanName) -> None:
    checks, allowed = settings.health_checks(), CLOUDFLARE_PLANS[plan]
    for name, check in checks.items():
        where = f"environments.{name}.api.health_check"
        if not allowed.health_checks:
            raise ValueError(
                f"{where}: Cloudflare checks only zones on the Pro plan or higher, and cloudflare.plan is {plan}; "
                "remove it, or set cloudflare.plan to a paid plan"
            )
        if len(checks) > allowed.health_checks:
            raise ValueError(
                f"{where}: {len(checks)} health checks are more than a {plan} zone has ({allowed.health_checks}); "
                "remove some, or set cloudflare.plan to a higher one"
            )
        if check.interval_seconds < allowed.health_check_seconds:
            raise ValueError(
                f"{where}.interval_seconds: a {plan} zone can't check every {check.interval_seconds} s; "
                f"use {allowed.health_check_seconds} or more, or set cloudflare.plan to a higher one"
            )
        _check_health_path(settings, name, check)


def _check_health_path(settings: SettingsShape, environment: str, check: HealthCheckSettings) -> None:
    address, path = settings.environments[environment].api, settings.health_path(environment)
    if address and not address.serves(path):
        where = f"environments.{environment}.api.health_check.path"
        said = "" if check.path else " (as the release has it)"
        raise ValueError(
            f"{where}: {path}{said} is not on the route {address.route}, so the check would reach the site "
            "instead of the API; set it to a path of the API"
        )


def _check_workers(settings: SettingsShape, api: ApiSettings) -> None:
    names = list(settings.environments)
    if settings.website and names and api.site_environment not in names:
        raise ValueError(
            f"api.site_environment: the production site calls the API of {api.site_environment}, and there is no such "
            f"environment; set it to one of: {', '.join(names)}"
        )
    for name in names:
        worker = api.worker_name(name)
        if len(worker) > _LONGEST_WORKER:
            raise ValueError(
                f"api.worker: the Worker {worker} of environment {name} would have {len(worker)} characters, and "
                f"{_LONGEST_WORKER} is the most; shorten api.worker or the environment's name"
            )
