"""Connections to a Postgres database, by its address."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ops.context.console import Mask
from ops.context.errors import OpsError

if TYPE_CHECKING:
    import psycopg

# A suspended compute of Neon takes some seconds to start.
_CONNECT_SECONDS = 30


@contextmanager
def connected(uri: str, mask: Mask) -> Generator["psycopg.Connection"]:
    """A connection to a database, in autocommit mode, closed afterwards.

    Args:
        uri: the database's address, with its password.
        mask: hides secrets in messages.

    Raises:
        OpsError: the database can't be reached, or a statement failed.
    """
    # Only here: most commands connect to no database.
    import psycopg

    mask.add(uri)
    try:
        with psycopg.connect(uri, connect_timeout=_CONNECT_SECONDS, autocommit=True) as connection:
            yield connection
    except psycopg.Error as error:
        reason = " ".join(mask.hide(str(error)).split()) or type(error).__name__
        raise OpsError(f"the database refused: {reason}; check its address and that its compute is running") from None
