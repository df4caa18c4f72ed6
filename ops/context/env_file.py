"""The owner's `.env`: variables that a run adds to those of the shell."""

import re
import stat
from collections.abc import Mapping
from pathlib import Path

from ops.context.credentials import Addresses, Credentials
from ops.context.errors import OpsError

_LINE = re.compile(r"(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)", re.ASCII)
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def with_env_file(environment: Mapping[str, str], file: Path) -> dict[str, str]:
    """An environment with the variables of a file that it doesn't set.

    A credential has several names: if the environment sets one of them, the file's others are ignored too. If it
    overrides a service's address, as the sandbox's shell does, the file is not read: an account's credentials must not
    be sent elsewhere.

    Args:
        environment: the variables already set; none is empty.
        file: lines of `NAME=value`, the value with or without quotes; `#` begins a comment line. It may be missing.

    Raises:
        OpsError: others can open the file, it can't be read, or a line is not `NAME=value` (the line is not quoted).
    """
    if _elsewhere(environment) or not file.is_file():
        return dict(environment)
    aliases = [set(Credentials.names(name)) for name in Credentials.model_fields]
    taken = set(environment).union(*(names for names in aliases if names & environment.keys()))
    return {name: value for name, value in _read(file).items() if name not in taken and value} | dict(environment)


def _elsewhere(environment: Mapping[str, str]) -> bool:
    default = Addresses.model_validate({})
    here = Addresses.model_validate(environment)
    # GitHub's runners set GitHub's address themselves.
    return any(getattr(here, name) != getattr(default, name) for name in ("neon", "cloudflare", "aws"))


def _read(file: Path) -> dict[str, str]:
    try:
        if file.stat().st_mode & _OTHERS:
            raise OpsError(f"{file}: others can open it, and it holds secrets; run chmod 600 {file}")
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise OpsError(f"{file}: can't be read ({type(error).__name__}); fix or delete it") from None
    found: dict[str, str] = {}
    for number, line in enumerate(map(str.strip, lines), 1):
        if not line or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if not match:
            raise OpsError(f"{file}: line {number} is not NAME=value; fix or delete it")
        value = match[2]
        quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
        found[match[1]] = value[1:-1] if quoted else value
    return found
