"""What the page shows, as data: environments, previews, restore points, states, requests, and details by service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Address:
    """A public address, and where this machine serves it (empty if nothing does)."""

    url: str
    local: str = ""

    @property
    def name(self) -> str:
        """The address without `https://`."""
        return self.url.removeprefix("https://")


@dataclass(frozen=True)
class VersionView:
    """A version of a Worker or a site.

    Attributes:
        label: `version 3`, or the commit of a site.
        commit: what it was built from; empty if it does not say.
        message: its author's; may be empty.
        share: of the requests; empty if it gets all of them.
        at: when it was created, as RFC 3339.
    """

    label: str
    commit: str
    message: str
    share: str
    at: str


@dataclass(frozen=True)
class ApiView:
    """A Worker.

    Attributes:
        worker: its name.
        address: where it answers.
        versions: that answer requests.
        branches: the names of the database branches that its secrets lead to.
    """

    worker: str
    address: Address
    versions: Sequence[VersionView]
    branches: Sequence[str]


@dataclass(frozen=True)
class SiteView:
    """A site.

    Attributes:
        address: where it answers.
        domain: the status of its custom domain; empty if it does not exist.
        version: what it shows; None if nothing was deployed.
        variable: its build variable with the API's address; empty if none has it.
    """

    address: Address
    domain: str
    version: VersionView | None
    variable: str


@dataclass(frozen=True)
class BranchView:
    """A branch of the database.

    Attributes:
        key: its id.
        name: its name.
        parent: the name of its parent; empty for a root branch.
        created: when, as RFC 3339.
        until: when it expires, or can no longer be recovered; empty if it stays.
        left: the time until then, such as `23 h`.
        default: whether it is the project's default branch.
        protected: whether Neon protects it.
        tables: rows by table, `database.table` if it has more than one database.
        size: bytes; None if it is not known.
    """

    key: str
    name: str
    parent: str
    created: str
    until: str
    left: str
    default: bool
    protected: bool
    tables: Mapping[str, int]
    size: int | None

    @property
    def rows(self) -> int:
        return sum(self.tables.values())


@dataclass(frozen=True)
class StateView:
    """A Terraform state.

    Attributes:
        key: of the object.
        stack: its name.
        serial: Terraform's count of its changes; None if it was not written yet.
        changed: when, as RFC 3339.
        resources: addresses of the managed ones.
        data: addresses of the data sources.
        lock: who holds it, for which operation and since when; empty if nobody does.
    """

    key: str
    stack: str
    serial: int | None
    changed: str
    resources: Sequence[str]
    data: Sequence[str]
    lock: str


@dataclass(frozen=True)
class EnvironmentCard:
    """An environment: its site calls its API, which reads a database branch.

    Attributes:
        name: from the settings.
        site: None if it has no domain of its own.
        wanted_api: the address of its API according to the settings; None if the product has none.
        api: None if it was not released yet.
        wanted_branch: the name of its branch according to the settings.
        branch: None if it does not exist.
        state: of its stack; None if it was not deployed.
    """

    name: str
    site: SiteView | None
    wanted_api: Address | None
    api: ApiView | None
    wanted_branch: str
    branch: BranchView | None
    state: StateView | None

    @property
    def astray(self) -> Sequence[str]:
        """The branches that its API reads although the settings name another."""
        return [name for name in self.api.branches if name != self.wanted_branch] if self.api else []


@dataclass(frozen=True)
class PreviewView:
    """What exists of a pull request's preview, or a Worker that no environment has."""

    key: str
    title: str
    sites: Sequence[SiteView]
    apis: Sequence[ApiView]
    branches: Sequence[BranchView]


@dataclass(frozen=True)
class RequestView:
    """Equal requests, or one.

    Attributes:
        at: when the newest was made, as RFC 3339.
        service: whose API.
        method: GET, PUT, ….
        path: with names in place of ids.
        sent: the path as it was.
        status: of the answer, `dropped` or `no answer`.
        ms: how long the newest took, in milliseconds.
        agent: the program.
        count: how many there were.
    """

    at: str
    service: str
    method: str
    path: str
    sent: str
    status: str
    ms: int
    agent: str
    count: int = 1

    @property
    def failed(self) -> bool:
        return self.status[:1] not in ("1", "2", "3")


@dataclass(frozen=True)
class DetailTable:
    """A table of the details, as texts."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class ServiceDetails:
    """All that one service holds; `empty` are the titles of its tables without a row."""

    name: str
    tables: Sequence[DetailTable]
    empty: Sequence[str]


@dataclass(frozen=True)
class PageView:
    """The page.

    Attributes:
        product: its name; empty if the cloud was not given one.
        alerts: what an owner should know first, one line each.
        environments: of the product.
        previews: of pull requests.
        restore_points: branches that were made to restore from.
        other_branches: that no environment, preview or restore point has.
        deleted: branches that can still be recovered.
        branches_used: such as `4 of 10`; empty without a project.
        states: by stack.
        errors: requests that failed, the newest first.
        requests: all of the newest requests.
        details: by service.
    """

    product: str
    alerts: Sequence[str]
    environments: Sequence[EnvironmentCard]
    previews: Sequence[PreviewView]
    restore_points: Sequence[BranchView]
    other_branches: Sequence[BranchView]
    deleted: Sequence[BranchView]
    branches_used: str
    states: Sequence[StateView]
    errors: Sequence[RequestView]
    requests: Sequence[RequestView]
    details: Sequence[ServiceDetails]
