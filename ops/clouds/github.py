"""GitHub's REST API: one comment for each purpose on a pull request, one issue for each purpose in a repository.

Comments and issues are found again by a marker, an HTML comment that begins their text (GitHub docs, "REST API
endpoints for issue comments", "REST API endpoints for issues", "REST API endpoints for pull requests").
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ops.clouds.rest import RefusedError, Rest
from ops.context.errors import OpsError
from ops.context.program_text import plain_text
from ops.context.run_context import Context

LONGEST_BODY = 65_000
_CUT = "\n\n… cut at GitHub's limit. The run's log and summary have the full text."
_ADVICE = {
    401: "the token is wrong or has expired",
    403: "the token needs `pull-requests: write` and `issues: write`",
    404: "the token does not reach this repository, or there is no such issue or pull request",
}
# The product's name in the markers of comments and issues that were written before they took the project's name.
_EARLIER_PRODUCT = "intent-infrastructure"


@dataclass(frozen=True)
class PullRequest:
    """A pull request.

    Attributes:
        number: its number.
        is_open: whether it is neither closed nor merged.
        branch: the git branch that it would merge.
        from_fork: whether that branch lies in another repository: its code must get no secrets.
    """

    number: int
    is_open: bool
    branch: str
    from_fork: bool


class GitHub(Rest):
    """A repository's pull requests, comments and issues. Use it as a context manager."""

    def __init__(
        self, context: Context, *, repository: str | None = None, attempts: int = 4, wait_seconds: float = 1.0
    ) -> None:
        """
        Args:
            context: has the token, the repository and the API's address.
            repository: another repository than the run's own, as `owner/name`.
            attempts: how often a call is tried while GitHub answers 429 or 5xx, or nothing.
            wait_seconds: seconds before the second try; the wait doubles each time.

        Raises:
            OpsError: there is no token, or the repository is not known.
        """
        token = context.credentials.need("github_token")
        repository = repository or context.repository
        if repository is None:
            raise OpsError("GITHUB_REPOSITORY is not set and git has no GitHub remote; set it to owner/name")
        self._login: str | None = None
        self._context = context
        self._repository = f"/repos/{repository}"
        self._path = f"{self._repository}/issues"
        super().__init__(
            "GitHub",
            context.addresses.github,
            token,
            context.console.mask,
            attempts=attempts,
            wait_seconds=wait_seconds,
            headers={"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"},
        )

    def _advise(self, status: int, path: str, reason: str) -> str:
        del path, reason
        return _ADVICE.get(status, "")

    def _may_pass(self, status: int, text: str) -> bool:
        # Over a rate limit GitHub also answers 403 (GitHub docs, "Rate limits for the REST API").
        return super()._may_pass(status, text) or "rate limit" in text.lower()

    def check_access(self) -> None:
        """Checks that the token reaches the repository's issues.

        Raises:
            OpsError: it does not, or GitHub did not answer.
        """
        self.tried(lambda: self.call("GET", self._path, query={"per_page": "1"}))

    def pull_request(self, number: int) -> PullRequest:
        """A pull request by its number.

        Raises:
            OpsError: there is none, or GitHub refused or did not answer.
        """
        found = self.tried(lambda: self.call("GET", f"{self._repository}/pulls/{number}"))
        head, base = ((found[side].get("repo") or {}).get("full_name") for side in ("head", "base"))
        # The repository of a fork that was deleted is null.
        return PullRequest(number, found["state"] == "open", found["head"]["ref"], head is None or head != base)

    def comment(self, number: int, purpose: str, body: str) -> str:
        """Creates or updates the one comment of a purpose on a pull request or an issue.

        Args:
            number: the pull request's or issue's number.
            purpose: distinguishes this comment from others, such as `plan`.
            body: Markdown; text over GitHub's limit is cut.

        Returns:
            The comment's address.

        Raises:
            OpsError: GitHub refused, or did not answer.
        """
        return self.tried(lambda: self._write_comment(number, purpose, self._text(purpose, body)))

    def change_comment(self, number: int, purpose: str, body: str) -> bool:
        """Updates the comment of a purpose, if there is one.

        Args:
            number: as in `comment`.
            purpose: as in `comment`.
            body: as in `comment`.

        Returns:
            Whether there was one.

        Raises:
            OpsError: GitHub refused, or did not answer.
        """

        def change() -> bool:
            if not self._comments(number, purpose):
                return False
            self._write_comment(number, purpose, self._text(purpose, body))
            return True

        return self.tried(change)

    def open_issue(self, purpose: str, title: str, body: str, *, label: str) -> str:
        """Opens the one issue of a purpose, or updates the open one.

        Args:
            purpose: distinguishes this issue from others, such as `drift`.
            title: its title.
            body: Markdown; text over GitHub's limit is cut.
            label: a label by which people find it.

        Returns:
            The issue's address.

        Raises:
            OpsError: GitHub refused, or did not answer.
        """
        document = {"title": self._mask.hide(title), "body": self._text(purpose, body)}

        def write() -> str:
            found = self._issues(purpose, label)
            if not found:
                return self.call("POST", self._path, document | {"labels": [label]})["html_url"]
            first, *doubles = found
            for double in doubles:
                self.call("PATCH", f"{self._path}/{double['number']}", {"state": "closed"})
            return self.call("PATCH", f"{self._path}/{first['number']}", document)["html_url"]

        return self.tried(write)

    def close_issue(self, purpose: str, *, label: str, reason: str) -> bool:
        """Closes the issue of a purpose, if one is open.

        Args:
            purpose: as in `open_issue`.
            label: as in `open_issue`.
            reason: a last comment on it, Markdown.

        Returns:
            Whether there was one.

        Raises:
            OpsError: GitHub refused, or did not answer.
        """
        found = self.tried(lambda: self._issues(purpose, label))
        for issue in found:
            self.comment(issue["number"], f"{purpose}-closed", reason)
            self.tried(
                lambda number=issue["number"]: self.call(
                    "PATCH", f"{self._path}/{number}", {"state": "closed", "state_reason": "completed"}
                )
            )
        return bool(found)

    def _write_comment(self, number: int, purpose: str, text: str) -> str:
        mine = self._comments(number, purpose)
        if not mine:
            created = self.call("POST", f"{self._path}/{number}/comments", {"body": text})
            # Two runs at once may both have found none: both look again, and both keep the oldest one.
            mine = self._comments(number, purpose) or [created]
        first, *doubles = mine
        for double in doubles:
            self._delete_comment(double)
        if first["body"] != text:
            self.call("PATCH", f"{self._path}/comments/{first['id']}", {"body": text})
        return first["html_url"]

    def _delete_comment(self, comment: dict[str, Any]) -> None:
        self.call("DELETE", f"{self._path}/comments/{comment['id']}", missing={})

    def _comments(self, number: int, purpose: str) -> list[dict[str, Any]]:
        found = [
            comment for comment in self._pages(f"{self._path}/{number}/comments") if self._is_mine(comment, purpose)
        ]
        return sorted(found, key=lambda comment: comment["id"])

    def _issues(self, purpose: str, label: str) -> list[dict[str, Any]]:
        found = [
            issue
            for issue in self._pages(self._path, {"state": "open", "labels": label})
            if self._is_mine(issue, purpose) and "pull_request" not in issue
        ]
        return sorted(found, key=lambda issue: issue["number"])

    def _text(self, purpose: str, body: str) -> str:
        text = f"{self._marker(purpose)}\n{self._mask.hide(plain_text(body))}"
        return text if len(text) <= LONGEST_BODY else text[: LONGEST_BODY - len(_CUT)] + _CUT

    def _pages(self, path: str, query: dict[str, str] | None = None) -> Iterator[dict[str, Any]]:
        return self.items(path, query={**(query or {}), "per_page": "100"})

    def _next_page(self, answer: Any, asked: Mapping[str, str]) -> dict[str, str]:
        full = len(answer) >= int(asked["per_page"])
        return {"page": str(int(asked.get("page", "1")) + 1)} if full else {}

    def _is_mine(self, written: dict[str, Any], purpose: str) -> bool:
        """Whether this token's owner wrote it: someone else's comment with the marker must not be taken for ours."""
        markers = (self._marker(purpose), _marker(_EARLIER_PRODUCT, purpose))
        if not (written.get("body") or "").startswith(markers):
            return False
        author: dict[str, Any] = written.get("user") or {}
        login = self._own_login()
        return author.get("login") == login if login else author.get("type", "Bot") == "Bot"

    def _own_login(self) -> str:
        """The user that the token belongs to; empty for a workflow's own token, which can't query it."""
        if self._login is None:
            try:
                self._login = str(self.call("GET", "/user", missing={}).get("login", ""))
            except RefusedError as error:
                if error.status != 403:
                    raise
                self._login = ""
        return self._login

    def _marker(self, purpose: str) -> str:
        return _marker(self._context.settings.project.name, purpose)


def _marker(product: str, purpose: str) -> str:
    return f"<!-- {product}: {purpose} -->"
