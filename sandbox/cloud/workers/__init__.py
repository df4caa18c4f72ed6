"""Cloudflare Workers: scripts, their versions, deployments and secrets, and the runtime that serves them."""

from sandbox.cloud.workers.models import Workers
from sandbox.cloud.workers.runtime import Runtime
from sandbox.cloud.workers.urls import service

__all__ = ["Runtime", "Workers", "service"]
