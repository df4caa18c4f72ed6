"""What to do when a service refuses the credentials: the same words in the clients and for Terraform's errors."""

import re

NEON_KEY = "the key is wrong or revoked: create a new one and set NEON_API_KEY"
CLOUDFLARE_TOKEN = "the token is wrong or revoked: create a new one and set CLOUDFLARE_API_TOKEN"  # noqa: S105
_AWS_KEYS = "the credentials are missing, wrong or expired: log in to AWS again, or set AWS_ACCESS_KEY_ID"

# How the providers and the S3 backend write it: Neon's provider 0.15.0 the status and the API's text, Cloudflare's
# 5.18.0 the status line and the answer (codes: Cloudflare's page "Troubleshooting"), the AWS SDK an error code.
_REFUSED = (
    ("Neon", re.compile(r"\[HTTP Code: 401\](?:\[Error Code: [^\]]*\])?\s*([^\n]*)"), NEON_KEY),
    (
        "Cloudflare",
        re.compile(r'/client/v4/(?:(?!\bError: ).)*?(?:\b401\b|"code":\s*(?:6003|6111|9106|10000|10001)\b)'
                   r'(?:(?!\bError: ).)*?"message":\s*"([^"]*)"', re.DOTALL),
        CLOUDFLARE_TOKEN,
    ),
    (
        "AWS",
        re.compile(
            r"(InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|No valid credential sources)"
        ),
        _AWS_KEYS,
    ),
)  # fmt: skip


def refused_credentials(text: str) -> str:
    """What a Terraform error says about refused credentials, in one line with the service's reason; empty if nothing.

    Args:
        text: Terraform's output, without the frame around errors.
    """
    for service, pattern, advice in _REFUSED:
        if found := pattern.search(text):
            reason = " ".join(found[1].split())
            return f"{service} refused the credentials ({reason}); {advice}"
    return ""
