"""The table [environments.<name>]: what one environment has, each in a stack of its own."""

from pydantic import Field

from settings.api_settings import ApiAddressSettings
from settings.database_settings import BranchSettings, SecretSettings
from settings.settings_table import SettingsTable
from settings.website_settings import SiteDomainSettings


class EnvironmentSettings(SettingsTable):
    adopt_hcl: bool = Field(
        False,
        description="Take over the hand-written HCL's state: move its resources out of module.db and module.web.",
    )
    protected: bool = Field(False, description="Refuse any plan that would destroy this environment's database branch.")
    database: BranchSettings | None = Field(None, description="A Neon branch of its own, with an endpoint and a role.")
    secrets: SecretSettings | None = Field(
        None, description="The API Worker's secrets, made here and read by the release."
    )
    website: SiteDomainSettings | None = Field(None, description="A custom domain for the site.")
    api: ApiAddressSettings | None = Field(
        None, description="An address of the API's own. Left out: the one on workers.dev, which the zone does not see."
    )
