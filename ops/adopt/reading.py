"""Creates this project's settings from the states of hand-written Terraform."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, get_args, get_origin
from urllib.parse import urlsplit

from pydantic import BaseModel

from ops.adopt.attributes import ATTRIBUTES, read_attributes, value_at
from ops.adopt.hcl_states import HclState, Instance
from ops.context.errors import OpsError
from settings import Settings

PROJECT = "project"
# The services' defaults, which the provider writes into the state even if they are not set.
_NEUTRAL: dict[str, Any] = {
    "autoscaling_limit_min_cu": 0.25,
    "suspend_timeout_seconds": 0,
    "active_time_seconds": 0,
    "compute_time_seconds": 0,
    "written_data_bytes": 0,
    "data_transfer_bytes": 0,
    "logical_size_bytes": 0,
    "allowed_ips": [],
}
_NEW_ADDRESS = {
    "neon_project": "neon_project.main",
    "cloudflare_pages_project": "cloudflare_pages_project.web",
    "neon_branch": "neon_branch.this",
    "neon_endpoint": "neon_endpoint.this",
    "neon_role": "neon_role.this",
    "neon_database": "neon_database.this",
    "cloudflare_pages_domain": "cloudflare_pages_domain.custom",
    "cloudflare_dns_record": "cloudflare_dns_record.web",
}
_OF_PROJECT = ("neon_project", "cloudflare_pages_project")
_REPLICA = "neon_endpoint.read_replica"


_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gov", "net", "org"})
"""Names below a country's, under which domains are registered: acme.co.uk."""


@dataclass
class Reading:
    """The settings that states determine.

    Attributes:
        values: the settings, in the form of a settings file; defaults are left out.
        problems: why they can't be this project's states; one line each.
        notes: values that no setting controls, and that stay unchanged.
        stacks: each state by the name of its stack here.
        moved: for each stack, an address in its state → the address here, if `adopt_hcl` doesn't cover it.
        full_names: the DNS records whose name is the site's whole domain, by their address with the stack's name.
    """

    values: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    stacks: dict[str, HclState] = field(default_factory=dict)
    moved: dict[str, dict[str, str]] = field(default_factory=dict)
    full_names: dict[str, str] = field(default_factory=dict)
    _sources: dict[str, tuple[Any, str]] = field(default_factory=dict)

    def say(self, key: str, value: Any, where: str) -> None:
        """Records a setting's value; a different value from another place is a problem."""
        known, other = self._sources.setdefault(key, (value, where))
        if known != value:
            self.problems.append(
                f"{key}: {other} is {known!r}, but {where} is {value!r}; the settings hold one value for both, "
                "so make them equal first"
            )

    def get(self, key: str) -> Any:
        """A setting's value; None if no state determines it."""
        return self._sources.get(key, (None, ""))[0]

    def leave_out(self, key: str, value: Any) -> None:
        """Drops a setting whose value is its default here."""
        if self.get(key) == value:
            self._sources.pop(key, None)

    def finish(self) -> None:
        """Fills `values` with the recorded settings, without defaults, in the settings' own order."""
        self.values = {
            table: {} for table in Settings.model_fields if any(key.startswith(f"{table}.") for key in self._sources)
        }
        for key, (value, _) in self._sources.items():
            if value != _default(key):
                _put(self.values, key, value)
        if self.moved:
            self.values["moved"] = self.moved


def read_settings(states: Sequence[HclState], *, bucket: str, region: str, repository: str | None) -> Reading:
    """Creates settings from states.

    Args:
        states: one for each stack; the one that holds the Neon project is the stack `project`, the others are
            environments.
        bucket: their bucket.
        region: its region.
        repository: `owner/name` on GitHub, needed if there is no site, since then no state names it.

    Raises:
        OpsError: no state, or more than one, holds a Neon project.
    """
    reading = Reading()
    reading.say("state.bucket", bucket, "the bucket")
    reading.say("state.region", region, "the bucket's region")
    reading.stacks = by_stack(states)
    environments = [stack for stack in reading.stacks if stack != PROJECT]
    for stack, state in reading.stacks.items():
        _read_stack(reading, stack, state)
    _guess_zone(reading)
    _read_site_variables(reading, environments)
    if reading.get("repository.owner") is None:
        _read_repository(reading, repository)
    for stack in environments:
        _read_environment(reading, stack)
    reading.finish()
    for stack in environments:
        # Even if all values are defaults: the table's presence creates the stack.
        _put_tables(reading, stack)
    return reading


