"""The table [budget]: the monthly limit, and the usage that `python -m ops cost` assumes."""

from pydantic import Field

from settings.settings_table import SettingsTable


class UsageSettings(SettingsTable):
    """The assumed usage in a month. The defaults fit a small product with a few hundred visitors a day."""

    compute_hours: float = Field(default=160, ge=0, le=744, description="Hours that each database compute is active.")
    compute_load: float = Field(
        default=0.25,
        ge=0,
        le=1,
        description="A compute's average size: 0 is its smallest, 1 its largest.",
    )
    storage_gb: float = Field(default=0.3, ge=0, le=1e6, description="Data on the default branch, in GB.")
    branch_storage_gb: float = Field(
        default=0.05,
        ge=0,
        le=1e6,
        description="Data that each environment's branch changed since it was created, in GB.",
    )
    history_gb: float = Field(default=0.1, ge=0, le=1e6, description="History that is retained for restores, in GB.")
    transfer_gb: float = Field(default=1, ge=0, le=1e6, description="Egress of the databases, in GB.")
    api_requests: int = Field(default=300_000, ge=0, le=10**12, description="Requests to all API Workers together.")
    api_cpu_ms: float = Field(default=5, ge=0, le=300_000, description="CPU time of one such request, in milliseconds.")
    state_gb: float = Field(
        default=0.01, ge=0, le=1e6, description="Terraform's states and their older versions, in GB."
    )
    state_writes: int = Field(default=2_000, ge=0, le=10**9, description="S3 requests that write or list.")
    state_reads: int = Field(default=10_000, ge=0, le=10**9, description="S3 requests that read.")
    actions_minutes: int = Field(
        default=600, ge=0, le=10**7, description="Minutes on GitHub's Linux runners, over all workflows."
    )
    private_repository: bool = Field(
        default=True, description="Whether they run in a private repository. They are free in a public one."
    )


class CostSettings(SettingsTable):
    monthly_usd: float = Field(
        default=5,
        ge=0,
        le=1e6,
        description="The limit for a month, in US dollars before tax. `make cost` fails above it.",
    )
    yearly_billing: bool = Field(default=False, description="Use the zone plan's lower price for yearly billing.")
    price_days: int = Field(
        default=365, ge=1, le=3650, description="The age in days after which a price's source gets a warning."
    )
    usage: UsageSettings = Field(default_factory=UsageSettings, description="The usage that the estimate assumes.")
