"""The tables of Terraform's states: their bucket, and how this project manages it."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from settings.notification_settings import EmailAddress
from settings.settings_table import SettingsTable
from settings.text_kinds import AwsRegion, BucketName, Line, shown


def _repository(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]{1,39}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}", value):
        raise ValueError(
            f"{shown(value)} is not a GitHub repository; use the form owner/name, spelled as GitHub shows it"
        )
    return value


def _environment(value: str) -> str:
    # A colon or an asterisk would make another claim of it in a role's trust policy.
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}", value):
        raise ValueError(
            f"{shown(value)} is not a GitHub environment; use letters, digits, dots, hyphens and underscores"
        )
    return value


FullRepositoryName = Annotated[Line, AfterValidator(_repository)]
GitHubEnvironment = Annotated[Line, AfterValidator(_environment)]

STATE_FILE = "terraform.tfstate"
"""The last part of the object key of every state."""
LOCK_SUFFIX = ".tflock"
"""What Terraform's S3 backend appends to a state's key for its lock (Terraform docs, "S3 backend", use_lockfile)."""


class AccountBudgetSettings(SettingsTable):
    """An alarm on what the whole AWS account costs in a month."""

    limit_usd: int = Field(5, ge=1, le=1_000_000, description="The monthly limit for the account, in US dollars.")
    emails: list[EmailAddress] = Field(
        description="Who gets an e-mail at 80% and 100% of the limit, and when the forecast exceeds it; 1 to 10."
    )


class GitHubIds(SettingsTable):
    """The numbers that GitHub gave a repository and its owner; they stay when either is renamed."""

    owner: int = Field(ge=1, description="The number of the user or organization that owns the repository.")
    repository: int = Field(ge=1, description="The repository's number.")


class ManagedStateSettings(SettingsTable):
    """The stack `state`: the bucket, and which GitHub workflows can use it."""

    infrastructure_repository: FullRepositoryName = Field(
        description="This project's own repository on GitHub, as owner/name. Its workflows can assume the roles that "
        "plan and deploy, those of [repository] the ones that release."
    )
    github_ids: dict[FullRepositoryName, GitHubIds] = Field(
        {},
        description="GitHub's numbers of the two repositories, by owner/name: the tokens of repositories that were "
        "created or renamed since 2026-07-15 contain them. `gh api repos/<owner>/<name> --jq '.owner.id, .id'` prints "
        "both.",
    )
    github_environment: GitHubEnvironment = Field(
        "production", description="The GitHub environment whose jobs can deploy. Set required reviewers on it."
    )
    noncurrent_version_days: int = Field(
        90,
        ge=1,
        le=3650,
        description="How long a state's older versions are retained, in days. The 10 newest are always retained.",
    )
    budget: AccountBudgetSettings | None = Field(
        None, description="An alarm on the AWS account's costs. Left out: no alarm."
    )


class StateSettings(SettingsTable):
    """Where the states are stored."""

    bucket: BucketName = Field(
        description="The S3 bucket of Terraform's states. It must exist before the first deploy, or be created by "
        "[state.manage]."
    )
    region: AwsRegion = Field("us-east-1", description="The bucket's AWS region.")
    manage: ManagedStateSettings | None = Field(
        None,
        description="Manage the bucket, GitHub's access to it, and a budget in the stack state. "
        "`python -m ops bootstrap` deploys it.",
    )
