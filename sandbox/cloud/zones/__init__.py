"""Accounts and zones."""

from sandbox.cloud.zones.models import Directory
from sandbox.cloud.zones.urls import service

__all__ = ["Directory", "service"]