def by_stack(states: Sequence[HclState]) -> dict[str, HclState]:
    """States by the name that their stack has here: `project` is the one that holds the Neon project.

    Raises:
        OpsError: there is not exactly one such.
    """
    owners = [state for state in states if any(each.kind == "neon_project" for each in state.instances)]
    if len(owners) != 1:
        places = ", ".join(state.place for state in (owners or states))
        what = "more than one state holds" if owners else "no state holds"
        raise OpsError(f"{places}: {what} a neon_project; this project's shape has one, in a state of its own")
    return {PROJECT: owners[0]} | {state.stack: state for state in states if state is not owners[0]}


def _read_stack(reading: Reading, stack: str, state: HclState) -> None:
    addresses: dict[str, str] = {}
    for instance in state.instances:
        where = f"{stack}: {instance.address}"
        if instance.kind not in _NEW_ADDRESS:
            reading.problems.append(
                f"{where}: {instance.kind} has no place in this shape; keep it in a state of its own"
            )
            continue
        if (instance.kind in _OF_PROJECT) != (stack == PROJECT):
            home = "the state of the Neon project" if instance.kind in _OF_PROJECT else "an environment's state"
            reading.problems.append(f"{where}: belongs in {home} in this shape; move it there (terraform state mv)")
            continue
        new = _new_address(instance)
        if new in addresses:
            reading.problems.append(
                f"{where}: {addresses[new]} is a {instance.kind} too, and this shape has one a stack"
            )
            continue
        addresses[new] = instance.address
        replica = new == _REPLICA
        for path, key, value in read_attributes(instance.kind, instance.attributes, stack):
            named = key.replace(".database.", ".database.read_replica.") if replica else key
            if value != _NEUTRAL.get(key.rpartition(".")[2], ...):
                reading.say(named, value, f"{where}.{path}")
        _note(reading, instance, where)
    _read_presence(reading, stack, addresses)
    _read_moves(reading, stack, addresses)
    _read_zone(reading, stack, state)


def _new_address(instance: Instance) -> str:
    return _REPLICA if instance.attributes.get("type") == "read_only" else _NEW_ADDRESS[instance.kind]


def _note(reading: Reading, instance: Instance, where: str) -> None:
    """Notes what a new project would not get from the settings."""
    for name in ("region_id", "pg_version") if instance.kind == "neon_project" else ():
        if instance.attributes.get(name) is not None:
            reading.notes.append(
                f"{where}: {name} is {instance.attributes[name]}; no setting controls it, and it stays unchanged"
            )


def _read_presence(reading: Reading, stack: str, addresses: dict[str, str]) -> None:
    """Checks that an environment's database has its branch in the same state."""
    if stack == PROJECT:
        return
    if "neon_branch.this" not in addresses:
        for new, old in addresses.items():
            if new.startswith("neon_"):
                reading.problems.append(
                    f"{stack}: {old}: its branch is not in this state; this shape keeps both in one"
                )


def _read_moves(reading: Reading, stack: str, addresses: dict[str, str]) -> None:
    """Maps the addresses to this project's: by `adopt_hcl` if that covers them, otherwise by `moved`."""
    for new, old in addresses.items():
        module = "module.db" if new.startswith("neon_") else "module.web"
        if old == new:
            continue
        if stack != PROJECT and old == f"{module}.{new}":
            reading.say(f"environments.{stack}.adopt_hcl", True, old)
        else:
            reading.moved.setdefault(stack, {})[old] = new


def _read_zone(reading: Reading, stack: str, state: HclState) -> None:
    """The zone: the site's domain without the record's name within the zone.

    The Cloudflare provider writes the record's full name into the state when it refreshes it; then the zone is open.
    """
    by_kind = {instance.kind: instance for instance in state.instances}
    record, domain = by_kind.get("cloudflare_dns_record"), by_kind.get("cloudflare_pages_domain")
    if stack == PROJECT or not (record or domain):
        return
    if not (record and domain):
        here = record or domain
        missing = "cloudflare_pages_domain" if record else "cloudflare_dns_record"
        reading.problems.append(
            f"{stack}: {here.address if here else ''}: has no {missing} beside it; this shape has both"
        )
        return
    host, name = str(domain.attributes.get("name")), str(record.attributes.get("name"))
    if name == host:
        reading.full_names[f"{stack}: {record.address}"] = host
        return
    if name != "@" and not host.startswith(f"{name}."):
        reading.problems.append(
            f"{stack}: {record.address}.name is {name!r}, which is not the first part of {host}; "
            "this shape's record points to the site's own domain, and is named within its zone"
        )
        return
    zone = host if name == "@" else host.removeprefix(f"{name}.")
    reading.say("cloudflare.zone", zone, f"{stack}: {domain.address}.name without {record.address}.name")


