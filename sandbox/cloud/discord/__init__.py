"""Discord's webhooks: a message that is sent is kept and shown."""

from sandbox.cloud.discord.service import DiscordApi, Messages, service

__all__ = ["DiscordApi", "Messages", "service"]
