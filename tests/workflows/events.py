"""What tests send as a workflow's event, secrets and variables."""

from typing import Any

NUMBER = 7
VARIABLES = {
    "AWS_PLAN_ROLE_ARN": "arn-of-plan",
    "AWS_DEPLOY_ROLE_ARN": "arn-of-deploy",
    "AWS_RELEASE_ROLE_ARN": "arn-of-release",
    "AWS_REGION": "eu-west-1",
}
CLOUDS = {
    "CLOUDFLARE_API_TOKEN": "cloudflare-secret-1",
    "CLOUDFLARE_ACCOUNT_ID": "account-secret-1",
    "CLOUDFLARE_ZONE_ID": "zone-secret-1",
    "NEON_API_KEY": "neon-secret-1",
    "NEON_ORG_ID": "organisation-secret-1",
}
TOKEN = "ghs_secretsecret"


def pull_request(
    base: str,
    head: str | None = None,
    *,
    deleted: bool = False,
    user: str = "octocat",
    action: str = "synchronize",
    number: int = NUMBER,
) -> dict[str, Any]:
    """The event of a pull request.

    Args:
        base: the repository that it goes to.
        head: the one that it comes from; the same one, if left out.
        deleted: the one that it comes from was deleted since, and GitHub names none.
        user: who opened it.
        action: what happened to it.
        number: its number.
    """
    return {
        "action": action,
        "number": number,
        "pull_request": {
            "number": number,
            "user": {"login": user},
            "head": {"sha": "a" * 40, "repo": None if deleted else {"full_name": head or base}},
            "base": {"repo": {"full_name": base}},
        },
    }
