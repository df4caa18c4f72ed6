"""The error that ends a command with a message for the owner."""


class OpsError(Exception):
    """A command can't continue. The message is one line: what failed, why, and what to do. It never holds a secret."""
