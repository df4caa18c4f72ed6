"""The kinds of text in settings, each with its rule and an error message."""

import re
from datetime import date
from ipaddress import ip_network
from typing import Annotated

from pydantic import AfterValidator

from settings.secret_forms import looks_secret

# A key of an unknown service: a long run of letters and digits.
_LONG_RUN = re.compile(r"(?<![\w/+-])(?=[\w/+-]*[A-Za-z])(?=[\w/+-]*[0-9])[\w/+-]{24,}")
_LONGEST_SHOWN = 80


def shown(value: str) -> str:
    """A refused value for a message: quoted and cut to 80 characters, or not shown if it could be a secret."""
    if looks_secret(value) or _LONG_RUN.search(value):
        return "this text"
    return repr(value if len(value) <= _LONGEST_SHOWN else f"{value[: _LONGEST_SHOWN - 1]}…")


def _refuse_secrets(value: str) -> str:
    if looks_secret(value):
        raise ValueError("this looks like a secret; delete it here, revoke it, and pass secrets as Terraform variables")
    return value


def _matching(kind: str, pattern: str, rule: str) -> AfterValidator:
    compiled = re.compile(pattern, re.ASCII)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(f"{shown(value)} is not {kind}; use {rule}")
        return value

    return AfterValidator(check)


def _plain_steps(value: str) -> str:
    steps = value.rstrip("*").strip("/").split("/")
    if {".", ".."} & set(steps) or "//" in value:
        raise ValueError(f"{shown(value)} holds //, /./ or /../, which no request has; remove it from the path")
    return value


def _in_the_calendar(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value} is not a date; use a day of the calendar") from None
    return value


def _none_of(kind: str, taken: frozenset[str]) -> AfterValidator:
    def check(value: str) -> str:
        if value in taken:
            raise ValueError(f"{shown(value)} is not free: {kind}; choose another name")
        return value

    return AfterValidator(check)


_no_secret = AfterValidator(_refuse_secrets)

