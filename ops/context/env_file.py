"""The owner's `.env`: credentials that a run adds to the variables of the shell."""

import re
import stat
from collections.abc import Mapping
from pathlib import Path

from ops.context.credentials import Addresses, Credentials
from ops.context.errors import OpsError

_LINE = re.compile(r"(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)", re.ASCII)
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_AWS_KEYS = frozenset({"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"})
# How a shell logs in to AWS without a key of its own (AWS SDKs and Tools reference guide, "Environment variables").
_AWS_LOGINS = _AWS_KEYS | {
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
}


def with_env_file(environment: Mapping[str, str], file: Path) -> dict[str, str]:
    """An environment with the variables of a file that it doesn't set.

    A credential has several names, and an AWS key has several parts: if the environment sets one of them, the file's
    others are ignored too. If it overrides a service's address, as the sandbox's shell does, the file is not read: an
    account's credentials must not be sent elsewhere.

    Args:
        environment: the variables already set; none is empty.
        file: lines of `NAME=value`, the value with or without quotes; `#` begins a comment line. It may be missing.

    Raises:
        OpsError: others can open the file, it can't be read, a line is not `NAME=value` (the line is not quoted), or
            a variable is one that only a shell can set.
    """
    if _elsewhere(environment):
        return dict(environment)
    groups = [set(Credentials.names(name)) for name in Credentials.model_fields] + [set(_AWS_LOGINS)]
    taken = set(environment).union(*(names for names in groups if names & environment.keys()))
    return {name: value for name, value in _read(file).items() if name not in taken and value} | dict(environment)


def _elsewhere(environment: Mapping[str, str]) -> bool:
    default = Addresses.model_validate({})
    here = Addresses.model_validate(environment)
    # GitHub's runners set GitHub's address themselves.
    names = ("neon", "cloudflare", "aws", "public")
    return "AWS_ENDPOINT_URL_S3" in environment or any(getattr(here, name) != getattr(default, name) for name in names)


def _read(file: Path) -> dict[str, str]:
    try:
        status = file.stat()
        # Not /dev/null, which everyone can open.
        if stat.S_ISREG(status.st_mode) and status.st_mode & _OTHERS:
            raise OpsError(f"{file}: others can open it, and it holds secrets; run chmod 600 {file}")
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise OpsError(f"{file}: can't be read ({type(error).__name__}); fix or delete it") from None
    found: dict[str, str] = {}
    for number, line in enumerate(map(str.strip, lines), 1):
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if not match:
            raise OpsError(f"{file}: line {number} is not NAME=value; fix or delete it")
        name, value = match[1], match[2]
        if _is_the_shells(name):
            raise OpsError(f"{file}: line {number} sets {name[:80]}, which is no credential; set it in the shell")
        quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
        found[name] = value[1:-1] if quoted else value
    return found


def _is_the_shells(name: str) -> bool:
    """Whether a variable only works in the shell: ops or a library reads it before the file, or it redirects keys."""
    others = name.startswith(("INFRA_", "AWS_")) and name not in _AWS_KEYS
    return others or name == "PATH" or name in Addresses.variable_names()
