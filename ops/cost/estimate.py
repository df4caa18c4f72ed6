"""A month's cost by resource: what the settings make, times the use that they assume, at the prices that are known."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from functools import cached_property

from ops.cost.prices import Price, counted
from settings import ComputeSettings, Settings
from settings.neon_plans import NEON_MIN_CU

CENT = Decimal("0.01")
OUTSIDE = "–"
"""In place of a stack: what no stack of this project holds, but its product needs."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One resource's cost in a month.

    Attributes:
        stack: the stack that holds it, or `OUTSIDE`.
        resource: its address in the stack, or what it is.
        assumption: the use that is reckoned with.
        price: what one of it costs.
        usd: US dollars a month, rounded up to the cent.
    """

    stack: str
    resource: str
    assumption: str
    price: Price
    usd: Decimal


@dataclass(frozen=True)
class Estimate:
    """What a month costs.

    Attributes:
        lines: the resources, by stack.
        limits: one sentence for each free plan that would not be enough.
        budget: what a month may cost, in US dollars.
    """

    lines: list[Line]
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
    """What several resources use of one price: they share what a month includes."""

    def __init__(self, price: Price) -> None:
        self.price = price
        self.used = Decimal(0)

    def take(self, amount: Decimal) -> Decimal:
        """Uses some more; returns what that costs, in US dollars rounded up to the cent."""
        before, self.used = self.used, self.used + amount
        charged = max(self.used, self.price.included) - max(before, self.price.included)
        return (charged * self.price.usd / self.price.per).quantize(CENT, ROUND_UP)


def estimate(settings: Settings, prices: Mapping[str, Price]) -> Estimate:
    """Reckons what a month costs.

    Args:
        settings: what is deployed, and `budget.usage`.
        prices: by name, as `read_prices` gives them.
    """
    reckoning = _Reckoning(settings, prices)
    lines = [
        *reckoning.database(),
        *reckoning.website(),
        *reckoning.api(),
        *reckoning.edge(),
        *reckoning.state(),
        *reckoning.workflows(),
    ]
    order = ["project", *settings.environments, "edge", "state", OUTSIDE]
    lines.sort(key=lambda line: order.index(line.stack))
    return Estimate(lines, list(reckoning.limits()), Decimal(str(settings.budget.monthly_usd)))


class _Reckoning:
    def __init__(self, settings: Settings, prices: Mapping[str, Price]) -> None:
        self._settings = settings
        self._use = settings.budget.usage
        self._meters = {name: Meter(price) for name, price in prices.items()}

    def _line(self, stack: str, resource: str, assumption: str, price: str, amount: Decimal) -> Line:
        meter = self._meters[price]
        return Line(stack=stack, resource=resource, assumption=assumption, price=meter.price, usd=meter.take(amount))

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

    def database(self) -> Iterator[Line]:
        """Neon: computes, data, history and traffic."""
        plan = f"neon.{self._settings.database.plan}"
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
            yield self._line(stack, address, text, f"{plan}.compute", hours)
        stored = _decimal(use.storage_gb)
        yield self._line("project", "neon_project.main, data", f"{use.storage_gb:g} GB", f"{plan}.storage", stored)
        for name, environment in self._settings.environments.items():
            if environment.database:
                changed = _decimal(use.branch_storage_gb)
                text = f"{use.branch_storage_gb:g} GB changed since it was made"
                yield self._line(name, "neon_branch.this, data", text, f"{plan}.storage", changed)
        history, sent = _decimal(use.history_gb), _decimal(use.transfer_gb)
        yield self._line("project", "neon_project.main, history", f"{use.history_gb:g} GB", f"{plan}.history", history)
        yield self._line("project", "neon_project.main, traffic", f"{use.transfer_gb:g} GB", f"{plan}.transfer", sent)

    def website(self) -> Iterator[Line]:
        """Cloudflare Pages and the zone."""
        settings = self._settings
        if settings.website:
            yield self._part("project", "cloudflare_pages_project.web", "requests for static files are free")
        for name, environment in settings.environments.items():
            if environment.website:
                yield self._part(name, "cloudflare_pages_domain.custom", "any plan")
                if environment.website.web_analytics:
                    yield self._part(name, "cloudflare_web_analytics_site.site", "any plan")
        if settings.cloudflare:
            zone, plan = settings.cloudflare.zone, settings.cloudflare.plan
            paid = "yearly" if settings.budget.yearly_billing else "monthly"
            yield self._line(OUTSIDE, f"zone {zone}", f"plan {plan}, paid {paid}", f"zone.{plan}.{paid}", Decimal(1))

    def api(self) -> Iterator[Line]:
        """The API Workers, which wrangler deploys, and their addresses."""
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
        for name, environment in self._settings.environments.items():
            if environment.api:
                kind = "custom_domain" if environment.api.domain else "route"
                yield self._part(name, f"cloudflare_workers_{kind}.api", "any plan")

    def edge(self) -> Iterator[Line]:
        """What the stack edge holds: all of it comes with the plan."""
        edge, notifications = self._settings.edge, self._settings.notifications
        plan = f"part of the {self._settings.cloudflare.plan} plan" if self._settings.cloudflare else "any plan"
        if edge:
            for name in ("headers", "firewall", "rate_limits"):
                if getattr(edge, name):
                    yield self._part("edge", f"cloudflare_ruleset.{name}", plan)
            if edge.zone:
                count = len(edge.zone.wanted())
                yield self._part("edge", "cloudflare_zone_setting", f"{count} settings, {plan}")
            if edge.bots:
                yield self._part("edge", "cloudflare_bot_management.bots", plan)
        checks = self._settings.health_checks()
        for name, check in checks.items():
            text = f"every {check.interval_seconds} s, {plan}"
            yield self._part("edge", f"cloudflare_healthcheck.{name}", text)
        if notifications:
            text = f"{len(notifications.alerts) + len(checks)} alerts, {plan}"
            yield self._part("edge", "cloudflare_notification_policy", text)

    def state(self) -> Iterator[Line]:
        """The bucket of Terraform's states, and the alarm on the account's costs."""
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
            yield self._line(stack, f"{bucket}, {name}", f"{text}{elsewhere}", f"s3.{name}", amount)
        if state.manage and state.manage.budget:
            yield self._line("state", "aws_budgets_budget", "one that only tells", "aws.budget", Decimal(1))

    def workflows(self) -> Iterator[Line]:
        """GitHub's runners."""
        use = self._use
        kind = "private" if use.private_repository else "public"
        text = f"{use.actions_minutes:,} minutes of Linux in a {kind} repository"
        yield self._line(OUTSIDE, "GitHub Actions", text, f"actions.{kind}", Decimal(use.actions_minutes))

    def limits(self) -> Iterator[str]:
        """A sentence for each meter that ran past the end of what can be had."""
        names = {"neon": "Neon's", "workers": "The Workers"}
        advice = {
            "neon": "set database.plan to one that is paid for, or use less (budget.usage)",
            "workers": 'set api.plan to "paid", or use less (budget.usage)',
        }
        for name, meter in self._meters.items():
            price = meter.price
            if price.ends and meter.used > price.included:
                service, plan, _ = name.split(".")
                yield (
                    f"{names[service]} {plan} plan is not enough: {counted(price.unit, meter.used)} are more "
                    f"than the {price.included:,f} of a month; {advice[service]}"
                )

    def _part(self, stack: str, resource: str, assumption: str) -> Line:
        return self._line(stack, resource, assumption, "cloudflare.part", Decimal(1))


def _decimal(value: float) -> Decimal:
    return Decimal(str(value))  # by its text: 0.1 stays 0.1
