"""`ops doctor --github`: whether the two repositories are set up on GitHub as docs/pipelines.md describes."""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass

from ops.clouds.github_setup import BranchRules, GitHubSetup, ProtectedEnvironment
from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.health.finding import Finding, FindingStatus

OK, WRONG = FindingStatus.OK, FindingStatus.WRONG
PAGE = "docs/pipelines.md"
MAIN = "main"
INFRASTRUCTURE_CHECKS = ("Test on Python {python}", "Plan every stack")
"""The checks that this repository's main requires: the jobs' names in ci.yml, for each Python, and in plan.yml."""
APP_CHECKS = ("CI / Check the app",)
"""The checks that the app's main requires: the caller's name in its ci.yml, and the job's in app-ci.yml."""
TOKEN = "INFRASTRUCTURE_TOKEN"  # noqa: S105  (a secret's name)
ON_PUSH = "DEPLOY_ON_PUSH"
"""The variable that is `false` where nobody can approve: only people then start the workflows that deploy."""
BACKUP_ROLE, BACKUP_TEST, BACKUP_KEY = "AWS_BACKUP_ROLE_ARN", "BACKUP_TEST", "BACKUP_SECRET_KEY"
SECRETS = ("CLOUDFLARE_ACCOUNT_ID", "CLOUDFLARE_API_TOKEN", "NEON_API_KEY")
"""The secrets without which no workflow can plan, deploy, preview or release."""
PROTECTED_SECRETS = ("CLOUDFLARE_API_TOKEN", "NEON_API_KEY")
"""The secrets that can change production: an environment's own are available only to its jobs."""
_PIN = re.compile(r"uses: ([\w.-]+/[\w.-]+)/\.github/workflows/app-\w+\.yml@([0-9a-f]{40})")


@dataclass(frozen=True)
class _Wanted:
    """What one repository needs.

    Attributes:
        repository: as `owner/name`.
        checks: the names of the checks that main has to require, or patterns of them for each Python of ci.yml.
        roles: its variables with a role's ARN, and the role's name.
        environments: its GitHub environments, each with the variables of its own that hold a role's ARN, and the
            workflow that changes something there.
    """

    repository: str
    checks: tuple[str, ...]
    roles: Mapping[str, str]
    environments: Mapping[str, tuple[Mapping[str, str], str]]


