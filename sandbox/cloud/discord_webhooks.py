"""Incoming webhooks. Source: Discord's documentation, "Webhook resource", "Execute Webhook"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse, Response

from sandbox.cloud.cloud_api import Api, ApiCall, ApiError, ApiOperation, CloudService, PageTable, timestamp, utc_now
from sandbox.cloud.document_store import Document, DocumentStore

_MESSAGES = "discord_messages"
_CONTENT_LIMIT, _EMBEDS_LIMIT, _EMBEDS_TEXT_LIMIT = 2000, 10, 6000


class DiscordApi(Api):
    """`/api/webhooks`. The token is part of the path, so there is no other credential."""

    prefix = "/api/webhooks"
    unknown_route = (404, "404: Not Found", 0)

    def authenticate(self, headers: Mapping[str, str]) -> None:
        """Nothing to check: see ``Messages``."""

    def respond(self, result: Any, status: int, query: Mapping[str, str]) -> Response:  # noqa: ARG002
        if result is None:
            return Response(status_code=204)
        return JSONResponse(result, status)

    def refuse(self, error: ApiError) -> Response:
        return JSONResponse({"message": error.message, "code": error.code or 0}, error.status)


class DiscordMessages:
    """The messages sent. Every webhook whose id and token have the right form exists."""

    def __init__(self, store: DocumentStore) -> None:
        self._store = store

    def send(self, call: ApiCall) -> Document | None:
        _check_webhook(call)
        content = str(call.body.get("content") or "")
        embeds: list[Document] = call.body.get("embeds") or []
        if not content and not embeds:
            raise ApiError(400, "Cannot send an empty message", 50006)
        too_long = len(content) > _CONTENT_LIMIT or sum(_length(item) for item in embeds) > _EMBEDS_TEXT_LIMIT
        if too_long or len(embeds) > _EMBEDS_LIMIT:
            raise ApiError(400, "Invalid Form Body", 50035)
        message_id = str(len(self._store.list(_MESSAGES)) + 1).zfill(18)
        message = {
            "id": message_id,
            "webhook_id": call["id"],
            "content": content,
            "embeds": embeds,
            "username": call.body.get("username") or "Webhook",
            "timestamp": timestamp(utc_now()),
        }
        self._store.put(_MESSAGES, message_id, message)
        return message if call.query.get("wait") == "true" else None

    def webhook(self, call: ApiCall) -> Document:
        """The webhook itself ("Get Webhook with Token")."""
        _check_webhook(call)
        return {"id": call["id"], "type": 1, "name": "Webhook", "token": call["token"]}

    def table(self) -> PageTable:
        rows = [item | {"text": _text(item)} for item in self._store.list(_MESSAGES)]
        return PageTable("Messages", ("timestamp", "username", "text"), rows[::-1])


def _check_webhook(call: ApiCall) -> None:
    if not re.fullmatch(r"\d{1,20}", call["id"]):
        raise ApiError(404, "Unknown Webhook", 10015)
    if not re.fullmatch(r"[\w-]{20,100}", call["token"]):
        raise ApiError(401, "Invalid Webhook Token", 50027)


def _length(embed: Document) -> int:
    fields: list[Document] = embed.get("fields") or []
    texts = [embed.get("title"), embed.get("description"), (embed.get("footer") or {}).get("text")]
    texts += [field.get(name) for field in fields for name in ("name", "value")]
    return sum(len(str(text or "")) for text in texts)


def _text(message: Document) -> str:
    parts = [message["content"]]
    for embed in message["embeds"]:
        parts += [embed.get("title"), embed.get("description")]
        parts += [f"{field.get('name')}: {field.get('value')}" for field in embed.get("fields") or []]
    return " · ".join(str(part) for part in parts if part)


def service(api: Api, messages: DiscordMessages) -> CloudService:
    """The service of webhooks."""
    operations = [
        ApiOperation("GET", "/{id}/{token}", messages.webhook),
        ApiOperation("POST", "/{id}/{token}", messages.send),
    ]
    return CloudService("Discord", api, operations, lambda: [messages.table()], {})
