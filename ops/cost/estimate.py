"""The monthly cost of each resource: what the settings create, times the use that they assume, times its price.

The catalog says which prices a resource type has.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from functools import cached_property

from catalog import CATALOG
from ops.cost.prices import Price, counted
from settings import ComputeSettings, Settings
from settings.neon_plans import NEON_MIN_CU

CENT = Decimal("0.01")
OUTSIDE = "–"
"""In place of a stack: what the product needs and no stack creates."""
EVERYWHERE = "all"
"""In place of a stack: what every stack may create."""
_INCLUDED = "cloudflare.part"


@dataclass(frozen=True, kw_only=True)
class CostLine:
    """The monthly cost of one resource.

    Attributes:
        stack: the stack that creates it, `OUTSIDE` or `EVERYWHERE`.
        resource: its address in the stack, or what it is.
        assumption: the assumed use.
        price: what a unit of it costs.
        usd: US dollars a month, rounded up to the cent.
    """

    stack: str
    resource: str
    assumption: str
    price: Price
    usd: Decimal


@dataclass(frozen=True)
class Estimate:
    """The monthly cost.

    Attributes:
        lines: the resources, by stack.
        limits: one sentence for each free plan that would not be enough.
        budget: what a month may cost, in US dollars.
    """

    lines: list[CostLine]
    limits: list[str]
    budget: Decimal

    @property
    def total(self) -> Decimal:
        """The sum of the lines, in US dollars."""
        return sum((line.usd for line in self.lines), Decimal(0))

    @property
    def is_above_budget(self) -> bool:
        return self.total > self.budget


class Meter:
    """The use of one price by several resources, which share the amount that a month includes."""

    def __init__(self, price: Price) -> None:
        self.price = price
        self.used = Decimal(0)

    def take(self, amount: Decimal) -> Decimal:
        """Adds to the use; returns the cost of that, in US dollars rounded up to the cent."""
        before, self.used = self.used, self.used + amount
        charged = max(self.used, self.price.included) - max(before, self.price.included)
        return (charged * self.price.usd / self.price.per).quantize(CENT, ROUND_UP)


# The workflow backs up once a day, in the longest month.
_NIGHTS = 31


def estimate(settings: Settings, prices: Mapping[str, Price]) -> Estimate:
    """Estimates the monthly cost.

    Args:
        settings: the owner's settings, with `budget.usage`.
        prices: the prices by name, from `read_prices`.
    """
    bill = _Bill(settings, prices)
    lines = [
        *bill.database(),
        *bill.website(),
        *bill.api(),
        *bill.state(),
        *bill.backups(),
        *bill.workflows(),
    ]
    order = ["project", *settings.environments, "state", EVERYWHERE, OUTSIDE]
    lines.sort(key=lambda line: order.index(line.stack))
    return Estimate(lines, list(bill.limits()), Decimal(str(settings.budget.monthly_usd)))


class _Bill:
    def __init__(self, settings: Settings, prices: Mapping[str, Price]) -> None:
        self._settings = settings
        self._use = settings.budget.usage
        self._meters = {name: Meter(price) for name, price in prices.items()}

    def _line(self, stack: str, resource: str, assumption: str, price: str, amount: Decimal) -> CostLine:
        meter = self._meters[price]
        usd = meter.take(amount)
        return CostLine(stack=stack, resource=resource, assumption=assumption, price=meter.price, usd=usd)

    def _price(self, type: str, what: str) -> str:
        """The name of a resource type's price for one thing that it uses, such as `compute`."""
        plan = self._settings.database.plan  # Neon's is the only service whose prices depend on a plan of the settings
        (price,) = (price for price in CATALOG[type].prices if price.rpartition(".")[2] == what)
        return price.format(plan=plan)

    @cached_property
    def _computes(self) -> dict[tuple[str, str], ComputeSettings]:
        """The project's computes, by stack and address."""
        found: dict[tuple[str, str], ComputeSettings] = {("project", "neon_project.main"): self._settings.database}
        for name, environment in self._settings.environments.items():
            if environment.database:
                found[name, "neon_endpoint.this"] = environment.database
                if environment.database.read_replica:
                    found[name, "neon_endpoint.read_replica"] = environment.database.read_replica
        return found

    def database(self) -> Iterator[CostLine]:
        """Neon: computes, data, history and traffic."""
        use, quota = self._use, self._settings.database.quota
        left = Decimal(quota.compute_time_seconds) / 3600 if quota and quota.compute_time_seconds else None
        for (stack, address), compute in self._computes.items():
            low, high = (
                _decimal(compute.autoscaling_limit_min_cu or NEON_MIN_CU),
                _decimal(compute.autoscaling_limit_max_cu),
            )
            size = low + (high - low) * _decimal(use.compute_load)
            wanted = hours = size * _decimal(use.compute_hours)
            if left is not None:
                hours = min(wanted, left)
                left -= hours
            text = f"awake {use.compute_hours:g} h at {size.normalize():f} CU = {counted('CU-hour', wanted)}"
            if hours < wanted:
                text += f", {counted('CU-hour', hours)} within the quota"
            yield self._line(stack, address, text, self._price(address.partition(".")[0], "compute"), hours)
        stored = _decimal(use.storage_gb)
        price = self._price("neon_project", "storage")
        yield self._line("project", "neon_project.main, data", f"{use.storage_gb:g} GB", price, stored)
        for name, environment in self._settings.environments.items():
            if environment.database:
                changed = _decimal(use.branch_storage_gb)
                text = f"{use.branch_storage_gb:g} GB changed since its creation"
                yield self._line(name, "neon_branch.this, data", text, self._price("neon_branch", "storage"), changed)
        for what, gigabytes in (("history", use.history_gb), ("transfer", use.transfer_gb)):
            price = self._price("neon_project", what)
            yield self._line("project", f"neon_project.main, {what}", f"{gigabytes:g} GB", price, _decimal(gigabytes))

    def website(self) -> Iterator[CostLine]:
        """Cloudflare: the zone's plan, and what comes with it."""
        zone = self._settings.cloudflare
        if self._settings.website or zone:
            text = f"sites, domains, rules, checks and alerts come with the {zone.plan if zone else 'free'} plan"
            yield self._line(EVERYWHERE, "Cloudflare resources", text, _INCLUDED, Decimal(1))
        if zone:
            paid = "yearly" if self._settings.budget.yearly_billing else "monthly"
            text = f"plan {zone.plan}, paid {paid}"
            yield self._line(OUTSIDE, f"zone {zone.zone}", text, f"zone.{zone.plan}.{paid}", Decimal(1))

    def api(self) -> Iterator[CostLine]:
        """The API Workers, which wrangler deploys."""
        api = self._settings.api
        if api is None:
            return
        use = self._use
        requests = Decimal(use.api_requests)
        if api.plan == "paid":
            yield self._line(OUTSIDE, "Workers, paid plan", "one account", "workers.paid.base", Decimal(1))
        yield self._line(
            OUTSIDE, "Workers, requests", f"{use.api_requests:,} requests", f"workers.{api.plan}.requests", requests
        )
        if api.plan == "paid":
            cpu = requests * _decimal(use.api_cpu_ms)
            text = f"{use.api_cpu_ms:g} ms of CPU each = {counted('ms', cpu)}"
            yield self._line(OUTSIDE, "Workers, CPU", text, "workers.paid.cpu", cpu)

    def backups(self) -> Iterator[CostLine]:
        """The backups in the state bucket, and what taking them reads from Neon."""
        backup = self._settings.backup
        if backup is None:
            return
        # Dumps are compressed, but by how much depends on the data: each is assumed to have the database's size.
        size = _decimal(self._use.storage_gb) * len(backup.environments)
        each = f"dumps of {_decimal(self._use.storage_gb).normalize():f} GB at most for each environment"
        managed = self._settings.state.manage is not None
        text = f"{backup.retained} {each}" + ("" if managed else "; without [state.manage], delete older ones yourself")
        price = self._price("aws_s3_bucket", "storage")
        stack, what = "state" if managed else OUTSIDE, f"S3 bucket {self._settings.state.bucket}, backups"
        yield self._line(stack, what, text, price, size * backup.retained)
        price = self._price("neon_project", "transfer")
        text = f"{_NIGHTS} {each}"
        yield self._line("project", "neon_project.main, transfer of backups", text, price, size * _NIGHTS)

    def state(self) -> Iterator[CostLine]:
        """The bucket of Terraform's states, and the alarm on the costs of the account."""
        state, use = self._settings.state, self._use
        stack = "state" if state.manage else OUTSIDE
        bucket = f"S3 bucket {state.bucket}"
        elsewhere = "" if state.region == "us-east-1" else f" (us-east-1's price, for {state.region})"
        amounts = {
            "storage": (f"{use.state_gb:g} GB", _decimal(use.state_gb)),
            "writes": (f"{use.state_writes:,} requests that write", Decimal(use.state_writes)),
            "reads": (f"{use.state_reads:,} requests that read", Decimal(use.state_reads)),
        }
        for name, (text, amount) in amounts.items():
            price = self._price("aws_s3_bucket", name)
            yield self._line(stack, f"{bucket}, {name}", f"{text}{elsewhere}", price, amount)
        if state.manage and state.manage.budget:
            price = self._price("aws_budgets_budget", "budget")
            yield self._line("state", "aws_budgets_budget", "one without an action", price, Decimal(1))

    def workflows(self) -> Iterator[CostLine]:
        """GitHub's runners."""
        use = self._use
        kind = "private" if use.private_repository else "public"
        text = f"{use.actions_minutes:,} minutes of Linux in a {kind} repository"
        yield self._line(OUTSIDE, "GitHub Actions", text, f"actions.{kind}", Decimal(use.actions_minutes))

    def limits(self) -> Iterator[str]:
        """A sentence for each free plan that would not be enough."""
        names = {"neon": "Neon's", "workers": "The Workers"}
        advice = {
            "neon": "set database.plan to a paid plan, or lower budget.usage",
            "workers": 'set api.plan to "paid", or lower budget.usage',
        }
        for name, meter in self._meters.items():
            price = meter.price
            if price.ends and meter.used > price.included:
                service, plan, _ = name.split(".")
                yield (
                    f"{names[service]} {plan} plan is not enough: {counted(price.unit, meter.used)} are more "
                    f"than the {price.included:,f} that it includes a month; {advice[service]}"
                )


def _decimal(value: float) -> Decimal:
    return Decimal(str(value))  # by its text: 0.1 stays 0.1
