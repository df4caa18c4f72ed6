"""The PostgreSQL behind Neon's branches: one real server, reached over one loopback port for each endpoint."""

from sandbox.cloud.postgres.databases import Databases

__all__ = ["Databases"]
