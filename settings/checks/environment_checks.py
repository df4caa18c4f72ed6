"""The rules of [environments]: names, roles, branches and domains."""

from settings.settings_shape import SettingsShape

RESERVED_STACKS = ("project", "state", "edge")


def check_environments(settings: SettingsShape) -> None:
    """Compares each environment with the other tables.

    Raises:
        ValueError: one line: where, what, what to do.
    """
    _own_name(settings.database.branch, "database.branch")
    seen: dict[str, str] = {f"branch {settings.database.branch}": "database.branch"}
    for name, environment in settings.environments.items():
        where = f"environments.{name}"
        if name in RESERVED_STACKS:
            raise ValueError(f"{where}: this name is taken by a stack of its own; choose another")
        if not (environment.database or environment.secrets or environment.website or environment.api):
            raise ValueError(f"{where}: is empty; add {where}.database, .website, .api or .secrets, or remove {where}")
        if environment.database:
            _check_role(settings, name, where)
            _own_name(settings.branch_name(name), f"{where}.database.branch")
            _unique(seen, f"branch {settings.branch_name(name)}", f"{where}.database.branch")
        if environment.website:
            _check_domain(settings, environment.website.domain, f"{where}.website")
            _unique(seen, f"domain {environment.website.domain}", f"{where}.website.domain")


def _own_name(branch: str, where: str) -> None:
    if branch.startswith(("restore-", "before-")):
        raise ValueError(f"{where}: {branch} is reserved for restore points; choose a name without restore- or before-")


def _check_role(settings: SettingsShape, name: str, where: str) -> None:
    role = settings.role_name(name)
    if role == settings.database.role:
        raise ValueError(
            f"{where}.database.role: the branch already has {role}, from the default branch; choose another role"
        )
    if len(role) > 63:
        raise ValueError(f"{where}.database.role: {role!r} is longer than Postgres's 63 characters; set a shorter role")


def _check_domain(settings: SettingsShape, domain: str, where: str) -> None:
    if settings.website is None:
        raise ValueError(f"{where}: there is no site; add a [website] table or remove this one")
    if settings.cloudflare is None:
        raise ValueError(
            f"cloudflare.zone: is missing, and {where}.domain needs it; add a [cloudflare] table with zone"
        )
    zone = settings.cloudflare.zone
    if domain != zone and not domain.endswith(f".{zone}"):
        raise ValueError(f"{where}.domain: {domain} is not in cloudflare.zone ({zone}); change one of the two")


def _unique(seen: dict[str, str], what: str, where: str) -> None:
    if what in seen:
        raise ValueError(f"{where}: {what} is already used by {seen[what]}; choose another")
    seen[what] = where