def _guess_zone(reading: Reading) -> None:
    """Guesses the zone from the registered domain, if no record is named within its zone."""
    if reading.get("cloudflare.zone") is None and reading.full_names:
        place, host = next(iter(reading.full_names.items()))
        labels = host.split(".")
        size = 3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL else 2
        zone = ".".join(labels[-size:])
        reading.say("cloudflare.zone", zone, f"{place}.name")
        reading.notes.append(f"{place}.name is the full name {host}: check that cloudflare.zone is {zone}")


def _read_site_variables(reading: Reading, environments: Sequence[str]) -> None:
    """Reads the API's address from the site's only build variable."""
    state = reading.stacks[PROJECT]
    pages = next((each for each in state.instances if each.kind == "cloudflare_pages_project"), None)
    if pages is None:
        return
    path = "deployment_configs.production.env_vars"
    variables: dict[str, Any] = value_at(pages.attributes, path) or {}
    where = f"project: {pages.address}.{path}"
    if len(variables) > 1:
        names = ", ".join(sorted(variables))
        reading.problems.append(f"{where}: there are {names}; this shape has one, the API's address")
    for name, variable in list(variables.items())[:1]:
        if variable.get("type") != "plain_text":
            reading.problems.append(
                f"{where}.{name}: is of type {variable.get('type')}; this shape's variables are plain_text"
            )
            continue
        found = _worker(str(variable.get("value")), environments)
        if found is None:
            reading.problems.append(
                f"{where}.{name}: is not of the form https://<worker>-<environment>.<subdomain>.workers.dev, "
                "the form that the settings create"
            )
            continue
        worker, environment, subdomain = found
        reading.say("website.api_url_variable", name, where)
        reading.say("api.worker", worker, where)
        reading.say("api.workers_subdomain", subdomain, where)
        reading.say("api.site_environment", environment, where)


def _worker(url: str, environments: Sequence[str]) -> tuple[str, str, str] | None:
    """The Worker's name, its environment and the account's subdomain; known environments are matched first."""
    host = re.fullmatch(r"https://([a-z0-9-]+)\.([a-z0-9-]+)\.workers\.dev", url)
    if host is None or urlsplit(url).path:
        return None
    script, subdomain = host.groups()
    for environment in sorted(environments, key=len, reverse=True):
        if script.endswith(f"-{environment}") and len(script) > len(environment) + 1:
            return script.removesuffix(f"-{environment}"), environment, subdomain
    worker, _, environment = script.rpartition("-")
    return (worker, environment, subdomain) if worker and re.match("[a-z]", environment) else None


def _read_repository(reading: Reading, repository: str | None) -> None:
    owner, slash, name = (repository or "").partition("/")
    if not slash:
        reading.problems.append(
            "repository: no state names it, since there is no site; pass --repository <owner>/<name>"
        )
        return
    reading.say("repository.owner", owner, "--repository")
    reading.say("repository.name", name, "--repository")


def _read_environment(reading: Reading, stack: str) -> None:
    """Leaves out names that are the settings' defaults."""
    own = f"environments.{stack}.database"
    reading.leave_out(f"{own}.branch", stack)
    reading.leave_out(f"{own}.role", f"{reading.get('database.role')}_{stack.replace('-', '_')}")


def _put_tables(reading: Reading, stack: str) -> None:
    kinds = {_new_address(each) for each in reading.stacks[stack].instances if each.kind in ATTRIBUTES}
    table = reading.values.setdefault("environments", {}).setdefault(stack, {})
    if "neon_branch.this" in kinds:
        database = table.setdefault("database", {})
        if _REPLICA in kinds:
            database.setdefault("read_replica", {})


def _put(values: dict[str, Any], key: str, value: Any) -> None:
    *tables, last = key.split(".")
    for table in tables:
        values = values.setdefault(table, {})
    values[last] = value


def _default(key: str) -> Any:
    """A setting's default; None if it has none."""
    model: type[BaseModel] = Settings
    *tables, last = key.split(".")
    steps = iter(tables)
    for step in steps:
        annotation = model.model_fields[step].annotation
        kinds = [annotation, *get_args(annotation)]
        model = next(kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel))
        if get_origin(annotation) is dict:
            next(steps)  # the name of one of the tables
    return model.model_fields[last].get_default()
