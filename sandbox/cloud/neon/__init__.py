"""Neon's API v2: projects, branches, endpoints, roles and databases, over real Postgres databases."""

from sandbox.cloud.neon.models import Neon
from sandbox.cloud.neon.responses import NeonApi
from sandbox.cloud.neon.urls import service

__all__ = ["Neon", "NeonApi", "service"]
