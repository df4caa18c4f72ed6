"""The API Worker's secrets: made by Terraform, kept in its state, handed to the Worker by a release."""

from constructs_lib.naming import named

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_random.password import Password
from constructs import Construct

AUTH_SECRET_LENGTH = 48  # characters; Better Auth asks for at least 32 of high entropy (its docs, "Options: secret")


class WorkerSecrets(Construct):
    """BETTER_AUTH_SECRET, and beside it what the Worker needs to know that is secret or goes with it.

    Attributes:
        values: the Worker's secrets by name; a secret as a whole.
    """

    def __init__(self, scope: Construct, id: str, *, rotation: str, database_uri: str, api_url: str | None) -> None:
        """
        Args:
            scope: the stack.
            id: unique in the scope.
            rotation: another value makes a new secret. The Worker keeps the old one until the next release.
            database_uri: the database's address with role and password.
            api_url: the API's public address, None where it has none.
        """
        super().__init__(scope, id)
        secret = named(
            Password(
                self,
                "auth",
                length=AUTH_SECRET_LENGTH,
                special=False,
                keepers={"rotation": rotation},
                lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
            ),
            "better_auth",
        )
        self.values = {"BETTER_AUTH_SECRET": secret.result, "DATABASE_URL": database_uri}
        if api_url:
            self.values["BETTER_AUTH_URL"] = api_url
