"""Settings files as hypothesis draws them: valid ones, and ways to break one."""

import re
from typing import Any

from hypothesis import strategies as st

from settings.cloudflare_plans import CLOUDFLARE_PLANS, RATE_LIMIT_SECONDS, CloudflarePlanName
from settings.neon_plans import NEON_PLANS, NeonPlanName
from tests.support import EXPENSE_TRACKER, ROOT, Values

# Tables whose keys are names that the owner chooses.
OPEN_TABLES = {("environments",), ("edge", "rate_limits"), ("edge", "firewall", "rules")}
RESERVED = {"project", "state", "edge"}
SETTINGS_FILES = [file.read_bytes() for file in (EXPENSE_TRACKER, ROOT / "examples/full.toml")]

slugs = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)
postgres_names = st.from_regex(r"[a-z_][a-z0-9_]{0,24}", fullmatch=True).filter(
    lambda name: not f"{name}_".startswith("pg_")  # an environment's role is the name with more after it
)
branch_names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,20}", fullmatch=True)
environment_names = st.from_regex(r"[a-z]([a-z0-9-]{0,19}[a-z0-9])?", fullmatch=True).filter(
    lambda name: name not in RESERVED
)
labels = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
zones = st.builds("{}.{}".format, labels, st.sampled_from(["dev", "com", "example", "co.uk"]))
commands = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "), min_size=1).filter(
    lambda text: "${" not in text and "%{" not in text
)
paths = st.from_regex(r"[A-Za-z0-9._/*@-]{1,20}", fullmatch=True)
url_paths = st.from_regex(r"(/[a-z0-9_~-]{1,6}){1,3}/?", fullmatch=True)
rotations = st.from_regex(r"[0-9][0-9-]{0,19}", fullmatch=True)
emails = st.builds("{}@{}.example".format, labels, labels)
expressions = st.sampled_from(
    ['http.request.uri.path eq "/x"', '(ip.src.country eq "T1") or not ssl', 'http.user_agent contains "bot ~ ("']
)
ALERTS = ["pages_event_alert", "incident_alert", "universal_ssl_event_type", "dos_attack_l7"]
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
    zone: str | None = None
    zone_plan: CloudflarePlanName = draw(st.sampled_from(sorted(CLOUDFLARE_PLANS)))
    if has_site or draw(st.booleans()):
        zone = draw(zones)
        values["cloudflare"] = {"zone": zone, "plan": zone_plan}
    has_api = draw(st.booleans())
    names = draw(st.lists(environment_names, unique=True, max_size=4))
    values["environments"] = {
        name: draw(_environment(name, role, compute, zone, zone_plan, has_site=has_site, has_api=has_api))
        for name in names
    }
    if has_api:
        values["api"] = {"worker": draw(slugs), "workers_subdomain": draw(slugs)}
        if names:
            live = values["api"]["site_environment"] = draw(st.sampled_from(names))
            # A synth refuses to leave the data of the real site's API open.
            if "database" in values["environments"][live]:
                values["environments"][live]["protected"] = True
    if zone and draw(st.booleans()):
        values["edge"] = draw(_edge(zone_plan, has_hosts=_has_hosts(values)))
    if draw(st.booleans()):
        values["notifications"] = draw(_notifications(zone_plan if zone else "free", has_site=has_site))
    return values


def _has_hosts(values: Values) -> bool:
    return any("website" in each or "domain" in each.get("api", {}) for each in values["environments"].values())


