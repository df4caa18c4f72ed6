"""The parts of a pull request's preview: their names and addresses, derived from its number alone."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ops.context.errors import OpsError
from ops.context.run_context import Context
from settings import Settings

# The longest label of a host name: the Worker's name is one on workers.dev.
_LONGEST_WORKER = 63
_BRANCH = "preview-pr-"


@dataclass(frozen=True)
class Preview:
    """A pull request's preview.

    Attributes:
        number: the pull request's.
        branch: the Neon branch.
        worker: the Worker.
        address: the Worker's address.
        parent: the environment whose database it copies, and whose bindings its Worker has.
        parent_branch: that environment's Neon branch.
        role: the Postgres role it connects as.
        database: the database's name.
        origin: what its rows are, for people: `copied from dev`.
    """

    number: int
    branch: str
    worker: str
    address: str
    parent: str
    parent_branch: str
    role: str
    database: str
    origin: str


def preview(context: Context, number: int) -> Preview:
    """The preview of a pull request, whether it exists or not.

    Raises:
        OpsError: the settings have no [release] or [api], name no parent, or the Worker's name would be too long.
    """
    settings = context.settings
    worker = worker_name(context, number)
    parent = _parent(settings)
    own = settings.environments[parent].database
    assert settings.api is not None  # noqa: S101  (worker_name checks)
    return Preview(
        number=number,
        branch=branch_name(number),
        worker=worker,
        address=f"https://{worker}.{settings.api.workers_subdomain}.workers.dev",
        parent=parent,
        parent_branch=settings.branch_name(parent),
        role=settings.role_name(parent),
        database=(own.own_database if own else None) or settings.database.name,
        origin=_origin(context, parent),
    )


def branch_name(number: int) -> str:
    """The Neon branch of a pull request's preview."""
    return f"{_BRANCH}{number}"


def worker_name(context: Context, number: int) -> str:
    """The Worker of a pull request's preview.

    Raises:
        OpsError: the settings have no [release] or [api], or the name would be too long.
    """
    _ = context.release_settings, context.api_settings
    name = f"{_worker_prefix(context.settings)}{number}"
    if len(name) > _LONGEST_WORKER:
        raise OpsError(f"{name}: the name is longer than {_LONGEST_WORKER} characters; choose a shorter api.worker")
    return name


def numbers(settings: Settings, branches: Iterable[str], workers: Iterable[str]) -> set[int]:
    """The pull requests that have a preview, according to the names of Neon branches and Workers."""
    found = {_number(name, _BRANCH) for name in branches}
    found |= {_number(name, _worker_prefix(settings)) for name in workers}
    return found - {0}


def _origin(context: Context, parent: str) -> str:
    release = context.release_settings
    if release.preview_data == "schema_only":
        return f"with the schema of {parent} and no rows"
    return f"copied from {parent}{' and masked' if release.preview_mask_command else ''}"


def _parent(settings: Settings) -> str:
    """The environment whose data a preview copies: never production, unless the owner chose it."""
    fitting = settings.preview_parents()
    if len(fitting) == 1:
        return fitting[0]
    seen = f"{', '.join(fitting)} all fit" if fitting else "no environment has an unprotected branch of its own"
    raise OpsError(f"release.preview_parent: is not set and {seen}; set it to the environment that previews copy")


def _worker_prefix(settings: Settings) -> str:
    return f"{settings.api.worker}-pr-" if settings.api else ""


def _number(name: str, prefix: str) -> int:
    match = re.fullmatch(rf"{re.escape(prefix)}([1-9][0-9]{{0,9}})", name) if prefix else None
    return int(match[1]) if match else 0
