"""The monthly cost: sums that can be checked by hand, and rules that hold for any use."""

import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import CATALOG
from ops.backup.sealed_file import new_key
from ops.cost import Estimate, cost_text, estimate, read_prices
from settings import Settings, load_settings
from settings.backup_settings import BackupSettings
from settings.cost_settings import CostSettings, UsageSettings

ROOT = Path(__file__).parents[3]
EXPENSE_TRACKER = ROOT / "sandbox/fixtures/expense-tracker.toml"
FILES = [EXPENSE_TRACKER, ROOT / "examples/acme.toml", ROOT / "examples/full.toml"]
PRICES = read_prices()
NOTHING: dict[str, Any] = dict.fromkeys(set(UsageSettings.model_fields) - {"private_repository"}, 0)


def _with(settings: Settings, plans: dict[str, str] | None = None, **usage: Any) -> Settings:
    """The settings with another use, and with other plans by the table that names them."""
    changed: dict[str, Any] = {"budget": CostSettings.model_validate({"usage": usage})}
    for table, plan in (plans or {}).items():
        part = getattr(settings, table)
        changed[table] = part and part.model_copy(update={"plan": plan})
    return settings.model_copy(update=changed)


def _costs(found: Estimate) -> dict[tuple[str, str], Decimal]:
    return {(line.stack, line.resource): line.usd for line in found.lines}


@pytest.fixture(scope="module", params=FILES, ids=lambda file: file.parent.name + "/" + file.stem)
def settings(request: pytest.FixtureRequest) -> Settings:
    return load_settings(request.param)


@pytest.fixture(scope="module")
def tracker() -> Settings:
    return load_settings(EXPENSE_TRACKER)


