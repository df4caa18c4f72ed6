"""Refused credentials in Terraform's errors: one line, with the service's own reason."""

import pytest

from ops.clouds.key_advice import refused_credentials

NEON = """Error: [HTTP Code: 401][Error Code: ] supplied credentials do not pass authentication

  with neon_project.main,
  on cdk.tf.json line 133, in resource.neon_project.main:
 133:       }
"""
CLOUDFLARE = """Error: failed to make http request

  with data.cloudflare_pages_project.web,
  on cdk.tf.json line 28, in data.cloudflare_pages_project.web:
  28:       }

GET
"https://api.cloudflare.com/client/v4/accounts/***/pages/projects/intent-expense-tracker":
%s {"success":false,"errors":[{"code":%d,"message":"%s"}],"messages":[],"result":null}
"""
AWS = """Error: No valid credential sources found

Please see https://developer.hashicorp.com/terraform/language/backend/s3
for more information about providing credentials.
"""


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            NEON,
            "Neon refused the credentials (supplied credentials do not pass authentication); the key is wrong or "
            "revoked: create a new one and set NEON_API_KEY",
        ),
        (
            CLOUDFLARE % ("401 Unauthorized", 1000, "Invalid\nAPI Token"),
            "Cloudflare refused the credentials (Invalid API Token); the token is wrong or revoked: create a new one "
            "and set CLOUDFLARE_API_TOKEN",
        ),
        (
            CLOUDFLARE % ("400 Bad Request", 6111, "Invalid format for Authorization header"),
            "Cloudflare refused the credentials (Invalid format for Authorization header); the token is wrong or "
            "revoked: create a new one and set CLOUDFLARE_API_TOKEN",
        ),
        (
            AWS,
            "AWS refused the credentials (No valid credential sources); the credentials are missing, wrong or "
            "expired: log in to AWS again, or set AWS_ACCESS_KEY_ID",
        ),
        (CLOUDFLARE % ("404 Not Found", 8000007, "Project not found"), ""),
        (CLOUDFLARE % ("403 Forbidden", 9109, "Cannot use the access token from location: 192.0.2.1"), ""),
        ("Error: Reference to undeclared input variable\n\n401 lines", ""),
    ],
)
def test_the_line(text: str, line: str):
    assert refused_credentials(text) == line


def test_an_error_of_another_service_does_not_count_as_the_first_ones():
    """Several errors in one output: the message of a later one is not the reason of an earlier one."""
    absent = CLOUDFLARE % ("404 Not Found", 8000007, "Project not found")
    assert refused_credentials(f"{absent}\n{NEON}").startswith("Neon refused")
    assert refused_credentials(f"{absent}\nError: 401 of something else\n") == ""
