"""The keys to the services themselves: Neon's API keys and Cloudflare's API token, created and revoked.

Source: Neon's API reference, "API Keys" and "Organizations"; Cloudflare's, "Roll Token" and "Verify Token".
"""

from dataclasses import dataclass
from typing import Any, Self

from ops.clouds.cloudflare import Cloudflare
from ops.clouds.neon import Neon
from ops.clouds.rest import PassingError, RefusedError
from ops.context.errors import OpsError
from ops.context.run_context import Context


@dataclass(frozen=True)
class NeonKey:
    """An API key as Neon lists it: never with its value.

    Attributes:
        id: its number.
        name: the name that its owner chose.
        created_at: when it was created.
        last_used_at: when it was last used; empty means never.
    """

    id: int
    name: str
    created_at: str
    last_used_at: str

    @classmethod
    def read(cls, document: dict[str, Any]) -> Self:
        return cls(document["id"], document["name"], document["created_at"], document.get("last_used_at") or "")

    def __str__(self) -> str:
        return f"{self.id}  {self.name}  created {self.created_at}, last used {self.last_used_at or 'never'}"


class NeonKeys(Neon):
    """A person's API keys, or an organization's. Use it as a context manager."""

    def __init__(self, context: Context, *, organization: bool, attempts: int = 6, wait_seconds: float = 1.0) -> None:
        """
        Args:
            context: has the key, the organization and the API's address.
            organization: the organization's keys, which takes the personal key of one of its administrators.
            attempts: as for `Neon`.
            wait_seconds: as for `Neon`.

        Raises:
            OpsError: the key, or the organization's id where it is needed, is not set.
        """
        super().__init__(context, attempts=attempts, wait_seconds=wait_seconds)
        self._path = f"/organizations/{context.credentials.need('neon_org_id')}" if organization else ""
        self._project_name = context.settings.project.name

    def keys(self) -> list[NeonKey]:
        """The keys, the newest first.

        Raises:
            OpsError: Neon refused, or did not answer.
        """
        answer = self.tried(lambda: self.call("GET", f"{self._path}/api_keys"))
        return sorted(map(NeonKey.read, answer), key=lambda key: (key.created_at, key.id), reverse=True)

    def make(self, name: str) -> tuple[int, str]:
        """Creates a key, and returns its id and its value, which Neon shows only once.

        Not retried, since each try could create a key.

        Raises:
            OpsError: Neon refused or did not answer.
        """
        try:
            answer = self.call("POST", f"{self._path}/api_keys", {"key_name": name})
        except RefusedError as error:
            raise OpsError(
                f"Neon refused to create a key ({error.status}): it takes a personal key, and for an organization an "
                "administrator's (--organization); or create it in Neon's Console, under Settings, API keys"
            ) from None
        except PassingError as error:
            raise OpsError(f"{error}; if there is now a key called {name}, nobody has its value: revoke it") from None
        self._mask.add(answer["key"])
        return answer["id"], answer["key"]

    def revoke(self, number: int) -> None:
        """Revokes a key at once; one that doesn't exist is no error.

        Raises:
            OpsError: Neon refused, or did not answer.
        """
        self.tried(lambda: self.call("DELETE", f"{self._path}/api_keys/{number}", missing={}))

    def reached(self) -> list[str]:
        """The ids of the projects of the settings' name that the key reaches.

        Raises:
            OpsError: Neon refused, or did not answer.
        """
        return self.project_ids(self._project_name)

    def is_accepted(self) -> bool:
        """Whether Neon still accepts the key.

        Raises:
            OpsError: Neon did not answer.
        """
        try:
            self.reached()
        except RefusedError as error:
            if error.status != 401:
                raise
            return False
        return True


class CloudflareToken(Cloudflare):
    """The API token in use: a person's, or the account's. Use it as a context manager."""

    def own(self) -> str:
        """Where the token itself is in the API: `/user/tokens/<id>`, or the same below its account.

        Raises:
            OpsError: Cloudflare does not accept the token, or did not answer.
        """
        token = self.verify_token()
        if token.status != "active":
            raise OpsError(f"Cloudflare's token is {token.status}; create a new one in the dashboard")
        return token.path

    def roll(self, own: str) -> str:
        """Rolls the token, and returns its new value, which Cloudflare shows only once. The old one stops at once.

        Not retried: the next try would need the new value.

        Args:
            own: where the token is, as `own` says.

        Raises:
            OpsError: Cloudflare refused, or did not answer.
        """
        dashboard = "in the dashboard: My Profile, API Tokens (the account's: Manage Account), the token's menu, Roll"
        try:
            value: str = self.call("PUT", f"{own}/value", {})["result"]
        except RefusedError as error:
            raise OpsError(
                f"Cloudflare refused to roll the token ({error.status}), so nothing changed: it needs the permission "
                f"API Tokens: Edit; or roll it {dashboard}"
            ) from None
        except PassingError as error:
            raise OpsError(
                f"{error}. The token may have a new value that nobody has: check whether the old one still works "
                f"(python -m ops doctor); if not, roll it {dashboard}"
            ) from None
        self._mask.add(value)
        return value

    def wait_until_accepted(self, own: str) -> None:
        """Waits until Cloudflare accepts the token, which can take some seconds for a new one.

        Args:
            own: where the token is, as `own` says.

        Raises:
            OpsError: it does not.
        """
        owner = own.partition("/tokens/")[0]

        def check() -> None:
            try:
                self.call("GET", f"{owner}/tokens/verify")
            except RefusedError as error:
                raise PassingError(str(error)) from None

        self.tried(check)
