"""Cloudflare Pages: projects and their custom domains."""

from sandbox.cloud.pages.deployments import Deployments, deployments_service
from sandbox.cloud.pages.models import Domains, Projects

__all__ = ["Deployments", "Domains", "Projects", "deployments_service"]