def github_findings(context: Context) -> Iterator[Finding]:
    """Checks both repositories as docs/pipelines.md sets them up.

    These are GitHub's numbers, the rules of main, environments with reviewers and branches, secrets, variables and
    roles, what the app needs to call a private repository, and the workflows of backups.

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
    own = _Wanted(
        manage.infrastructure_repository,
        INFRASTRUCTURE_CHECKS,
        {"AWS_PLAN_ROLE_ARN": f"{project}-plan", "AWS_DEPLOY_ROLE_ARN": f"{project}-deploy"},
        {manage.github_environment: ({}, "deploy.yml")},
    )
    app = _Wanted(
        settings.repository.full_name,
        APP_CHECKS,
        {},
        {name: ({"AWS_RELEASE_ROLE_ARN": f"{project}-release-{name}"}, f"deploy-{name}.yml") for name in released},
    )
    with GitHubSetup(context, repository=own.repository) as github:
        yield from _repository(context, github, own)
        yield from _deploying_environment(github, f"GitHub {own.repository}", manage.github_environment)
        yield from _backups(context, github, f"GitHub {own.repository}")
        with GitHubSetup(context, repository=app.repository) as apps:
            yield from _repository(context, apps, app)
            yield from _pins(apps, own.repository, app.repository, released)
            if app.repository != own.repository:
                yield from _calls(github, apps, own.repository, app.repository)


def _repository(context: Context, github: GitHubSetup, wanted: _Wanted) -> Iterator[Finding]:
    about = f"GitHub {wanted.repository}"
    found = github.repository()
    private = bool(found["private"])
    if found["full_name"] != wanted.repository:
        text = f"GitHub spells it {found['full_name']}, and so do the tokens that AWS compares"
        yield Finding(about, WRONG, text, "spell it so in settings.toml, then run python -m ops bootstrap")
    yield _numbers(context, about, wanted.repository, owner=found["owner"]["id"], repository=found["id"])
    rules = github.branch_rules(MAIN)
    yield _rules(about, rules, _checks(github, wanted.checks))
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
        # Without rules there are no environments either: one that is left from another plan is ignored by GitHub.
        guard = github.environment(environment) if rules is not None else None
        yield from _approval(
            f"{about} {environment}",
            guard,
            private=private,
            text=text,
            workflow=workflow,
            on_push=variables.get(ON_PUSH),
        )
        if rules is None:
            without = "this plan has no environments for a private repository: its secrets and variables count"
            yield Finding(f"{about} {environment}", FindingStatus.LEFT_OUT, without)
            own: dict[str, str] = {}
        else:
            yield from _environment(f"{about} {environment}", github, environment, guard)
            own = github.variables(environment)
        for name, role in roles.items():
            # A repository's variable is what an environment without its own gets.
            yield _role(f"{about} {environment}", name, role, own.get(name, variables.get(name)))


def _deploying_environment(github: GitHubSetup, about: str, wanted: str) -> Iterator[Finding]:
    """The job that deploys has to name the environment of the settings: AWS trusts no other."""
    named = re.search(r"^    environment: ([\w.-]+)$", github.file(".github/workflows/deploy.yml"), re.MULTILINE)
    if named and named[1] != wanted:
        text = f"deploy.yml deploys from the environment {named[1]}, and its role trusts {wanted} alone"
        yield Finding(about, WRONG, text, "name the same one in deploy.yml and in state.manage.github_environment")


def _rules(about: str, rules: BranchRules | None, checks: Set[str]) -> Finding:
    if rules is None:
        without = (
            "this plan has no rules for the branches of a private repository: anyone who can write can push to main"
        )
        return Finding(about, FindingStatus.LEFT_OUT, without)
    missing = sorted(checks - rules.checks)
    if not rules.pull_request or missing:
        lacks = [] if rules.pull_request else ["a pull request"]
        lacks += [f"the check {name}" for name in missing]
        return Finding(about, WRONG, f"{MAIN} does not require {', '.join(lacks)}", f"protect it ({PAGE}, step 3)")
    return Finding(about, OK, f"{MAIN} requires a pull request and {', '.join(sorted(checks))}")


def _checks(github: GitHubSetup, names: Iterable[str]) -> set[str]:
    """The names of the checks; one with a placeholder is a check for each Python that ci.yml tests on."""
    listed = re.search(r"^ +python: \[(.*)\]$", github.file(".github/workflows/ci.yml"), re.MULTILINE)
    pythons = re.findall(r"[\d.]+", listed[1]) if listed else []
    return {name.format(python=python) for name in names for python in (pythons if "{" in name else [""])}


def _pins(apps: GitHubSetup, infrastructure: str, app: str, released: Iterable[str]) -> Iterator[Finding]:
    """Whether the app's workflows pin one commit of this repository: a rollback by another would use other settings."""
    names = [
        "ci",
        "cleanup",
        "preview",
        *(f"{action}-{name}" for name in released for action in ("deploy", "rollback")),
    ]
    pins: dict[str, list[str]] = {}
    for name in names:
        for repository, commit in _PIN.findall(apps.file(f".github/workflows/{name}.yml")):
            pins.setdefault(f"{repository}@{commit[:12]}", []).append(f"{name}.yml")
    about, remedy = f"GitHub {app}", "run python -m tools.app_callers with the app's checkout, and push what it changes"
    others = sorted(pin for pin in pins if not pin.startswith(f"{infrastructure}@"))
    if others:
        yield Finding(about, WRONG, f"{pins[others[0]][0]} calls {others[0]}, not {infrastructure}", remedy)
    elif len(pins) > 1:
        text = ", ".join(
            f"{pin.partition('@')[2]} in {' and '.join(sorted(set(files)))}" for pin, files in pins.items()
        )
        yield Finding(about, WRONG, f"its workflows pin different commits: {text}", remedy)
    elif pins:
        yield Finding(about, OK, f"its workflows pin one commit, {next(iter(pins)).partition('@')[2]}")


def _calls(own: GitHubSetup, apps: GitHubSetup, infrastructure: str, app: str) -> Iterator[Finding]:
    """What the app needs to call the workflows of this repository, and to check it out."""
    about = f"GitHub {app}"
    called, caller = own.repository(), apps.repository()
    if not called["private"]:
        yield Finding(about, OK, f"can call the workflows of {infrastructure}, which is public")
        return
    if not caller["private"]:
        remedy = f"make {infrastructure} public, or {app} private"
        yield Finding(
            about, WRONG, f"is public and can't call the workflows of {infrastructure}, which is private", remedy
        )
        return
    level, same = own.access_level(), called["owner"]["id"] == caller["owner"]["id"]
    owns = "organization" if called["owner"]["type"] == "Organization" else "user"
    if level == "enterprise" or (level == owns and same):
        yield Finding(about, OK, f"can call the workflows of {infrastructure}: its access level is {level}")
    elif not same:
        remedy = f"transfer one of them; only GitHub Enterprise shares them among organizations ({PAGE}, step 8)"
        yield Finding(about, WRONG, f"has another owner than {infrastructure}, which is private", remedy)
    else:
        remedy = f"set the access level to {owns} ({PAGE}, step 8)"
        yield Finding(
            about, WRONG, f"can't call the workflows of {infrastructure}: its access level is {level}", remedy
        )
    if TOKEN in apps.secrets():
        yield Finding(about, OK, f"secret {TOKEN}; GitHub does not say when it expires")
    else:
        yield Finding(about, WRONG, f"secret {TOKEN} is not set", f"create the token and set it ({PAGE}, step 8)")


