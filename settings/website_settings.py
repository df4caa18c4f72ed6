"""The tables about the site: the project on Cloudflare Pages, and an environment's domain."""

from pydantic import Field

from settings.settings_table import SettingsTable
from settings.text_kinds import DomainName, EnvironmentVariable, FilePath, IsoDate, Line


class WebsiteSettings(SettingsTable):
    build_command: Line = Field(description="The command that Cloudflare Pages runs to build the site.")
    destination_dir: FilePath = Field(description="The folder that the build fills, from the repository's root.")
    root_dir: FilePath = Field("/", description="The folder in which the build command runs.")
    path_excludes: list[FilePath] = Field([], description="Paths whose changes do not start a build.")
    compatibility_date: IsoDate = Field(
        description="The Workers runtime's behaviour is kept as of this date (year-month-day)."
    )
    api_url_variable: EnvironmentVariable = Field(
        "NEXT_PUBLIC_API_URL",
        description="The build variable that tells the site the API's address; set where there is an [api] table.",
    )


class SiteDomainSettings(SettingsTable):
    domain: DomainName = Field(description="A host name in cloudflare.zone that leads to the production site.")
    web_analytics: bool = Field(
        False, description="Count the site's visits with Web Analytics; the output web_analytics_token is for its page."
    )
