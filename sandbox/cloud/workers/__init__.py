"""Cloudflare Workers: scripts, their versions, deployments and secrets, and the runtime that serves them."""

from sandbox.cloud.workers.worker_routes import service
from sandbox.cloud.workers.worker_runtime import Runtime
from sandbox.cloud.workers.worker_scripts import Workers

__all__ = ["Runtime", "Workers", "service"]
