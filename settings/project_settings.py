"""The tables [project] and [repository]: what the product is, and where its code is."""

from pydantic import Field

from settings.settings_table import SettingsTable
from settings.text_kinds import GitBranch, GitHubName, GitHubOwner, Slug


class ProjectSettings(SettingsTable):
    name: Slug = Field(
        description="The name of the product, its Neon project and its Pages project; every state's key begins with it."
    )
    label_resources: bool = Field(
        False,
        description="Name project and stack in each resource that has a place for it, such as a DNS record's comment. "
        "Off, since it changes resources that are taken over.",
    )


class RepositorySettings(SettingsTable):
    owner: GitHubOwner = Field(description="The GitHub user or organisation that owns the app's repository.")
    name: GitHubName = Field(description="The app's repository on GitHub, which Cloudflare Pages builds.")
    production_branch: GitBranch = Field("main", description="The git branch that is deployed to production.")
