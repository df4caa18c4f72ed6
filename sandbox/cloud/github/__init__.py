"""GitHub's REST API, as much as pull request comments and issues need."""

from sandbox.cloud.github.models import Conversations
from sandbox.cloud.github.urls import GithubApi, service

__all__ = ["Conversations", "GithubApi", "service"]
