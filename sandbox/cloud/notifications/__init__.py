"""Cloudflare's notifications: policies, and the webhooks that they send to."""

from sandbox.cloud.notifications.models import Policies, Webhooks

__all__ = ["Policies", "Webhooks"]
