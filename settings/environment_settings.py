"""The table [environments.<name>]: one environment, and its stack."""

from pydantic import Field

from settings.api_settings import ApiAddressSettings
from settings.database_settings import BranchSettings, SecretSettings
from settings.settings_table import SettingsTable
from settings.website_settings import SiteDomainSettings


class EnvironmentSettings(SettingsTable):
    adopt_hcl: bool = Field(
        False,
        description="Adopt the hand-written Terraform's state: move its resources out of module.db and module.web.",
    )
    protected: bool = Field(False, description="Refuse any plan that would destroy this environment's database branch.")
    database: BranchSettings | None = Field(None, description="A Neon branch with its own endpoint and role.")
    secrets: SecretSettings | None = Field(
        None, description="The API Worker's secrets, generated here and read by the release."
    )
    website: SiteDomainSettings | None = Field(None, description="A custom domain for the site.")
    api: ApiAddressSettings | None = Field(
        None, description="The API's own address. Default: the one on workers.dev, which is outside the zone."
    )
