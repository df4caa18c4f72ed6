"""The tables [project] and [repository]: what the product is, and where its code is."""

from pydantic import Field

from settings.table import Table
from settings.text import GitBranch, GitHubName, GitHubOwner, Slug


class Project(Table):
    name: Slug = Field(
        description="The name of the product, its Neon project and its Pages project; every state's key begins with it."
    )
    label_resources: bool = Field(
        False,
        description="Name project and stack in each resource that has a place for it, such as a DNS record's comment. "
        "Off, since it changes resources that are taken over.",
    )


class Repository(Table):
    owner: GitHubOwner = Field(description="The GitHub user or organisation that owns the app's repository.")
    name: GitHubName = Field(description="The app's repository on GitHub, which Cloudflare Pages builds.")
    production_branch: GitBranch = Field("main", description="The git branch that is deployed to production.")
