"""What secrets look like: the one list behind every check of a text, and behind every mask.

The settings refuse such a text, the guards refuse it in synthesized JSON, ops hides it in all output, and the secret
scan refuses it in git. Sources: the services' pages on token formats, and GitHub's list of secret scanning patterns.
"""

import re

SERVICE_KEYS = (
    r"npg_\w{8,}|napi_\w{16,}"  # Neon: a role's password, an API key
    r"|cf(?:k|ut|at)_\w{40,}"  # Cloudflare, since 2026
    r"|gh[pousr]_\w{30,}|github_pat_\w{20,}"
    r"|AGE-SECRET-KEY-1[0-9A-Z]{40,}"
    r"|A[KS]IA[0-9A-Z]{16}"  # AWS
    r"|glpat-[\w-]{20,}|sk-(?:proj|svcacct|admin|ant)-[\w-]{16,}|xox[abprs]-[\w-]{10,}|[rs]k_live_\w{16,}"
    r"|(?<!\w)eyJ[\w-]{10,}\.eyJ[\w-]{10,}(?:\.[\w-]+)?"  # a JSON Web Token
)
"""Keys and tokens that begin with a prefix of their service."""
_URL_CREDENTIALS = r"(?<=://)[^\s/:@\"']*:[^\s/@\"']+(?=@)"
_WEBHOOK = r"(?<=/webhooks/)\d+/[\w-]+"
SECRETS_IN_TEXT = re.compile(rf"{_URL_CREDENTIALS}|{_WEBHOOK}|\b(?:{SERVICE_KEYS})")
"""Exactly the secret part of a text: what a mask hides. The rest of an address stays readable."""

_SECRETS = re.compile(
    # Each part reads a text once: no settings file and no log line may take minutes.
    rf"{SERVICE_KEYS}|postgres(?:ql)?://[^ ][^ :]*:[^ ][^ @]*@|(?<![a-z0-9+])[a-z][a-z0-9+]*://[^\s/:@]*:[^\s/@]+@"
    r"|discord(?:app)?\.com/api/(?:v\d+/)?webhooks/|-----BEGIN"
)
# Forty characters of mixed kinds: a Cloudflare token (with - and _) or an AWS secret key (with / and +).
_TOKEN = re.compile(r"(?<![\w/+-])(?=[\w/+-]*[a-z])(?=[\w/+-]*[A-Z])(?=[\w/+-]*[0-9])[A-Za-z0-9_/+-]{40}(?![\w/+-])")

_SECRET_VARIABLE = re.compile(
    # Of Terraform's variables only the sensitive ones: a TF_VAR_project_name must not hide the project's name.
    r"TOKEN|KEY|SECRET|PASSWORD|PASSWD|WEBHOOK|CREDENTIAL|DATABASE_UR[IL]"
    r"|^TF_VAR_(CLOUDFLARE_(ACCOUNT|ZONE)|NEON_ORG)_ID$|^TF_VAR_website_",
    re.IGNORECASE,
)
_NOT_SECRET_VARIABLE = re.compile(r"_(FILE|PATH|DIR)$|^AWS_ACCESS_KEY_ID$", re.IGNORECASE)


def looks_secret(value: str) -> bool:
    """Whether a text has the form of a known service's key, token or password. Used to refuse, so it is strict."""
    return bool(_SECRETS.search(value) or _TOKEN.search(value))


def is_secret_variable(name: str) -> bool:
    """Whether an environment variable of this name holds a secret."""
    return bool(_SECRET_VARIABLE.search(name)) and not _NOT_SECRET_VARIABLE.search(name)
