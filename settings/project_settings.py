"""The tables [project] and [repository]: the product, and where its code is."""

from pydantic import Field

from settings.settings_table import SettingsTable
from settings.text_kinds import GitBranch, GitHubName, GitHubOwner, Slug


class ProjectSettings(SettingsTable):
    name: Slug = Field(
        description="The name of the product, its Neon project and its Pages project. Every state's key starts with it."
    )
    label_resources: bool = Field(
        False,
        description="Write project and stack into each resource that can hold it, such as a DNS record's comment. "
        "Off by default, since it changes adopted resources.",
    )


class RepositorySettings(SettingsTable):
    owner: GitHubOwner = Field(description="The GitHub user or organization that owns the app's repository.")
    name: GitHubName = Field(description="The app's repository on GitHub. Cloudflare Pages builds it.")
    production_branch: GitBranch = Field("main", description="The git branch that is deployed to production.")

    @property
    def full_name(self) -> str:
        """The app's repository as `owner/name`."""
        return f"{self.owner}/{self.name}"
