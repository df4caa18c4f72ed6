"""Cloudflare's settings of a zone against bots."""

from sandbox.cloud.bot_management.models import BotManagement
from sandbox.cloud.bot_management.urls import service

__all__ = ["BotManagement", "service"]
