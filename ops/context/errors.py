"""The errors that end a command with a message for the owner, and the message for each kind of error."""

import errno
import sys

AWS_ADVICE = "check the AWS credentials, the region and the network"
"""What to do if AWS's library can't make a request: it has no credentials, or there is no answer."""
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})


class OpsError(Exception):
    """A command can't continue. The message is one line: what failed, why, and what to do. It never holds a secret."""


def owners_message(error: BaseException) -> str:
    """One line for an error that the owner, the machine or a service caused; empty for a defect of this program.

    Every command and every check of the doctor ends its errors here, so a kind of error is explained once.
    """
    from settings import SettingsError

    if isinstance(error, OpsError | SettingsError):
        return str(error)
    if isinstance(error, OSError):
        return _of_the_system(error)
    # Without the AWS library there is none of its errors; importing it here would take half a second.
    if (library := sys.modules.get("botocore.exceptions")) is not None:
        if isinstance(error, library.ClientError):
            return f"AWS refused: {error}; check the AWS credentials and their permissions"
        if isinstance(error, library.BotoCoreError):
            return f"AWS can't be used: {error}; {AWS_ADVICE}"
    return ""


def _of_the_system(error: OSError) -> str:
    place = f"{error.filename}: " if error.filename else ""
    reason = error.strerror or str(error)
    if error.errno in _NO_SPACE:
        return f"{place or 'a file '}can't be written: {reason}; free some space, and run the command again"
    if not place:
        return ""
    return f"{place}{reason}; check the path and its permissions"
