"""A world's environment for an owner's own shell: variables that could reach real accounts are removed first."""

import secrets
import shlex
from collections.abc import Mapping

# What a shell needs. All else is removed: tokens, profiles, ids and settings of real accounts have many names.
_STAYS = (
    "PATH HOME LANG LC_* TZ TERM COLORTERM SHELL USER LOGNAME PWD OLDPWD SHLVL TMPDIR EDITOR PS1 PS2 VIRTUAL_ENV "
    "SSL_CERT_FILE SSL_CERT_DIR PIP_CERT REQUESTS_CA_BUNDLE CURL_CA_BUNDLE"
)


def shell_script(environment: Mapping[str, str], cloud: str) -> str:
    """A script to source, after which a shell reaches only this world.

    Args:
        environment: the world's.
        cloud: the local cloud's address.
    """
    given = {name: value for name, value in environment.items() if name not in ("HOME", "PATH")} | {
        "GITHUB_API_URL": f"{cloud}/api/v3",
        "GITHUB_TOKEN": f"sandbox-{secrets.token_hex(16)}",
        "DISCORD_WEBHOOK_URL": f"{cloud}/api/webhooks/123456789012345678/{secrets.token_hex(30)}",
    }
    unset = (
        "for name in $(env | sed -n 's/^\\([A-Za-z_][A-Za-z0-9_]*\\)=.*/\\1/p'); do\n"
        f'  case "$name" in {_STAYS.replace(" ", "|")}) ;; *) unset "$name" ;; esac\n'
        "done\n"
        "unset name\n"
    )
    return unset + "".join(f"export {name}={shlex.quote(value)}\n" for name, value in given.items())
