"""The site on Cloudflare Pages: the project that builds it, and an environment's domain."""

from constructs_lib.naming import named

from cdktf import TerraformResource, TerraformResourceLifecycle
from cdktf_cdktf_provider_cloudflare.data_cloudflare_pages_project import DataCloudflarePagesProject
from cdktf_cdktf_provider_cloudflare.dns_record import DnsRecord
from cdktf_cdktf_provider_cloudflare.pages_domain import PagesDomain
from cdktf_cdktf_provider_cloudflare.pages_project import (
    PagesProject,
    PagesProjectBuildConfig,
    PagesProjectDeploymentConfigs,
    PagesProjectDeploymentConfigsPreview,
    PagesProjectDeploymentConfigsProduction,
    PagesProjectSource,
    PagesProjectSourceConfig,
)
from cdktf_cdktf_provider_cloudflare.pages_project import (
    PagesProjectDeploymentConfigsPreviewEnvVars as PreviewVariable,
)
from cdktf_cdktf_provider_cloudflare.pages_project import (
    PagesProjectDeploymentConfigsProductionEnvVars as Variable,
)
from constructs import Construct

from catalog import PAGES_BINDINGS
from settings import RepositorySettings, WebsiteSettings

AUTOMATIC_TTL = 1  # seconds; Cloudflare reads 1 as "automatic" (Cloudflare docs, "Time to Live")


class Website(Construct):
    """A Cloudflare Pages project that builds and serves a GitHub repository's site. It is never destroyed.

    Attributes:
        project: the `cloudflare_pages_project`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        account_id: str,
        name: str,
        repository: RepositorySettings,
        settings: WebsiteSettings,
        variables: dict[str, str],
        secrets: dict[str, str],
        preview_secrets: dict[str, str],
    ) -> None:
        """
        Args:
            scope: the stack.
            id: unique in the scope.
            account_id: the Cloudflare account's id, sensitive.
            name: the Pages project's name, and so `<name>.pages.dev`.
            repository: the table [repository]: the GitHub repository that Pages builds.
            settings: the table [website].
            variables: plain build variables of production. No secrets: visitors can read them.
            secrets: secret build variables of production, with references to their values.
            preview_secrets: those of other branches.
        """
        super().__init__(scope, id)
        production_variables = {
            **{name: Variable(type="plain_text", value=value) for name, value in variables.items()},
            **{name: Variable(type="secret_text", value=value) for name, value in secrets.items()},
        }
        preview_variables = {
            **{
                name: PreviewVariable(type="plain_text", value=text)
                for name, text in settings.preview_variables.items()
            },
            **{name: PreviewVariable(type="secret_text", value=value) for name, value in preview_secrets.items()},
        }
        self.project = named(
            PagesProject(
                self,
                "project",
                account_id=account_id,
                name=name,
                production_branch=repository.production_branch,
                source=PagesProjectSource(
                    type="github",
                    config=PagesProjectSourceConfig(
                        owner=repository.owner,
                        repo_name=repository.name,
                        production_branch=repository.production_branch,
                        pr_comments_enabled=True,
                        path_excludes=settings.path_excludes,
                        production_deployments_enabled=True,
                    ),
                ),
                build_config=PagesProjectBuildConfig(
                    build_command=settings.build_command,
                    destination_dir=settings.destination_dir,
                    root_dir=settings.root_dir,
                ),
                deployment_configs=PagesProjectDeploymentConfigs(
                    production=PagesProjectDeploymentConfigsProduction(
                        compatibility_date=settings.compatibility_date,
                        build_image_major_version=settings.build_image,
                        env_vars=production_variables or None,
                    ),
                    preview=PagesProjectDeploymentConfigsPreview(
                        compatibility_date=settings.compatibility_date,
                        build_image_major_version=settings.build_image,
                        env_vars=preview_variables or None,
                    ),
                ),
                lifecycle=TerraformResourceLifecycle(
                    prevent_destroy=True,
                    ignore_changes=[
                        f'deployment_configs.{builds}.{argument}["{name}"]'
                        for builds in ("production", "preview")
                        for argument in ("env_vars", *PAGES_BINDINGS)
                        for name in settings.unmanaged_variables
                    ]
                    or None,
                ),
            ),
            "web",
        )


class WebsiteDomain(Construct):
    """A custom domain for the site: the Pages domain, and its proxied CNAME record.

    Attributes:
        resources: the Terraform resources.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        account_id: str,
        zone_id: str,
        pages_project: str,
        domain: str,
        comment: str | None = None,
    ) -> None:
        """
        Args:
            scope: the stack.
            id: unique in the scope.
            account_id: the Cloudflare account's id, sensitive.
            zone_id: the DNS zone's id, sensitive.
            pages_project: the Pages project's name.
            domain: the host name, in the zone.
            comment: the DNS record's comment, at most 100 characters (Cloudflare docs, "Record attributes").
        """
        super().__init__(scope, id)
        site = named(DataCloudflarePagesProject(self, "site", account_id=account_id, project_name=pages_project), "web")
        pages_domain = named(
            PagesDomain(self, "domain", account_id=account_id, project_name=site.name, name=domain), "custom"
        )
        record = named(
            DnsRecord(
                self,
                "record",
                zone_id=zone_id,
                # The full name: the provider takes a short one for unchanged if the old name starts with it, so
                # a change of the domain from a.b.zone to a.zone would leave the old record in place.
                name=domain,
                type="CNAME",
                content=f"{site.name}.pages.dev",
                ttl=AUTOMATIC_TTL,
                proxied=True,
                comment=comment,
            ),
            "web",
        )
        self.resources: list[TerraformResource] = [pages_domain, record]