@st.composite
def growing_use(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two uses, the second nowhere less than the first."""
    whole = {"api_requests": 10**9, "state_writes": 10**7, "state_reads": 10**7, "actions_minutes": 10**5}
    some: dict[str, Any] = {name: draw(st.integers(0, most)) for name, most in whole.items()}
    more: dict[str, Any] = {name: draw(st.integers(value, whole[name])) for name, value in some.items()}
    reals = {"compute_hours": 744, "compute_load": 1, "api_cpu_ms": 100} | dict.fromkeys(
        ("storage_gb", "branch_storage_gb", "history_gb", "transfer_gb", "state_gb"), 1000
    )
    for name, most in reals.items():
        # Nine digits: sums are kept to 28, and nobody uses 1e-30 GB.
        some[name] = round(draw(st.floats(0, most)), 9)
        more[name] = round(draw(st.floats(some[name], most)), 9)
    private = draw(st.booleans())
    return some | {"private_repository": private}, more | {"private_repository": private}


plans = st.fixed_dictionaries(
    {
        "database": st.sampled_from(["free", "launch", "scale"]),
        "cloudflare": st.sampled_from(["free", "pro", "business"]),
        "api": st.sampled_from(["free", "paid"]),
    }
)


@given(use=growing_use(), plans=plans)
def test_more_use_is_never_cheaper_and_the_sum_is_that_of_the_lines(
    settings: Settings, use: tuple[dict[str, Any], dict[str, Any]], plans: dict[str, str]
) -> None:
    less, more = (estimate(_with(settings, plans, **each), PRICES) for each in use)
    assert [line.resource for line in less.lines] == [line.resource for line in more.lines]
    for found in (less, more):
        assert found.total == sum(_costs(found).values()), "no line appears twice, and none is left out"
        assert all(line.usd == line.usd.quantize(Decimal("0.01")) >= 0 for line in found.lines)
    # A line may fall where a quota was used up by another; all together may not.
    assert less.total <= more.total
    if not settings.database.quota:
        before, after = _costs(less), _costs(more)
        assert all(before[line] <= after[line] for line in before)
    assert {limit.split(":")[0] for limit in less.limits} <= {limit.split(":")[0] for limit in more.limits}


def test_no_use_of_free_plans_costs_nothing(tracker: Settings) -> None:
    found = estimate(_with(tracker, **NOTHING), PRICES)
    assert (found.total, found.limits) == (0, [])


@pytest.mark.parametrize(
    ("plans", "use", "expected"),
    [
        # Two computes of 0.25 CU for 100 h are 50 CU-hours.
        ({"database": "launch"}, {"compute_hours": 100}, "5.30"),
        ({"database": "scale"}, {"compute_hours": 100}, "11.10"),
        ({"database": "launch"}, {"storage_gb": 10, "branch_storage_gb": 2}, "4.20"),
        ({"database": "launch"}, {"history_gb": 3}, "0.60"),
        ({"database": "launch"}, {"transfer_gb": 150}, "5.00"),
        ({"cloudflare": "pro"}, {}, "25"),
        # Cloudflare's own example: 15 million requests of 7 ms cost 8 $.
        ({"api": "paid"}, {"api_requests": 15_000_000, "api_cpu_ms": 7}, "8.00"),
        ({}, {"state_gb": 900, "state_writes": 4_000_000, "state_reads": 50_000_000}, "60.70"),
        ({}, {"actions_minutes": 2500}, "3.00"),
        ({}, {"actions_minutes": 2500, "private_repository": False}, "0"),
    ],
)
def test_a_sum_that_can_be_checked_by_hand(
    tracker: Settings, plans: dict[str, str], use: dict[str, Any], expected: str
) -> None:
    assert estimate(_with(tracker, plans, **NOTHING | use), PRICES).total == Decimal(expected)


def test_the_expense_tracker_stays_within_free_plans_and_the_budget() -> None:
    found = estimate(load_settings(ROOT / "settings.toml"), PRICES)
    assert found.budget == 5
    assert not found.is_above_budget


def test_what_every_option_costs() -> None:
    found = estimate(load_settings(ROOT / "examples/full.toml"), PRICES)
    by_stack = {line.stack for line in found.lines}
    assert by_stack == {"project", "production", "staging", "state", "all", "–"}
    compute = sum(line.usd for line in found.lines if line.price is PRICES["neon.scale.compute"])
    assert compute == Decimal("22.20"), "the quota ends it: 100 CU-hours of 0.222 $"
    zone = sum(line.usd for line in found.lines if line.resource.startswith("zone "))
    assert zone == 25
    assert found.total - compute - zone < 1, "all the rest comes with the plans"
    assert not found.is_above_budget


def test_backups_are_counted_in_the_bucket_and_in_what_neon_sends(tracker: Settings) -> None:
    """7 daily and 4 weekly ones, and 8 that have expired but can still be restored; each night a dump leaves Neon."""
    table = {"environments": ["production", "dev"], "recipients": [new_key()[1]]}
    settings = tracker.model_copy(update={"backup": BackupSettings.model_validate(table)})
    launch = estimate(_with(settings, {"database": "launch"}, **NOTHING | {"storage_gb": 2}), PRICES)
    lines = {line.resource: (line.usd, line.assumption) for line in launch.lines if "backups" in line.resource}
    each = "dumps of 2 GB at most for each environment"
    assert lines == {
        # 0.023 $ for each GB; of what Neon sends, 100 GB are included.
        f"S3 bucket {tracker.state.bucket}, backups": (
            Decimal("1.75"),
            f"19 {each}; without [state.manage], delete older ones yourself",
        ),
        "neon_project.main, transfer of backups": (Decimal("0.1") * 24, f"31 {each}"),
    }
    small: dict[str, Any] = NOTHING | {"storage_gb": 0.1}
    (limit,) = estimate(_with(settings, **small), PRICES).limits
    assert limit.startswith("Neon's free plan is not enough: 6.2 GB are more than the 5 that it includes a month")


@pytest.mark.parametrize(
    ("use", "sentence"),
    [
        (
            {"compute_hours": 500},
            "Neon's free plan is not enough: 250 CU-hours are more than the 100 that it includes a month",
        ),
        (
            {"storage_gb": 0.48},
            "Neon's free plan is not enough: 0.53 GB are more than the 0.5 that it includes a month",
        ),
        (
            {"api_requests": 4_000_000},
            "The Workers free plan is not enough: 4,000,000 requests are more than the 3,000,",
        ),
    ],
)
def test_a_free_plan_that_is_not_enough_is_a_warning(tracker: Settings, use: dict[str, Any], sentence: str) -> None:
    (limit,) = estimate(_with(tracker, **use), PRICES).limits
    assert limit.startswith(sentence)
    assert "; set " in limit


def test_old_prices_and_the_budget_are_warned_of(tracker: Settings) -> None:
    found = estimate(_with(tracker, {"cloudflare": "pro"}), PRICES)
    oldest = min(line.price.source.as_of for line in found.lines)
    early = list(cost_text.warnings(found, today=oldest, price_days=30))
    assert early == ["25.03 $ a month is above the budget of 5.00 $; choose lower plans, or raise budget.monthly_usd"]
    late = list(cost_text.warnings(found, today=date(2040, 1, 1), price_days=30))
    old = [line for line in late if "more than 30 days ago" in line]
    assert len(old) == len({line.price.source for line in found.lines})
    assert all("ops/cost/prices.toml" in line for line in old)


def test_every_price_is_used_by_some_settings_and_has_a_source() -> None:
    used: set[int] = set()
    full = load_settings(ROOT / "examples/full.toml")
    for database in ("free", "launch", "scale"):
        for zone in ("free", "pro", "business"):
            for workers, yearly in (("free", False), ("paid", True)):
                settings = _with(
                    full, {"database": database, "cloudflare": zone, "api": workers}, private_repository=yearly
                )
                budget = settings.budget.model_copy(update={"yearly_billing": yearly})
                found = estimate(settings.model_copy(update={"budget": budget}), PRICES)
                used |= {id(line.price) for line in found.lines}
    assert [name for name, price in PRICES.items() if id(price) not in used] == []
    assert all(price.source.address.startswith("https://") for price in PRICES.values())


@pytest.mark.parametrize("plan", ["free", "launch", "scale"])
def test_every_price_that_the_catalog_names_is_known_and_estimated(plan: str) -> None:
    found = estimate(_with(load_settings(ROOT / "examples/full.toml"), {"database": plan}), PRICES)
    named = {price.format(plan=plan) for entry in CATALOG.values() for price in entry.prices}
    assert named - PRICES.keys() == set()
    estimated = {id(line.price) for line in found.lines}
    assert [name for name in named if id(PRICES[name]) not in estimated] == []


def _ops(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ops", "cost", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def test_the_command_prints_lines_sum_and_sources(tmp_path: Path) -> None:
    page = tmp_path / "cost.md"
    finished = _ops("--markdown", str(page), INFRA_SETTINGS=str(EXPENSE_TRACKER))
    assert finished.returncode == 0, finished.stderr
    total, table, sources = (part.splitlines() for part in finished.stdout.split("\n\n"))
    assert total == ["total: 0.03 $ a month, without tax; the budget is 5.00 $"]
    assert table[0] == "$/month  stack    resource, assumption, price, source"
    sums = [row.split()[0] for row in table[1:] if not row[0:9].isspace()]
    assert sum(map(Decimal, sums)) == Decimal("0.03")
    assert sources[0] == "[1] Neon docs, Neon plans, 2026-11-12: https://neon.com/docs/introduction/plans"
    assert page.read_text().startswith("| stack | resource |")
    assert "total: 0.03 $ a month" in page.read_text()


@pytest.mark.parametrize("file", [EXPENSE_TRACKER, ROOT / "examples/full.toml"])
def test_the_table_fits_80_columns_and_is_longer_than_its_footnotes(file: Path) -> None:
    settings = load_settings(file)
    rows = list(cost_text.lines(estimate(settings, read_prices())))
    assert max(map(len, rows)) <= 80
    first, second = (number for number, row in enumerate(rows) if not row)
    assert first == 1, "the total comes first"
    assert len(rows) - second < second - first


def test_a_sum_above_the_budget_exits_with_3(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(EXPENSE_TRACKER.read_text() + "\n[budget]\nmonthly_usd = 0.02\n")
    finished = _ops(INFRA_SETTINGS=str(file))
    assert finished.returncode == 3
    assert "0.03 $ a month is above the budget of 0.02 $; " in finished.stderr


def test_an_error_in_the_settings_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(EXPENSE_TRACKER.read_text() + "\n[budget]\nmonthly_usd = -1\n")
    finished = _ops(INFRA_SETTINGS=str(file))
    assert (finished.returncode, finished.stdout) == (1, "")
    (line,) = finished.stderr.splitlines()
    assert "budget.monthly_usd: input should be greater than or equal to 0" in line
