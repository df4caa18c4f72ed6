"""What an owner reads when a command can't go on."""


class OpsError(Exception):
    """A command that can't go on. The message is one clear line: what is wrong and what to do; never a secret."""