def _edge(plan: CloudflarePlanName, *, has_hosts: bool) -> st.SearchStrategy[Values]:
    allowed = CLOUDFLARE_PLANS[plan]
    zone = st.fixed_dictionaries(
        {"browser_check": st.booleans()},
        optional={"always_use_https": st.booleans(), "min_tls_version": st.sampled_from(["1.0", "1.2", "1.3"])},
    )
    bots = _bots(plan)
    if not has_hosts:
        return _optional(zone=zone, bots=bots).filter(bool)
    headers = _optional(
        hsts_max_age_seconds=st.integers(0, 63_072_000),
        hsts_include_subdomains=st.booleans(),
        content_security_policy=st.just("default-src 'self'"),
        report_only=st.booleans(),
        frame_options=st.sampled_from(["DENY", "SAMEORIGIN"]),
    )
    rule = st.fixed_dictionaries(
        {"expression": expressions}, optional={"action": st.sampled_from(["block", "managed_challenge"])}
    )
    own_names = slugs.filter(lambda name: not name.startswith("block-"))
    firewall = _optional(
        block_unknown_methods=st.booleans(),
        rules=st.dictionaries(own_names, rule, max_size=allowed.firewall_rules - 2),
    )
    limit = st.fixed_dictionaries(
        {
            "requests": st.integers(1, 1_000_000),
            "period_seconds": _seconds(allowed.period_seconds),
            "mitigation_seconds": _seconds(allowed.mitigation_seconds),
        },
        optional={"paths": st.lists(url_paths, max_size=3)},
    )
    parts = {"headers": headers, "firewall": firewall, "zone": zone, "bots": bots}
    limits = st.dictionaries(slugs, limit, min_size=1, max_size=allowed.rate_limits)
    return _optional(**parts, rate_limits=limits).filter(bool)


def _bots(plan: CloudflarePlanName) -> st.SearchStrategy[Values]:
    actions = st.sampled_from(["allow", "block", "managed_challenge"])
    choices: dict[str, st.SearchStrategy[Any]] = {
        "fight_mode": st.booleans(),
        "sbfm_definitely_automated": actions,
        "sbfm_likely_automated": actions,
        "sbfm_verified_bots": st.sampled_from(["allow", "block"]),
        "ai_bots_protection": st.sampled_from(["block", "disabled", "only_on_ad_pages"]),
    }
    off = {name: st.just(False if name == "fight_mode" else "allow") for name in choices}
    has = CLOUDFLARE_PLANS[plan].bots
    return _optional(**{name: values if name in has else off[name] for name, values in choices.items()}).filter(bool)


def _seconds(longest: int) -> st.SearchStrategy[int]:
    return st.sampled_from([seconds for seconds in RATE_LIMIT_SECONDS if seconds <= longest])


def _notifications(plan: CloudflarePlanName, *, has_site: bool) -> st.SearchStrategy[Values]:
    alerts = st.lists(st.sampled_from(ALERTS if has_site else ALERTS[1:]), unique=True, min_size=1)
    discord = {"discord": st.booleans()} if CLOUDFLARE_PLANS[plan].webhooks else {}
    return st.fixed_dictionaries(
        {"emails": st.lists(emails, unique=True, min_size=1, max_size=3), "alerts": alerts}, optional=discord
    )


def _environment(
    name: str,
    role: str,
    compute: st.SearchStrategy[float],
    zone: str | None,
    zone_plan: CloudflarePlanName,
    *,
    has_site: bool,
    has_api: bool,
) -> st.SearchStrategy[Values]:
    # A name of its own keeps branches, roles and domains of different environments apart.
    branch = _optional(
        branch=st.just(f"b/{name}"), role=st.just(f"{role}_of_{len(name)}"), autoscaling_limit_max_cu=compute
    )
    parts: dict[str, st.SearchStrategy[Any]] = {
        "adopt_hcl": st.booleans(),
        "protected": st.booleans(),
        "database": branch,
        "secrets": st.fixed_dictionaries({"rotation": rotations}),
    }
    host = f"{name}.x{len(name)}.{zone}"
    site = st.fixed_dictionaries({"domain": st.just(host)}, optional={"web_analytics": st.booleans()})
    check = _health_check(zone_plan)
    address = st.fixed_dictionaries({"domain": st.just(f"api.{host}")}, optional=check)
    if zone and has_site:
        parts["website"] = site
    if zone and has_api:
        parts["api"] = address
    shapes = [_optional(**parts).filter(_is_something)]
    if zone and has_site and has_api:
        route = st.builds("{}*".format, url_paths)
        routed = route.flatmap(
            lambda route: st.fixed_dictionaries({"route": st.just(route)}, optional=_health_check(zone_plan, route))
        )
        shapes.append(st.fixed_dictionaries({"website": site, "api": routed}))
    return st.one_of(shapes)


