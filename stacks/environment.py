"""The stack of one environment (dev, production, …): all of them are instances of this one, told apart by settings."""

from constructs_lib.database import DatabaseBranch
from constructs_lib.inputs import sensitive_input
from constructs_lib.naming import adopt
from constructs_lib.providers import use_cloudflare, use_neon
from constructs_lib.website import WebsiteDomain

from cdktf import TerraformOutput, TerraformResource
from constructs import Construct

from settings import Settings
from stacks.base import Stack


class EnvironmentStack(Stack):
    """An optional database branch, and an optional domain for the site."""

    def __init__(self, scope: Construct, id: str, *, settings: Settings) -> None:
        """
        Args:
            scope: the app.
            id: the environment's name in `settings.environments`, and the stack's.
            settings: the owner's settings.
        """
        super().__init__(scope, id, settings=settings)
        database = self._database(settings)
        website = self._website(settings)
        if settings.environments[id].adopt_hcl:
            adopt(self, {"module.db": database, "module.web": website})

    def _database(self, settings: Settings) -> list[TerraformResource]:
        environment = settings.environments[self.node.id]
        branch = environment.database
        if branch is None:
            return []
        use_neon(self)
        database = DatabaseBranch(
            self,
            "database",
            project_id=self.outputs_of("project").get_string("project_id"),
            name=branch.branch or self.node.id,
            database=settings.database.name,
            role=settings.role_name(self.node.id),
            autoscaling_limit_max_cu=branch.autoscaling_limit_max_cu,
            protected=environment.protected,
        )
        TerraformOutput(self, "database_uri", value=database.connection_uri, sensitive=True)
        return database.resources

    def _website(self, settings: Settings) -> list[TerraformResource]:
        website = settings.environments[self.node.id].website
        if website is None or settings.cloudflare is None:
            return []
        use_cloudflare(self)
        domain = WebsiteDomain(
            self,
            "website",
            account_id=sensitive_input(self, "cloudflare_account_id"),
            zone_id=sensitive_input(self, "cloudflare_zone_id"),
            zone=settings.cloudflare.zone,
            pages_project=settings.project.name,
            domain=website.domain,
        )
        return domain.resources
