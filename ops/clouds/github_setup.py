"""How a repository is set up on GitHub: its rules, environments, and the names of secrets and variables. It only reads.

Source: GitHub's REST API documentation, version 2022-11-28: "Repositories", "Branch protection", "Rules", "Deployment
environments", "Deployment branch policies", "GitHub Actions permissions", "GitHub Actions secrets", "GitHub Actions
variables", "Repository contents".
"""

import base64
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ops.clouds.github import GitHub
from ops.clouds.rest import RefusedError

# Variables come 30 a page at most, secrets 100.
_PAGE_SIZE = 30


@dataclass(frozen=True)
class ProtectedEnvironment:
    """A GitHub environment's protection.

    Attributes:
        has_reviewers: whether someone has to approve a job.
        branches: the patterns of the branches and tags that can use it; None if every branch can.
    """

    has_reviewers: bool
    branches: list[str] | None


@dataclass(frozen=True)
class BranchRules:
    """What a branch's protection and its rulesets require together.

    Attributes:
        pull_request: whether changes come by pull request.
        checks: the names of the checks that have to pass.
    """

    pull_request: bool
    checks: frozenset[str]


class GitHubSetup(GitHub):
    """A repository's settings. The token must be an administrator's: a workflow's own can't read them."""

    def _advise(self, status: int, path: str, reason: str) -> str:
        if status in (403, 404):
            return "the token must be that of an administrator of the repository: export GITHUB_TOKEN=$(gh auth token)"
        return super()._advise(status, path, reason)

    def repository(self) -> dict[str, Any]:
        """The repository itself: `private`, `id`, `owner` with its `id`, `login` and `type`.

        Raises:
            OpsError: GitHub refused, or did not answer. So for all that follow.
        """
        return self._get("")

    def environment(self, name: str) -> ProtectedEnvironment | None:
        """An environment's protection; None if there is no such environment."""
        path = f"/environments/{quote(name, safe='')}"
        found = self._get(path, missing={})
        if not found:
            return None
        rules = {rule["type"] for rule in found.get("protection_rules", [])}
        policy = found.get("deployment_branch_policy")
        branches = None
        if policy and policy["custom_branch_policies"]:
            listed = self._get(f"{path}/deployment-branch-policies")["branch_policies"]
            branches = sorted(f"{each.get('type', 'branch')} {each['name']}" for each in listed)
        return ProtectedEnvironment("required_reviewers" in rules, branches)

    def branch_rules(self, branch: str) -> BranchRules | None:
        """What a branch requires; None if the plan has no rules and no environments for this repository.

        Both are missing from GitHub Free for private repositories, and only the rules' answer says so: GitHub refuses
        with 403 and "Upgrade to GitHub Pro or make this repository public to enable this feature".
        """
        try:
            protection = self._get(f"/branches/{quote(branch, safe='')}/protection", missing={})
            rules = self._get(f"/rules/branches/{quote(branch, safe='')}", missing=[])
        except RefusedError as error:
            if error.status == 403 and "upgrade to github" in str(error).lower():
                return None
            raise
        checks = set((protection.get("required_status_checks") or {}).get("contexts", []))
        for rule in rules:
            if rule["type"] == "required_status_checks":
                checks |= {each["context"] for each in rule["parameters"]["required_status_checks"]}
        by_pull_request = "required_pull_request_reviews" in protection or any(
            rule["type"] == "pull_request" for rule in rules
        )
        return BranchRules(by_pull_request, frozenset(checks))

    def access_level(self) -> str:
        """Whose workflows can call those of this private repository: none, user, organization or enterprise."""
        return self._get("/actions/permissions/access")["access_level"]

    def secrets(self, environment: str | None = None) -> set[str]:
        """The names of the repository's secrets, or of an environment's own. GitHub never shows a value."""
        return set(self._named("secrets", environment))

    def variables(self, environment: str | None = None) -> dict[str, str]:
        """The repository's variables, or an environment's own."""
        return {name: str(each["value"]) for name, each in self._named("variables", environment).items()}

    def file(self, path: str) -> str:
        """A file's text on the default branch; empty if it isn't there."""
        found = self._get(f"/contents/{path}", missing={})
        return base64.b64decode(found["content"]).decode() if found else ""

    def _named(self, kind: str, environment: str | None) -> dict[str, dict[str, Any]]:
        path = f"/environments/{quote(environment, safe='')}/{kind}" if environment else f"/actions/{kind}"
        found: dict[str, dict[str, Any]] = {}
        page = 1
        while True:
            # An environment that does not exist has none.
            query = {"per_page": str(_PAGE_SIZE), "page": str(page)}
            listed = self._get(path, query=query, missing={kind: []} if environment else None)[kind]
            found |= {each["name"]: each for each in listed}
            if len(listed) < _PAGE_SIZE:
                return found
            page += 1

    def _get(self, path: str, *, query: dict[str, str] | None = None, missing: Any = None) -> Any:
        return self.tried(lambda: self.call("GET", f"{self._repository}{path}", query=query, missing=missing))
