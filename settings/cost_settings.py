"""The table [budget]: what a month may cost, and the use that `python -m ops cost` reckons with."""

from pydantic import Field

from settings.settings_table import SettingsTable


class UsageSettings(SettingsTable):
    """What a month is assumed to use. The defaults are those of a small product with a few hundred visitors a day."""

    compute_hours: float = Field(
        default=160, ge=0, le=744, description="Time that each database compute is awake, in hours."
    )
    compute_load: float = Field(
        default=0.25,
        ge=0,
        le=1,
        description="Where between its smallest and its largest size a compute is on average: 0 the smallest, 1 the "
        "largest.",
    )
    storage_gb: float = Field(default=0.3, ge=0, le=1e6, description="Data on the default branch, in GB.")
    branch_storage_gb: float = Field(
        default=0.05,
        ge=0,
        le=1e6,
        description="Data that each environment's own branch has changed since it was made, in GB.",
    )
    history_gb: float = Field(default=0.1, ge=0, le=1e6, description="Changes that are kept to restore from, in GB.")
    transfer_gb: float = Field(default=1, ge=0, le=1e6, description="Data that the databases send out, in GB.")
    api_requests: int = Field(default=300_000, ge=0, le=10**12, description="Requests to all API Workers together.")
    api_cpu_ms: float = Field(default=5, ge=0, le=300_000, description="CPU time of one such request, in milliseconds.")
    state_gb: float = Field(
        default=0.01, ge=0, le=1e6, description="Terraform's states with their older versions, in GB."
    )
    state_writes: int = Field(default=2_000, ge=0, le=10**9, description="S3 requests that write or list.")
    state_reads: int = Field(default=10_000, ge=0, le=10**9, description="S3 requests that read.")
    actions_minutes: int = Field(
        default=600, ge=0, le=10**7, description="Minutes of GitHub's Linux runners, of all workflows together."
    )
    private_repository: bool = Field(
        default=True, description="Whether those run in a private repository; in a public one they are free."
    )


class CostSettings(SettingsTable):
    monthly_usd: float = Field(
        default=5,
        ge=0,
        le=1e6,
        description="What a month may cost, in US dollars without tax; `make cost` fails above it.",
    )
    yearly_billing: bool = Field(
        default=False, description="Reckon with the zone plan's price when a year is paid at once, which is lower."
    )
    price_days: int = Field(
        default=365, ge=1, le=3650, description="A price whose source is older than this gets a warning, in days."
    )
    usage: UsageSettings = Field(
        default_factory=UsageSettings, description="The use that a month's cost is reckoned from."
    )
