"""The host names of endpoints, and where each endpoint listens for Postgres's own protocol."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.cloud.postgres.certificate import DOMAIN

_POOLER = "-pooler"


@dataclass(frozen=True)
class Endpoint:
    """Where an endpoint listens.

    Attributes:
        port: on 127.0.0.1.
        branch_id: prefix of the names of roles and databases on the server.
        disabled: nobody may connect.
    """

    port: int
    branch_id: str
    disabled: bool


# An endpoint's id → the endpoint; None if there isn't one.
Endpoints = Callable[[str], Endpoint | None]


def endpoint_id(host: str) -> str:
    """The id in an endpoint's host name, which may be the pooled one and may have a port.

    Source: Neon's page "Connection pooling": the pooled host has `-pooler` after the endpoint's id.
    """
    return host.partition(":")[0].partition(".")[0].removesuffix(_POOLER)


def is_ours(host: str) -> bool:
    """Whether a host name belongs to the local cloud's endpoints."""
    return host.partition(":")[0].lower().endswith(DOMAIN)
