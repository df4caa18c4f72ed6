"""`ops doctor --github`: whether the two repositories are set up on GitHub as docs/pipelines.md describes."""

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from ops.clouds.github_setup import GitHubSetup
from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.health.finding import Finding, FindingStatus

OK, WRONG = FindingStatus.OK, FindingStatus.WRONG
PAGE = "docs/pipelines.md"
SECRETS = ("CLOUDFLARE_ACCOUNT_ID", "CLOUDFLARE_API_TOKEN", "NEON_API_KEY")
"""The secrets without which no workflow can plan, deploy, preview or release."""
PROTECTED_SECRETS = ("CLOUDFLARE_API_TOKEN", "NEON_API_KEY")
"""The secrets that can change production: an environment's own are available only to its jobs."""


@dataclass(frozen=True)
class _Wanted:
    """What one repository needs.

    Attributes:
        repository: as `owner/name`.
        roles: its variables with a role's ARN, and the role's name.
        environments: its GitHub environments, each with the variables of its own that hold a role's ARN, and the
            workflow that changes something there.
    """

    repository: str
    roles: Mapping[str, str]
    environments: Mapping[str, tuple[Mapping[str, str], str]]


def github_findings(context: Context) -> Iterator[Finding]:
    """Checks both repositories: GitHub's numbers, environments, reviewers, branches, secrets, variables and roles.

    Args:
        context: has an administrator's token in GITHUB_TOKEN, and the settings.

    Raises:
        OpsError: the settings have no [state.manage], or GitHub refused or did not answer.
    """
    settings = context.settings
    manage, project = settings.state.manage, settings.project.name
    if manage is None:
        raise OpsError("settings.toml has no [state.manage], so the workflows have no roles; add it (docs/state.md)")
    released = settings.environments if settings.api else ()
    wanted = [
        _Wanted(
            manage.infrastructure_repository,
            {"AWS_PLAN_ROLE_ARN": f"{project}-plan", "AWS_DEPLOY_ROLE_ARN": f"{project}-deploy"},
            {manage.github_environment: ({}, "deploy.yml")},
        ),
        _Wanted(
            settings.repository.full_name,
            {},
            {name: ({"AWS_RELEASE_ROLE_ARN": f"{project}-release-{name}"}, f"deploy-{name}.yml") for name in released},
        ),
    ]
    for each in wanted:
        with GitHubSetup(context, repository=each.repository) as github:
            yield from _repository(context, github, each)


def _repository(context: Context, github: GitHubSetup, wanted: _Wanted) -> Iterator[Finding]:
    about = f"GitHub {wanted.repository}"
    found = github.repository()
    private = bool(found["private"])
    yield _numbers(context, about, wanted.repository, owner=found["owner"]["id"], repository=found["id"])
    secrets, variables = github.secrets(), github.variables()
    yield _present(about, "secrets", set(SECRETS), secrets)
    yield _present(about, "variables", {"AWS_REGION"}, variables.keys())
    for name, role in wanted.roles.items():
        yield _role(about, name, role, variables.get(name))
    for environment, (roles, workflow) in wanted.environments.items():
        text = github.file(f".github/workflows/{workflow}")
        if not text and workflow not in ("deploy.yml", "deploy-production.yml"):
            # An environment of the settings that nobody releases to from GitHub.
            yield Finding(about, FindingStatus.LEFT_OUT, f"{environment}: no {workflow}, so nothing is released to it")
            continue
        yield from _environment(about, github, environment, private=private, text=text, workflow=workflow)
        own = github.variables(environment)
        for name, role in roles.items():
            # A repository's variable is what an environment without its own gets.
            yield _role(f"{about} {environment}", name, role, own.get(name, variables.get(name)))


def _numbers(context: Context, about: str, name: str, *, owner: int, repository: int) -> Finding:
    manage = context.settings.state.manage
    known = manage.github_ids.get(name) if manage else None
    if known and (known.owner, known.repository) == (owner, repository):
        return Finding(about, OK, "the roles trust its numbers")
    what = "different numbers" if known else "no numbers"
    remedy = f"set owner = {owner} and repository = {repository}, then run python -m ops bootstrap"
    text = f'[state.manage.github_ids."{name}"] has {what}; tokens may contain {owner} and {repository}'
    return Finding(about, WRONG, text, remedy)


def _environment(
    about: str, github: GitHubSetup, name: str, *, private: bool, text: str, workflow: str
) -> Iterator[Finding]:
    about = f"{about} {name}"
    found = github.environment(name)
    starts_itself = bool(re.search(r"^  push:", text, re.MULTILINE))
    if not text:
        yield Finding(about, WRONG, f"there is no {workflow} on the default branch", f"write it and push it ({PAGE})")
    elif found is not None and found.has_reviewers:
        yield Finding(about, OK, f"{workflow} waits for an approval")
    elif starts_itself:
        remedy = f"set reviewers ({PAGE}, step 3)"
        if private:
            remedy += ", which a private repository has only on GitHub Enterprise"
        remedy += f"; otherwise delete push from {workflow}, so that only you start it"
        yield Finding(about, WRONG, f"{workflow} runs on each push without an approval", remedy)
    else:
        yield Finding(about, OK, f"{workflow} needs no approval: it is only started by hand")
    if found is None:
        plans = "; a private repository has environments only on Pro, Team and Enterprise" if private else ""
        yield Finding(about, WRONG, "there is no such environment", f"create it ({PAGE}, step 3){plans}")
        return
    if found.branches == ["branch main"]:
        yield Finding(about, OK, "only main can use it")
    else:
        which = "every branch" if found.branches is None else ", ".join(found.branches) or "no branch"
        yield Finding(about, WRONG, f"{which} can use it", f"allow main alone ({PAGE}, step 3)")
    yield _present(about, "secrets of its own", set(PROTECTED_SECRETS), github.secrets(name))


def _present(about: str, kind: str, wanted: set[str], found: Set[str]) -> Finding:
    missing = sorted(wanted - found)
    if missing:
        return Finding(about, WRONG, f"{kind}: {', '.join(missing)} not set", f"set them ({PAGE})")
    return Finding(about, OK, f"{kind}: {', '.join(sorted(wanted))}")


def _role(about: str, variable: str, role: str, value: str | None) -> Finding:
    if value is None:
        return Finding(about, WRONG, f"variable {variable} is not set", f"set it to the ARN of {role} ({PAGE}, step 4)")
    if not re.fullmatch(rf"arn:aws[\w-]*:iam::\d{{12}}:role/{re.escape(role)}", value):
        return Finding(about, WRONG, f"variable {variable} is {value[:80]}", f"set it to the ARN of {role}")
    return Finding(about, OK, f"variable {variable}: {role}")
