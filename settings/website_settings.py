"""The tables of the site: the Cloudflare Pages project, and an environment's domain."""

from pydantic import Field

from settings.settings_table import SettingsTable
from settings.text_kinds import DashboardVariable, DomainName, EnvironmentVariable, FilePath, IsoDate, Line


class WebsiteSettings(SettingsTable):
    build_command: Line = Field(description="The command with which Cloudflare Pages builds the site.")
    destination_dir: FilePath = Field(
        description="The folder with the build's output, relative to the repository's root."
    )
    root_dir: FilePath = Field("/", description="The folder in which the build command runs.")
    path_excludes: list[FilePath] = Field([], description="Paths whose changes don't start a build.")
    compatibility_date: IsoDate = Field(description="The Workers runtime behaves as on this date (year-month-day).")
    api_url_variable: EnvironmentVariable = Field(
        "NEXT_PUBLIC_API_URL",
        description="The build variable with the API's URL; set if there is an [api] table.",
    )

    build_image: int | None = Field(
        None, ge=1, le=3, description="Version of the image in which Cloudflare Pages builds. Default: the newest."
    )
    variables: dict[EnvironmentVariable, Line] = Field(
        {}, description="Plain variables of production's builds, by name. Visitors can read them."
    )
    preview_variables: dict[EnvironmentVariable, Line] = Field(
        {}, description="The same for the builds of other branches."
    )
    secret_variables: list[EnvironmentVariable] = Field(
        [], description="Secret variables of production. Terraform takes each value from TF_VAR_website_<name>."
    )
    preview_secret_variables: list[EnvironmentVariable] = Field(
        [], description="The same for other branches, from TF_VAR_website_preview_<name>."
    )
    unmanaged_variables: list[DashboardVariable] = Field(
        [],
        description="Variables, also secret ones, and bindings (KV, D1, R2 and others) that are set in Cloudflare's "
        "dashboard and left as they are.",
    )


class SiteDomainSettings(SettingsTable):
    domain: DomainName = Field(description="A host name in cloudflare.zone that serves the production site.")
    web_analytics: bool = Field(
        False, description="Count the site's visits with Web Analytics. The page needs the output web_analytics_token."
    )