Line = Annotated[
    str,
    _no_secret,
    _matching("a line of text", r".{1,500}", "1 to 500 characters on one line"),
]
Slug = Annotated[
    str,
    _no_secret,
    _matching(
        "a name",
        r"[a-z0-9]([a-z0-9-]{0,56}[a-z0-9])?",
        "1 to 58 lower-case letters, digits and inner hyphens (Cloudflare Pages makes a host name of it)",
    ),
]
GitHubOwner = Annotated[
    str,
    _no_secret,
    _matching(
        "a GitHub user or organization", r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}", "letters, digits, hyphens and underscores"
    ),
]
GitHubName = Annotated[
    str,
    _no_secret,
    _matching(
        "a GitHub repository",
        r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}",
        "its name without the owner: letters, digits, dots, hyphens and underscores",
    ),
]
GitBranch = Annotated[
    str,
    _no_secret,
    _matching(
        "a git branch name",
        r"(?!.*(//|\.\.))[A-Za-z0-9][A-Za-z0-9._/-]{0,99}(?<![./])",
        "letters, digits, and inner dots, slashes, hyphens and underscores",
    ),
]
NeonBranchName = Annotated[
    str,
    _no_secret,
    _matching(
        "a Neon branch name",
        r"(?!.*//)[A-Za-z0-9][A-Za-z0-9._/-]{0,62}(?<!/)",
        "1 to 63 letters, digits, dots, inner slashes, hyphens and underscores, a letter or digit first",
    ),
]
PostgresName = Annotated[
    str,
    _no_secret,
    _matching(
        "a Postgres name",
        r"(?!pg_)[a-z_][a-z0-9_]{0,62}",
        "1 to 63 lower-case letters, digits and underscores, a letter first, and no pg_ in front",
    ),
]
RoleName = Annotated[
    PostgresName,
    _none_of("Postgres or Neon has such a role", frozenset({"postgres", "public", "none", "neon_superuser"})),
]
DatabaseName = Annotated[
    PostgresName, _none_of("Postgres has such a database", frozenset({"postgres", "template0", "template1"}))
]
BucketName = Annotated[
    str,
    _no_secret,
    _matching(
        "an S3 bucket name",
        r"(?!.*(\.\.|\.-|-\.))(?!\d+\.\d+\.\d+\.\d+$)(?!xn--|sthree-|amzn-s3-demo-)"
        r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?<!-s3alias)(?<!--ol-s3)(?<!\.mrap)(?<!--x-s3)(?<!--table-s3)",
        "3 to 63 lower-case letters, digits, inner hyphens and single dots, and no beginning or end that S3 keeps "
        "for itself (xn--, -s3alias and others)",
    ),
]
"""S3's user guide, "General purpose bucket naming rules"."""
AwsRegion = Annotated[
    str, _no_secret, _matching("an AWS region", r"[a-z]{2}(-[a-z]+)+-\d", "a region's code, such as us-east-1")
]
DomainName = Annotated[
    str,
    _no_secret,
    _matching(
        "a domain name",
        r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}",
        "a lower-case host name with a dot, such as app.example.com",
    ),
]
FilePath = Annotated[
    str,
    _no_secret,
    _matching("a path", r"[A-Za-z0-9._/*@-]{1,200}", "letters, digits and . _ / * @ -"),
]
IsoDate = Annotated[
    str,
    _no_secret,
    _matching("a date", r"20\d\d-\d\d-\d\d", "the form 2025-09-27"),
    AfterValidator(_in_the_calendar),
]
UrlPath = Annotated[
    str,
    _no_secret,
    _matching("a path", r"/[A-Za-z0-9._~/-]{0,200}", "the form /api/ (letters, digits and . _ ~ / -)"),
    AfterValidator(_plain_steps),
]
"""The path of a web address. Browsers resolve `.` and `..` before they ask, so a rule on such a path never applies."""
UrlPathPattern = Annotated[
    str,
    _no_secret,
    _matching("a path below the site", r"/[A-Za-z0-9._~/-]{1,200}\*?", "the form /api/*"),
    AfterValidator(_plain_steps),
]
StatusCodes = Annotated[
    str,
    _no_secret,
    _matching("an HTTP status", r"[1-5]([0-9]{2}|xx)", "three digits, or 2xx for all that begin with 2"),
]
EnvironmentVariable = Annotated[
    str,
    _no_secret,
    _matching("an environment variable name", r"[A-Z][A-Z0-9_]{0,99}", "capitals, digits and underscores"),
]
DashboardVariable = Annotated[
    str,
    _no_secret,
    _matching("a variable name", r"[A-Za-z_][A-Za-z0-9_]{0,99}", "letters, digits and underscores"),
]
"""A variable or binding that somebody named in Cloudflare's dashboard, which takes small letters too."""
EnvironmentName = Annotated[
    str,
    _no_secret,
    _matching(
        "an environment name",
        r"[a-z]([a-z0-9-]{0,29}[a-z0-9])?",
        "1 to 31 lower-case letters, digits and inner hyphens, a letter first",
    ),
]


def _is_ip_range(value: str) -> str:
    try:
        # An interface of one machine (fe80::1%eth0) means nothing to Neon.
        if "%" in value:
            raise ValueError("a zone id")
        ip_network(value)
    except ValueError:
        raise ValueError(
            f"{shown(value)} is not an address or a range; use the form 203.0.113.7 or 203.0.113.0/24"
        ) from None
    return value


IpRange = Annotated[str, _no_secret, AfterValidator(_is_ip_range)]
RotationKey = Annotated[
    str, _no_secret, _matching("rotation mark", r"[0-9][0-9-]{0,19}", 'a number or a date in quotes, such as "1"')
]

_INDEX = r'(\[(\d{1,6}|"[A-Za-z0-9_. -]{1,64}")\])?'
_NAME = r"[A-Za-z_][A-Za-z0-9_-]{0,99}"
StateAddress = Annotated[
    str,
    _no_secret,
    _matching(
        "a resource's address",
        rf"(module\.{_NAME}{_INDEX}\.)*[a-z][a-z0-9_]{{0,99}}\.{_NAME}{_INDEX}",
        "the form that terraform state list prints, such as module.db.neon_branch.this",
    ),
]
