"""A provider's process as Terraform sees it: it has the fork server start the provider, and ends with it.

Usage: python -I -S fork_client.py <source address>. It imports next to nothing: Terraform starts a provider several
times in each command, and a Python that loads gRPC and the protocol's messages each time took most of a rehearsal.
Without a fork server it runs the provider itself.
"""

# The modules in C: their wrappers in Python take longer to import than all the rest.
import _signal  # pyright: ignore[reportMissingImports]
import _socket
import posix
import sys

SERVER_VARIABLE = b"SANDBOX_FORK_SERVER"
PARENT_SECONDS = 0.5


def main(address: str) -> int:
    """Runs the provider of a source address to its end; returns the exit code."""
    connection = _connected()
    if connection is None:
        posix.execv(sys.executable, [sys.executable, "-s", "-P", "-m", "sandbox.providers", address])
    # Ctrl-C reaches the whole process group; Terraform finishes what is under way and then says when to leave.
    _signal.signal(_signal.SIGINT, _signal.SIG_IGN)
    parent = posix.getppid()
    variables = [name + b"=" + value for name, value in posix.environ.items()]
    message = b"\0".join([address.encode(), posix.getcwdb(), *variables])
    streams = b"".join(stream.to_bytes(4, sys.byteorder) for stream in (0, 1, 2))
    connection.sendmsg([len(message).to_bytes(4, "big")], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)])
    connection.sendall(message)
    for stream in (0, 1):  # only the provider holds Terraform's pipes
        posix.close(stream)
    connection.settimeout(PARENT_SECONDS)
    while posix.getppid() == parent:
        try:
            status = connection.recv(1)
        except TimeoutError:
            continue
        return status[0] if status else 1
    return 1


def _connected() -> "_socket.socket | None":
    """A connection to the fork server; None if none answers."""
    path = posix.environ.get(SERVER_VARIABLE)
    if not path:
        return None
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        connection.connect(path)
    except OSError:
        return None
    return connection


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
