"""GitHub's API for the set-up of repositories, as it answers on each plan: to write it and to read it again.

The answers are those of GitHub's REST API documentation ("Branch protection", "Rules", "Deployment environments",
"Secrets", "Variables", "Permissions") and of its pages on what each plan allows, "Deployments and environments" and
"About protected branches". The refusal of a plan without rules, which reading them gets too, is quoted in many public
issues. No request was sent to GitHub.
"""

import base64
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.ops.receivers import Answer, Document, Receiver

UPGRADE = "Upgrade to GitHub Pro or make this repository public to enable this feature."
PLANS = ("public", "Free", "Team", "Enterprise")
"""On the first one the repositories are public, on the others private."""
_OWNER_ID = 1001
_PROTECTION = {"required_status_checks", "enforce_admins", "required_pull_request_reviews", "restrictions"}


class PlannedGitHub(Receiver):
    """GitHub's API for an administrator. Lists come 30 a page at most.

    Attributes:
        plan: one of PLANS.
        repositories: by owner/name, how each is set up. A test may change it.
        spelled: by the same name, how GitHub spells it otherwise.
    """

    def __init__(self, plan: str) -> None:
        super().__init__()
        self.plan = plan
        self.repositories: dict[str, dict[str, Any]] = {}
        self.spelled: dict[str, str] = {}

    def add(
        self,
        name: str,
        *,
        private: bool,
        files: Mapping[str, str],
        id: int | None = None,
        owner: int = _OWNER_ID,
        organization: bool = False,
    ) -> dict[str, Any]:
        """Adds a repository on which nothing is set.

        Args:
            name: as owner/name.
            private: whether it is.
            files: the workflows on its main, by the files' names.
            id: GitHub's number of it.
            owner: GitHub's number of its owner.
            organization: whether the owner is an organization.
        """
        self.repositories[name] = {
            "private": private,
            "id": id or 2001 + len(self.repositories),
            "owner": {"id": owner, "type": "Organization" if organization else "User"},
            "files": dict(files),
            "protection": None,
            "rulesets": [],
            "access": "none",
            "secrets": set[str](),
            "variables": dict[str, str](),
            "environments": dict[str, Any](),
        }
        return self.repositories[name]

    def has_rules(self, repository: Mapping[str, Any]) -> bool:
        """Whether the plan has rules for branches, and environments, for a repository."""
        return not repository["private"] or self.plan != "Free"

    def has_reviewers(self, repository: Mapping[str, Any]) -> bool:
        """Whether an environment of a repository can have reviewers."""
        return not repository["private"] or self.plan in ("public", "Enterprise")

    def answer(self, method: str, path: str, body: Document | None) -> Answer:
        parts = urlsplit(path)
        if parts.path == "/user":
            return 200, {"id": 42}
        if (method, parts.path) == ("POST", "/user/repos"):
            assert body
            name = f"owner/{body['name']}"
            if name in self.repositories:
                return 422, {"message": "Repository creation failed."}
            self.add(name, private=body["private"], files={})
            return 201, {"full_name": name}
        match = re.fullmatch(r"/repos/([^/]+/[^/]+)(/.+)?", parts.path)
        repository = self.repositories.get(match[1]) if match else None
        if match is None or repository is None:
            return 404, {"message": "Not Found"}
        route = (match[2] or "").split("/")[1:]
        if method == "GET":
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            return self._read(repository, match[1], route, query)
        return self._write(repository, method, route, body or {})

    def _read(self, repository: dict[str, Any], name: str, route: list[str], query: dict[str, str]) -> Answer:
        match route:
            case []:
                keys = ("private", "id", "owner")
                return 200, {key: repository[key] for key in keys} | {"full_name": self.spelled.get(name, name)}
            case ["contents", ".github", "workflows", file] if file in repository["files"]:
                return 200, {"content": base64.encodebytes(repository["files"][file].encode()).decode()}
            case ["branches", "main", "protection"] | ["rules", "branches", "main"] if not self.has_rules(repository):
                return 403, {"message": UPGRADE}
            case ["branches", "main", "protection"]:
                protection = repository["protection"]
                return (200, protection) if protection else (404, {"message": "Branch not protected"})
            case ["rules", "branches", "main"]:
                return 200, repository["rulesets"]
            case ["actions", "permissions", "access"] if repository["private"]:
                return 200, {"access_level": repository["access"]}
            case ["actions", ("secrets" | "variables") as kind]:
                return 200, _page(kind, repository[kind], query)
            case ["environments", environment, *rest] if environment in repository["environments"]:
                return self._read_environment(repository["environments"][environment], rest, query)
            case _:
                return 404, {"message": "Not Found"}

    def _read_environment(self, own: dict[str, Any], rest: list[str], query: dict[str, str]) -> Answer:
        match rest:
            case []:
                rules = [{"type": rule} for rule in own["rules"]]
                return 200, {"protection_rules": rules, "deployment_branch_policy": own["policy"]}
            case ["deployment-branch-policies"]:
                return 200, {"branch_policies": own["branches"]}
            case [("secrets" | "variables") as kind]:
                return 200, _page(kind, own[kind], query)
            case _:
                return 404, {"message": "Not Found"}

    def _write(self, repository: dict[str, Any], method: str, route: list[str], body: Document) -> Answer:
        match method, route:
            case "PUT", ["branches", "main", "protection"]:
                if not self.has_rules(repository):
                    return 403, {"message": UPGRADE}
                if not body.keys() >= _PROTECTION:
                    return 422, {"message": "Invalid request."}
                given = {key: value for key, value in body.items() if value is not None}
                repository["protection"] = given | {"enforce_admins": {"enabled": body["enforce_admins"]}}
                return 200, repository["protection"]
            case "PUT", ["environments", name]:
                return self._write_environment(repository, name, body)
            case "PUT", ["actions", "secrets", name]:
                repository["secrets"].add(name)
                return 201, {}
            case "POST", ["actions", "variables"]:
                repository["variables"][body["name"]] = body["value"]
                return 201, {}
            case "PUT", ["actions", "permissions", "access"]:
                if not repository["private"] or body["access_level"] not in ("none", "user", "organization"):
                    return 422, {"message": "Access policy only applies to internal and private repositories."}
                repository["access"] = body["access_level"]
                return 204, None
            case _, ["environments", name, *rest] if name in repository["environments"]:
                own = repository["environments"][name]
                match method, rest:
                    case "POST", ["deployment-branch-policies"] if (own["policy"] or {}).get("custom_branch_policies"):
                        own["branches"].append({"name": body["name"], "type": body.get("type", "branch")})
                        return 200, body
                    case "PUT", ["secrets", secret]:
                        own["secrets"].add(secret)
                        return 201, {}
                    case "POST", ["variables"]:
                        own["variables"][body["name"]] = body["value"]
                        return 201, {}
                    case _:
                        pass
            case _:
                pass
        return 404, {"message": "Not Found"}

    def _write_environment(self, repository: dict[str, Any], name: str, body: Document) -> Answer:
        policy = body.get("deployment_branch_policy")
        if policy and policy["protected_branches"] == policy["custom_branch_policies"]:
            return 422, {"message": "Invalid request."}
        if not self.has_rules(repository) or (body.get("reviewers") and not self.has_reviewers(repository)):
            message = "Failed to create the environment protection rule. Please ensure the billing plan supports the"
            return 422, {"message": f"{message} required reviewers protection rule."}
        rules = [
            *(["required_reviewers"] if body.get("reviewers") else []),
            *(["branch_policy"] if policy else []),
        ]
        before = repository["environments"].get(name, {"secrets": set(), "variables": {}})
        repository["environments"][name] = before | {
            "rules": rules,
            "policy": policy,
            "branches": [],
            "reviewers": body.get("reviewers", []),
        }
        return 200, body


def _page(kind: str, found: set[str] | dict[str, str], query: dict[str, str]) -> dict[str, Any]:
    values = found if isinstance(found, dict) else {}
    listed = [{"name": name} | ({"value": values[name]} if values else {}) for name in sorted(found)]
    size, page = int(query.get("per_page", "30")), int(query.get("page", "1"))
    assert size <= 30
    return {"total_count": len(listed), kind: listed[(page - 1) * size : page * size]}
