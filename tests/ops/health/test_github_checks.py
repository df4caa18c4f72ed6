"""`ops doctor --github`: what it reports of repositories that were set up on each of GitHub's plans."""

import base64
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.health.finding import FindingStatus
from ops.health.github_checks import github_findings
from tests.ops.receivers import Answer, Document, Receiver
from tests.support import ROOT

MakeContext = Callable[..., Context]
INFRASTRUCTURE, APP = "ledger-inc/ledger-infrastructure", "ledger-inc/ledger"
ON_PUSH = "on:\n  push:\n    branches: [main]\n"
BY_HAND = "on:\n  workflow_dispatch:\n"


class SetUpGitHub(Receiver):
    """GitHub's API to read how repositories are set up, one page of 30 at a time.

    Attributes:
        repositories: by name, what was set. The test changes it.
    """

    def __init__(self, private: bool) -> None:
        super().__init__()
        arn = "arn:aws:iam::123456789012:role/ledger-"
        roles = {"AWS_PLAN_ROLE_ARN": f"{arn}plan", "AWS_DEPLOY_ROLE_ARN": f"{arn}deploy"}
        self.repositories: dict[str, dict[str, Any]] = {
            INFRASTRUCTURE: self._repository(private, {"deploy.yml": ON_PUSH}, roles, {"production": {}}),
            APP: self._repository(
                private,
                {"deploy-production.yml": ON_PUSH},
                {},
                {"production": {"AWS_RELEASE_ROLE_ARN": f"{arn}release-production"}},
            ),
        }

    def _repository(
        self,
        private: bool,
        files: dict[str, str],
        variables: dict[str, str],
        environments: dict[str, dict[str, str]],
    ) -> dict[str, Any]:
        return {
            "private": private,
            "files": files,
            # More than a page of others, which come first.
            "variables": {f"A_{number}": "x" for number in range(45)} | {"AWS_REGION": "us-east-1"} | variables,
            "secrets": ["CLOUDFLARE_ACCOUNT_ID", "CLOUDFLARE_API_TOKEN", "NEON_API_KEY"],
            "environments": {
                name: {
                    "rules": ["required_reviewers", "branch_policy"],
                    "policy": {"protected_branches": False, "custom_branch_policies": True},
                    "branches": [{"name": "main", "type": "branch"}],
                    "secrets": ["CLOUDFLARE_API_TOKEN", "NEON_API_KEY"],
                    "variables": own,
                }
                for name, own in environments.items()
            },
        }

    def answer(self, method: str, path: str, body: Document | None) -> Answer:
        assert (method, body) == ("GET", None), "the doctor only reads"
        parts = urlsplit(path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        name, route = re.fullmatch(r"/repos/([^/]+/[^/]+)(.*)", parts.path).groups()  # type: ignore[union-attr]
        repository = self.repositories.get(name)
        if repository is None:
            return 404, {"message": "Not Found"}
        found = self._in(repository, name, route)
        if found is None:
            return 404, {"message": "Not Found"}
        for kind in ("secrets", "variables"):
            if kind in found and "per_page" in query:
                size, page = int(query["per_page"]), int(query["page"])
                assert size <= 30
                found = found | {kind: found[kind][(page - 1) * size : page * size]}
        return 200, found

    def _in(self, repository: dict[str, Any], name: str, route: str) -> dict[str, Any] | None:
        match route.split("/")[1:]:
            case []:
                return {
                    "private": repository["private"],
                    "id": {INFRASTRUCTURE: IDS[INFRASTRUCTURE][1], APP: IDS[APP][1]}[name],
                    "owner": {"id": IDS[name][0]},
                }
            case ["contents", ".github", "workflows", file] if file in repository["files"]:
                return {"content": base64.encodebytes(repository["files"][file].encode()).decode()}
            case ["actions", kind]:
                return _listed(kind, repository[kind])
            case ["environments", environment, *rest] if environment in repository["environments"]:
                own = repository["environments"][environment]
                match rest:
                    case []:
                        rules = [{"type": rule} for rule in own["rules"]]
                        return {"protection_rules": rules, "deployment_branch_policy": own["policy"]}
                    case ["deployment-branch-policies"]:
                        return {"branch_policies": own["branches"]}
                    case [kind]:
                        return _listed(kind, own[kind])
                    case _:
                        return None
            case _:
                return None


def _listed(kind: str, found: list[str] | dict[str, str]) -> dict[str, Any]:
    values = found if isinstance(found, dict) else {}
    listed = [{"name": name} | ({"value": values[name]} if values else {}) for name in found]
    return {"total_count": len(listed), kind: listed}


def _ids() -> dict[str, tuple[int, int]]:
    from settings import load_settings

    manage = load_settings(ROOT / "examples/full.toml").state.manage
    assert manage
    return {name: (ids.owner, ids.repository) for name, ids in manage.github_ids.items()}


IDS = _ids()


@pytest.fixture
def private() -> Iterator[SetUpGitHub]:
    with SetUpGitHub(private=True) as github:
        yield github


@pytest.fixture
def findings(make_context: MakeContext, private: SetUpGitHub) -> Callable[[], list[str]]:
    def find() -> list[str]:
        settings = str(ROOT / "examples/full.toml")
        context = make_context(INFRA_SETTINGS=settings, GITHUB_API_URL=private.url, GITHUB_TOKEN="ghs_secretsecret")
        return [str(finding) for finding in github_findings(context) if finding.state is FindingStatus.WRONG]

    return find


Find = Callable[[], list[str]]


def test_all_is_well_after_the_set_up(findings: Find, private: SetUpGitHub):
    assert findings() == []
    assert private.sent("POST", "PUT", "PATCH", "DELETE") == []


def test_on_team_deploys_that_start_themselves_are_wrong_and_those_by_hand_are_not(
    findings: Find, private: SetUpGitHub
):
    for repository in private.repositories.values():
        repository["environments"]["production"]["rules"] = ["branch_policy"]
    wrong = findings()
    assert len(wrong) == 2
    assert "deploy.yml runs on each push without an approval" in wrong[0]
    assert "only on GitHub Enterprise; otherwise delete push from deploy.yml" in wrong[0]
    assert "delete push from deploy-production.yml" in wrong[1]
    private.repositories[INFRASTRUCTURE]["files"]["deploy.yml"] = BY_HAND
    private.repositories[APP]["files"]["deploy-production.yml"] = BY_HAND
    assert findings() == []


def test_a_public_repository_is_not_said_to_need_a_plan(findings: Find, private: SetUpGitHub):
    private.repositories[INFRASTRUCTURE]["private"] = False
    private.repositories[INFRASTRUCTURE]["environments"]["production"]["rules"] = []
    (wrong,) = findings()
    assert "set reviewers" in wrong
    assert "Enterprise" not in wrong


def test_on_free_there_is_no_environment(findings: Find, private: SetUpGitHub):
    private.repositories[INFRASTRUCTURE]["environments"] = {}
    wrong = findings()
    assert len(wrong) == 2
    assert "runs on each push without an approval" in wrong[0]
    assert "there is no such environment" in wrong[1]
    assert "only on Pro, Team and Enterprise" in wrong[1]


@pytest.mark.parametrize(
    ("policy", "branches", "part"),
    [
        # It allows every branch while none is protected.
        ({"protected_branches": True, "custom_branch_policies": False}, [], "every branch can use it"),
        (None, [], "every branch can use it"),
        (
            {"protected_branches": False, "custom_branch_policies": True},
            [{"name": "main", "type": "branch"}, {"name": "release/*", "type": "branch"}],
            "branch main, branch release/* can use it",
        ),
        (
            {"protected_branches": False, "custom_branch_policies": True},
            [{"name": "main", "type": "tag"}],
            "tag main can use it",
        ),
    ],
)
def test_any_branch_but_main_alone_is_wrong(
    findings: Find, private: SetUpGitHub, policy: Any, branches: list[dict[str, str]], part: str
):
    own = private.repositories[APP]["environments"]["production"]
    own["policy"], own["branches"] = policy, branches
    (wrong,) = findings()
    assert wrong.startswith(f"wrong: GitHub {APP} production: {part}")


def test_missing_names_and_other_roles_are_named(findings: Find, private: SetUpGitHub):
    infrastructure, app = private.repositories[INFRASTRUCTURE], private.repositories[APP]
    infrastructure["secrets"].remove("NEON_API_KEY")
    del infrastructure["variables"]["AWS_REGION"]
    infrastructure["variables"]["AWS_PLAN_ROLE_ARN"] = infrastructure["variables"]["AWS_DEPLOY_ROLE_ARN"]
    app["environments"]["production"]["secrets"].clear()
    app["environments"]["production"]["variables"].clear()
    wrong = findings()
    assert [line.partition(": ")[2] for line in wrong] == [
        f"GitHub {INFRASTRUCTURE}: secrets: NEON_API_KEY not set; set them (docs/pipelines.md)",
        f"GitHub {INFRASTRUCTURE}: variables: AWS_REGION not set; set them (docs/pipelines.md)",
        f"GitHub {INFRASTRUCTURE}: variable AWS_PLAN_ROLE_ARN is arn:aws:iam::123456789012:role/ledger-deploy; "
        "set it to the ARN of ledger-plan",
        f"GitHub {APP} production: secrets of its own: CLOUDFLARE_API_TOKEN, NEON_API_KEY not set; "
        "set them (docs/pipelines.md)",
        f"GitHub {APP} production: variable AWS_RELEASE_ROLE_ARN is not set; "
        "set it to the ARN of ledger-release-production (docs/pipelines.md, step 4)",
    ]


def test_numbers_that_github_does_not_have_are_wrong(findings: Find, monkeypatch: pytest.MonkeyPatch):
    owner, repository = IDS[APP]
    monkeypatch.setitem(IDS, APP, (owner, repository + 1))
    (wrong,) = findings()
    assert "has different numbers" in wrong
    assert f"set owner = {owner} and repository = {repository + 1}" in wrong


def test_another_environment_is_checked_once_it_has_a_workflow(findings: Find, private: SetUpGitHub):
    private.repositories[APP]["files"]["deploy-staging.yml"] = ON_PUSH
    wrong = findings()
    assert len(wrong) == 3
    assert all(line.startswith(f"wrong: GitHub {APP} staging: ") for line in wrong)
    assert "ledger-release-staging" in wrong[-1]


def test_a_token_that_is_no_administrators_is_one_line(findings: Find, private: SetUpGitHub):
    private.repositories.clear()
    with pytest.raises(OpsError, match="administrator of the repository: export GITHUB_TOKEN"):
        findings()


def test_without_managed_roles_there_is_nothing_to_check(product_context: MakeContext, private: SetUpGitHub):
    context = product_context(GITHUB_API_URL=private.url, GITHUB_TOKEN="ghs_secretsecret")
    with pytest.raises(OpsError, match=r"no \[state\.manage\]"):
        list(github_findings(context))