def _health_check(plan: CloudflarePlanName, route: str = "/*") -> dict[str, st.SearchStrategy[Values]]:
    allowed = CLOUDFLARE_PLANS[plan]
    if not allowed.health_checks:
        return {}
    path = st.just(f"{route.removesuffix('*')}health")
    choices = {
        "interval_seconds": st.integers(allowed.health_check_seconds, 3600),
        "timeout_seconds": st.integers(1, 10),
        "retries": st.integers(0, 5),
        "consecutive_fails": st.integers(1, 10),
        "expected_codes": st.lists(st.sampled_from(["200", "2xx", "401"]), unique=True, min_size=1),
    }
    return {"health_check": st.fixed_dictionaries({"path": path}, optional=choices)}


def _is_something(environment: Values) -> bool:
    return bool({"database", "secrets", "website", "api"} & set(environment))


@st.composite
def wrong_leaf(draw: st.DrawFn) -> tuple[Values, str]:
    """A valid file of which one value has the wrong kind, and that value's key."""
    values = draw(valid_values())
    path = draw(st.sampled_from(_leaves(values)))
    table, key = _table_at(values, path[:-1]), path[-1]
    wrong: dict[type, list[Any]] = {
        str: [7, True, [], {}, "", "two\nlines", "${var.x}", "\x07", "x" * 1001],
        int: ["text", True, 1.5, [], {}, -1],
        float: ["text", True, [], {}, 0.3, -1, 1e6],
        bool: ["text", 1, [], {}],
        list: ["text", 1, {}, [1], [""], ["%{x}"]],
    }
    kind = float if key == "autoscaling_limit_max_cu" else type(table[key])
    table[key] = draw(st.sampled_from(wrong[kind]))
    return values, ".".join(path)


@st.composite
def unknown_key(draw: st.DrawFn) -> tuple[Values, str]:
    """A valid file with one key that no table has, and the path of the table it was put in."""
    values = draw(valid_values())
    path = draw(st.sampled_from([path for path in _tables(values) if path not in OPEN_TABLES]))
    key = draw(st.text(st.characters(codec="utf-8"), min_size=1, max_size=12))
    _table_at(values, path)[f"x{key}"] = draw(st.sampled_from([1, "text", {}]))
    return values, ".".join(path)


@st.composite
def missing_key(draw: st.DrawFn) -> tuple[Values, str]:
    """A valid file from which one needed key was taken, and that key."""
    values = draw(valid_values())
    edge = values.get("edge", {})
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
        *(("environments", name, "secrets", "rotation") for name in values["environments"]),
        *(("edge", "rate_limits", name, "requests") for name in edge.get("rate_limits", {})),
        *(("edge", "firewall", "rules", name, "expression") for name in edge.get("firewall", {}).get("rules", {})),
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


def _repeated(text: bytes, times: int) -> bytes:
    return text * times


_slips = st.one_of(
    st.binary(max_size=8),
    st.text(max_size=12).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from([b"=", b"[", b"]]", b'"', b"\n", b".", b"\x27" * 3, b"{a=1}", b"1e999", b"-", b"nan", b"\x00"]),
    # Some of these took minutes before lengths were checked.
    st.builds(
        _repeated,
        st.sampled_from([b"a", b"a1", b"A/", b"a:", b"a.", b"postgres://", b"a@", b"[", b"{b=", b"9", b"-a", b"\n"]),
        st.sampled_from([50, 900, 9_000, 100_000]),
    ),
)

_QUOTED_TEXT = re.compile(rb'"([^"\n]*)"')


@st.composite
def mutated_file(draw: st.DrawFn) -> bytes:
    """One of the project's settings files after a few slips: of the keyboard, of an editor, or of a paste."""
    content = draw(st.sampled_from(SETTINGS_FILES))
    for _ in range(draw(st.integers(1, 4))):
        texts = [match.span(1) for match in _QUOTED_TEXT.finditer(content)]
        if texts and draw(st.booleans()):
            # A whole value: the rule of its key reads it.
            start, end = draw(st.sampled_from(texts))
        else:
            start = draw(st.integers(0, len(content)))
            end = min(len(content), start + draw(st.sampled_from([0, 1, 2, 20, 400])))
        content = content[:start] + draw(_slips) + content[end:]
    return content
