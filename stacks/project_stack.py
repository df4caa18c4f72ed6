"""The stack `project`: what all environments share."""

from constructs_lib.naming import adopt
from constructs_lib.neon_database import DatabaseProject
from constructs_lib.providers import use_cloudflare, use_neon
from constructs_lib.terraform_inputs import secret_site_variable, sensitive_input
from constructs_lib.website import Website

from cdktf import TerraformOutput
from constructs import Construct

from settings import Settings
from stacks.base_stack import BaseStack


class ProjectStack(BaseStack):
    """The Neon project with its default branch, and the Pages project that builds the site."""

    def __init__(self, scope: Construct, id: str, *, settings: Settings) -> None:
        """
        Args:
            scope: the app.
            id: the stack's name.
            settings: the owner's settings.
        """
        super().__init__(scope, id, settings=settings)
        use_neon(self)
        database = DatabaseProject(
            self,
            "database",
            name=settings.project.name,
            organization=sensitive_input(self, "neon_org_id"),
            settings=settings.database,
        )
        project = database.project
        self._output("project_id", project.id)
        self._output("project_connection_uri", project.connection_uri, sensitive=True)
        self._output("project_connection_uri_pooler", project.connection_uri_pooler, sensitive=True)
        self._output("project_default_branch_id", project.default_branch_id)
        self._output("project_database_user", project.database_user)
        if settings.website:
            use_cloudflare(self)
            website = Website(
                self,
                "website",
                account_id=sensitive_input(self, "cloudflare_account_id"),
                name=settings.project.name,
                repository=settings.repository,
                settings=settings.website,
                variables=settings.site_variables(),
                secrets={
                    name: secret_site_variable(self, name, preview=False) for name in settings.website.secret_variables
                },
                preview_secrets={
                    name: secret_site_variable(self, name, preview=True)
                    for name in settings.website.preview_secret_variables
                },
            )
            self._output("pages_project_name", website.project.name)
        adopt(self, {}, settings.moved.get(id))

    def _output(self, name: str, value: str, *, sensitive: bool = False) -> None:
        TerraformOutput(self, name, value=value, sensitive=sensitive or None)
