"""Settings files as hypothesis draws them: valid ones, and ways to break one."""

from typing import Any

from hypothesis import strategies as st

from settings.plans import NEON_PLANS, NeonPlanName
from tests.support import Values

RESERVED = {"project", "state", "edge"}

slugs = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)
postgres_names = st.from_regex(r"[a-z_][a-z0-9_]{0,24}", fullmatch=True).filter(lambda name: not name.startswith("pg_"))
branch_names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,20}", fullmatch=True)
environment_names = st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True).filter(lambda name: name not in RESERVED)
labels = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
zones = st.builds("{}.{}".format, labels, st.sampled_from(["dev", "com", "example", "co.uk"]))
commands = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=40).filter(
    lambda text: "${" not in text and "%{" not in text
)
paths = st.from_regex(r"[A-Za-z0-9._/*@-]{1,20}", fullmatch=True)
dates = st.dates().filter(lambda day: 2000 <= day.year < 2100).map(str)


def _optional(**choices: st.SearchStrategy[Any]) -> st.SearchStrategy[Values]:
    return st.fixed_dictionaries({}, optional=choices)


@st.composite
def valid_values(draw: st.DrawFn) -> Values:
    """The values of a valid settings file, of any shape."""
    plan: NeonPlanName = draw(st.sampled_from(sorted(NEON_PLANS)))
    limits = NEON_PLANS[plan]
    compute = st.sampled_from([0.25, 0.5, 1, limits.autoscaling_limit_max_cu])
    role = draw(postgres_names)
    values: Values = {
        "project": {"name": draw(slugs)},
        "repository": {"owner": draw(slugs), "name": draw(slugs)} | draw(_optional(production_branch=slugs)),
        "state": {"bucket": draw(st.from_regex(r"[a-z0-9][a-z0-9-]{1,20}[a-z0-9]", fullmatch=True))}
        | draw(_optional(region=st.sampled_from(["eu-central-1", "us-gov-west-1", "ap-southeast-2"]))),
        "database": {"name": draw(postgres_names), "role": role, "plan": plan, "branch": "the-default"}
        | draw(
            _optional(
                history_retention_seconds=st.integers(0, limits.history_retention_seconds),
                autoscaling_limit_max_cu=compute,
            )
        ),
    }
    has_site = draw(st.booleans())
    if has_site:
        values["website"] = {
            "build_command": draw(commands),
            "destination_dir": draw(paths),
            "compatibility_date": draw(dates),
        } | draw(_optional(root_dir=paths, path_excludes=st.lists(paths, max_size=3)))
        values["cloudflare"] = {"zone": draw(zones)}
    if draw(st.booleans()):
        values["api"] = {"worker": draw(slugs), "workers_subdomain": draw(slugs)}
    values["environments"] = {
        name: draw(_environment(name, role, compute, values["cloudflare"]["zone"] if has_site else None))
        for name in draw(st.lists(environment_names, unique=True, max_size=4))
    }
    return values


def _environment(
    name: str, role: str, compute: st.SearchStrategy[float], zone: str | None
) -> st.SearchStrategy[Values]:
    # A name of its own keeps branches, roles and domains of different environments apart.
    branch = _optional(
        branch=st.just(f"b/{name}"), role=st.just(f"{role}_of_{len(name)}"), autoscaling_limit_max_cu=compute
    )
    parts: dict[str, st.SearchStrategy[Any]] = {
        "adopt_hcl": st.booleans(),
        "protected": st.booleans(),
        "database": branch,
    }
    if zone:
        parts["website"] = st.just({"domain": f"{name.rstrip('-')}.x{len(name)}.{zone}"})
    return _optional(**parts)


@st.composite
def wrong_leaf(draw: st.DrawFn) -> tuple[Values, str]:
    """A valid file of which one value has the wrong kind, and that value's key."""
    values = draw(valid_values())
    path = draw(st.sampled_from(_leaves(values)))
    table, key = _table_at(values, path[:-1]), path[-1]
    wrong: dict[type, list[Any]] = {
        str: [7, True, [], {}, "", "two\nlines", "${var.x}"],
        int: ["text", True, 1.5, [], {}, -1],
        float: ["text", True, [], {}, 0.3, -1, 1e6],
        bool: ["text", 1, [], {}],
        list: ["text", 1, {}, [1], [""]],
    }
    kind = float if key == "autoscaling_limit_max_cu" else type(table[key])
    table[key] = draw(st.sampled_from(wrong[kind]))
    return values, ".".join(path)


@st.composite
def unknown_key(draw: st.DrawFn) -> tuple[Values, str]:
    """A valid file with one key that no table has, and the path of the table it was put in."""
    values = draw(valid_values())
    path = draw(st.sampled_from([path for path in _tables(values) if path != ("environments",)]))
    key = draw(st.text(st.characters(codec="utf-8"), min_size=1, max_size=12))
    _table_at(values, path)[f"x{key}"] = draw(st.sampled_from([1, "text", {}]))
    return values, ".".join(path)


@st.composite
def missing_key(draw: st.DrawFn) -> tuple[Values, str]:
    """A valid file from which one needed key was taken, and that key."""
    values = draw(valid_values())
    needed = [
        ("project", "name"),
        ("repository", "owner"),
        ("repository", "name"),
        ("state", "bucket"),
        ("database", "name"),
        ("database", "role"),
        ("website", "build_command"),
        ("website", "destination_dir"),
        ("website", "compatibility_date"),
        ("api", "worker"),
        ("api", "workers_subdomain"),
        ("cloudflare", "zone"),
        *(("environments", name, "website", "domain") for name in values["environments"]),
    ]
    path = draw(st.sampled_from([path for path in needed if path in _leaves(values)]))
    del _table_at(values, path[:-1])[path[-1]]
    return values, ".".join(path)


def _tables(values: Values, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    inner = [_tables(value, (*path, key)) for key, value in values.items() if isinstance(value, dict)]
    return [path, *(table for tables in inner for table in tables)]


def _leaves(values: Values) -> list[tuple[str, ...]]:
    return [
        (*path, key)
        for path in _tables(values)
        for key, value in _table_at(values, path).items()
        if not isinstance(value, dict)
    ]


def _table_at(values: Values, path: tuple[str, ...]) -> Values:
    for key in path:
        values = values[key]
    return values
