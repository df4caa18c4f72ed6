"""Neon's API v2: projects, branches, endpoints, roles and databases, over real Postgres databases."""

from sandbox.cloud.neon.neon_objects import NeonApi
from sandbox.cloud.neon.neon_projects import BranchUsage, NeonProjects
from sandbox.cloud.neon.neon_routes import service

__all__ = ["BranchUsage", "NeonApi", "NeonProjects", "service"]
