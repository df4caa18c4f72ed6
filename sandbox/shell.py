"""A world's environment for an owner's own shell: variables that could reach real accounts are removed first."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

# What a shell needs. All else is removed: tokens, profiles, ids and settings of real accounts have many names.
_STAYS = (
    "PATH HOME LANG LC_* TZ TERM COLORTERM SHELL USER LOGNAME PWD OLDPWD SHLVL TMPDIR EDITOR PS1 PS2 VIRTUAL_ENV "
    "SSL_CERT_FILE SSL_CERT_DIR PIP_CERT REQUESTS_CA_BUNDLE CURL_CA_BUNDLE"
)


def shell_script(environment: Mapping[str, str], folder: Path | None = None) -> str:
    """A script to source, after which a shell reaches only this world; its prompt says so, and `leave` leads out.

    Args:
        environment: the world's, as `shell_variables` gives it.
        folder: where the shell goes; it stays where it is if left out.
    """
    given = {name: value for name, value in environment.items() if name not in ("HOME", "PATH")}
    known = {"", *os.environ.get("PATH", "").split(":")}
    # What the world has behind the machine's own folders stays behind them: this machine's psql comes before the
    # sandbox's, which can't speak TLS.
    folders = environment.get("PATH", "").split(":")
    first = next((place for place, each in enumerate(folders) if each in known), len(folders))
    before, behind = ([each for each in part if each not in known] for part in (folders[:first], folders[first:]))
    path = ":".join([*map(shlex.quote, before), '"$PATH"', *map(shlex.quote, behind)])
    unset = (
        "for name in $(env | sed -n 's/^\\([A-Za-z_][A-Za-z0-9_]*\\)=.*/\\1/p'); do\n"
        f'  case "$name" in {_STAYS.replace(" ", "|")}) ;; *) unset "$name" ;; esac\n'
        "done\n"
        "unset name\n"
    )
    # Kept in shell variables, since exported ones are unset. `leave` is an alias: in a function, what `export -p`
    # prints would be local to it.
    enter = (
        'if [ -z "${SANDBOX_LEFT-}" ]; then\n'
        "  SANDBOX_LEFT=$(export -p); SANDBOX_FOLDER=$PWD; SANDBOX_PROMPT=${PS1-}\n"
        "fi\n"
    )
    lines = [f"export {name}={shlex.quote(value)}" for name, value in given.items()]
    if before or behind:
        lines.append(f"export PATH={path}")
    if folder:
        lines.append(f"cd {shlex.quote(str(folder))}")
    leave = (
        f"unset {' '.join(given)}",
        'eval "$SANDBOX_LEFT"',
        'cd "$SANDBOX_FOLDER"',
        "PS1=$SANDBOX_PROMPT",
        "unset SANDBOX_LEFT SANDBOX_FOLDER SANDBOX_PROMPT",
        "unalias leave",
    )
    lines += ['PS1="(sandbox) $SANDBOX_PROMPT"', f"alias leave='{'; '.join(leave)}'"]
    return enter + unset + "".join(f"{line}\n" for line in lines)