def _backups(context: Context, github: GitHubSetup, about: str) -> Iterator[Finding]:
    variables = github.variables()
    arn = variables.get(BACKUP_ROLE)
    if context.settings.backup is None:
        if arn is not None:
            remedy = f"add the table, or delete the variable: gh variable delete {BACKUP_ROLE}"
            yield Finding(about, WRONG, f"variable {BACKUP_ROLE} is set, but the settings have no [backup]", remedy)
        return
    yield _role(about, BACKUP_ROLE, f"{context.settings.project.name}-backup", arn, "docs/state.md, Backups")
    if variables.get(BACKUP_TEST) != "true":
        text = f"variable {BACKUP_TEST} is not true, so GitHub tests no backup; run ops backup test yourself"
        yield Finding(about, FindingStatus.LEFT_OUT, text)
    else:
        yield _present(about, "secrets of the backups' test", {BACKUP_KEY}, github.secrets())


def _numbers(context: Context, about: str, name: str, *, owner: int, repository: int) -> Finding:
    manage = context.settings.state.manage
    known = manage.github_ids.get(name) if manage else None
    if known and (known.owner, known.repository) == (owner, repository):
        return Finding(about, OK, "the roles trust its numbers")
    what = "different numbers" if known else "no numbers"
    remedy = f"set owner = {owner} and repository = {repository}, then run python -m ops bootstrap"
    text = f'[state.manage.github_ids."{name}"] has {what}; tokens may contain {owner} and {repository}'
    return Finding(about, WRONG, text, remedy)


def _approval(
    about: str, guard: ProtectedEnvironment | None, *, private: bool, text: str, workflow: str, on_push: str | None
) -> Iterator[Finding]:
    obeys = f"vars.{ON_PUSH}" in text
    starts_itself = bool(re.search(r"^  push:", text, re.MULTILINE)) and not (obeys and on_push == "false")
    if not text:
        yield Finding(about, WRONG, f"there is no {workflow} on the default branch", f"write it and push it ({PAGE})")
    elif guard is not None and guard.has_reviewers:
        yield Finding(about, OK, f"{workflow} waits for an approval")
    elif starts_itself:
        remedy = f"set reviewers ({PAGE}, step 4)"
        if private:
            remedy += ", which a private repository has only on GitHub Enterprise"
        by_hand = f"set the variable {ON_PUSH} to false" if obeys else f"delete push from {workflow}"
        yield Finding(
            about,
            WRONG,
            f"{workflow} runs on each push without an approval",
            f"{remedy}; otherwise {by_hand}, so that only you start it",
        )
    else:
        yield Finding(about, OK, f"{workflow} needs no approval: it is only started by hand")


def _environment(about: str, github: GitHubSetup, name: str, guard: ProtectedEnvironment | None) -> Iterator[Finding]:
    if guard is None:
        yield Finding(about, WRONG, "there is no such environment", f"create it ({PAGE}, step 4)")
        return
    if guard.branches == [f"branch {MAIN}"]:
        yield Finding(about, OK, "only main can use it")
    else:
        which = "every branch" if guard.branches is None else ", ".join(guard.branches) or "no branch"
        yield Finding(about, WRONG, f"{which} can use it", f"allow main alone ({PAGE}, step 4)")
    yield _present(about, "secrets of its own", set(PROTECTED_SECRETS), github.secrets(name))


def _present(about: str, kind: str, wanted: set[str], found: Set[str]) -> Finding:
    missing = sorted(wanted - found)
    if missing:
        return Finding(about, WRONG, f"{kind}: {', '.join(missing)} not set", f"set them ({PAGE})")
    return Finding(about, OK, f"{kind}: {', '.join(sorted(wanted))}")


def _role(about: str, variable: str, role: str, value: str | None, where: str = f"{PAGE}, step 5") -> Finding:
    if value is None:
        return Finding(about, WRONG, f"variable {variable} is not set", f"set it to the ARN of {role} ({where})")
    if not re.fullmatch(rf"arn:aws[\w-]*:iam::\d{{12}}:role/{re.escape(role)}", value):
        return Finding(about, WRONG, f"variable {variable} is {value[:80]}", f"set it to the ARN of {role}")
    return Finding(about, OK, f"variable {variable}: {role}")
