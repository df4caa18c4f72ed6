"""The table [environments.<name>]: what one environment has, each in a stack of its own."""

from pydantic import Field

from settings.api import ApiAddress
from settings.database import BranchSettings, Secrets
from settings.table import Table
from settings.website import SiteDomain


class Environment(Table):
    adopt_hcl: bool = Field(
        False,
        description="Take over the hand-written HCL's state: move its resources out of module.db and module.web.",
    )
    protected: bool = Field(False, description="Refuse any plan that would destroy this environment's database branch.")
    database: BranchSettings | None = Field(None, description="A Neon branch of its own, with an endpoint and a role.")
    secrets: Secrets | None = Field(None, description="The API Worker's secrets, made here and read by the release.")
    website: SiteDomain | None = Field(None, description="A custom domain for the site.")
    api: ApiAddress | None = Field(
        None, description="An address of the API's own. Left out: the one on workers.dev, which the zone does not see."
    )
