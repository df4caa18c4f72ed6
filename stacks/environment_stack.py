"""The stack of one environment (dev, production, …)."""

from constructs_lib.api_address import ApiDomain, ApiRoute
from constructs_lib.naming import adopt
from constructs_lib.neon_database import DatabaseBranch
from constructs_lib.observability import SiteAnalytics
from constructs_lib.providers import use_cloudflare, use_neon, use_random
from constructs_lib.terraform_inputs import sensitive_input
from constructs_lib.website import WebsiteDomain
from constructs_lib.worker_secrets import WorkerSecrets

from cdktf import TerraformOutput, TerraformResource
from constructs import Construct

from settings import Settings
from stacks.base_stack import BaseStack


class EnvironmentStack(BaseStack):
    """An optional database branch, site domain, API address and Worker secrets."""

    def __init__(self, scope: Construct, id: str, *, settings: Settings) -> None:
        """
        Args:
            scope: the app.
            id: the environment's name in `settings.environments`, and the stack's.
            settings: the owner's settings.
        """
        super().__init__(scope, id, settings=settings)
        database = self._database(settings)
        website = self._addresses(settings)
        self._secrets(settings, database)
        modules = {"module.db": database.resources if database else [], "module.web": website}
        adopt(self, modules if settings.environments[id].adopt_hcl else {}, settings.moved.get(id))

    def _database(self, settings: Settings) -> DatabaseBranch | None:
        environment = settings.environments[self.node.id]
        branch = environment.database
        if branch is None:
            return None
        use_neon(self)
        database = DatabaseBranch(
            self,
            "database",
            project_id=self.outputs_of("project").get_string("project_id"),
            name=settings.branch_name(self.node.id),
            database=settings.database.name,
            role=settings.role_name(self.node.id),
            settings=branch,
            protected=environment.protected,
        )
        TerraformOutput(self, "database_uri", value=database.connection_uri, sensitive=True)
        if database.read_replica_uri:
            TerraformOutput(self, "read_replica_uri", value=database.read_replica_uri, sensitive=True)
        return database

    def _secrets(self, settings: Settings, database: DatabaseBranch | None) -> None:
        environment = settings.environments[self.node.id]
        if environment.secrets is None:
            return
        use_random(self)
        shared = self.outputs_of("project")
        secrets = WorkerSecrets(
            self,
            "secrets",
            rotation=environment.secrets.rotation,
            database_uri=database.connection_uri if database else shared.get_string("project_connection_uri"),
            api_url=settings.api_url(self.node.id) if settings.api else None,
        )
        TerraformOutput(self, "worker_secrets", value=secrets.values, sensitive=True)

    def _addresses(self, settings: Settings) -> list[TerraformResource]:
        """The site's domain and the API's address. Returns the resources that the hand-written Terraform has too."""
        environment = settings.environments[self.node.id]
        website, api = environment.website, environment.api
        if settings.cloudflare is None or not (website or api):
            return []
        use_cloudflare(self)
        account_id = sensitive_input(self, "cloudflare_account_id")
        zone_id = sensitive_input(self, "cloudflare_zone_id")
        worker = settings.api.worker_name(self.node.id) if settings.api else ""
        if api and api.domain:
            ApiDomain(self, "api", account_id=account_id, zone_id=zone_id, worker=worker, domain=api.domain)
        if website is None:
            return []
        if api and api.route:
            ApiRoute(self, "api", zone_id=zone_id, worker=worker, pattern=f"{website.domain}{api.route}")
        if website.web_analytics:
            analytics = SiteAnalytics(self, "analytics", account_id=account_id, host=website.domain)
            TerraformOutput(self, "web_analytics_token", value=analytics.token)
        domain = WebsiteDomain(
            self,
            "website",
            account_id=account_id,
            zone_id=zone_id,
            pages_project=settings.project.name,
            domain=website.domain,
            comment=f"Terraform {self.label}" if self.label else None,
        )
        return domain.resources
