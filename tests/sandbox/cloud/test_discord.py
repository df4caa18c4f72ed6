"""Discord's webhooks."""

from __future__ import annotations

import pytest

from tests.sandbox.cloud.world import World

TOKEN = "webhook-token-of-the-tests-0123456789"
WEBHOOK = f"/api/webhooks/123/{TOKEN}"


def test_a_message_is_stored_and_shown(world: World) -> None:
    embed = {"title": "Released", "fields": [{"name": "commit", "value": "abc"}]}
    answer = world.client.post(WEBHOOK, json={"content": "Hello", "embeds": [embed]})
    assert (answer.status_code, answer.content) == (204, b"")
    page = world.client.get("/").text
    assert "Hello · Released · commit: abc" in page


def test_a_message_is_returned_if_the_caller_waits(world: World) -> None:
    answer = world.client.post(f"{WEBHOOK}?wait=true", json={"content": "Hello"})
    assert (answer.status_code, answer.json()["content"]) == (200, "Hello")


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"content": ""}, 50006),
        ({"content": "x" * 2001}, 50035),
        ({"embeds": [{"title": "x"}] * 11}, 50035),
        ({"embeds": [{"description": "x" * 6001}]}, 50035),
    ],
)
def test_what_discord_would_refuse_is_refused(world: World, message: object, code: int) -> None:
    answer = world.client.post(WEBHOOK, json=message)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_a_malformed_webhook_is_unknown(world: World) -> None:
    assert world.client.post(f"/api/webhooks/x/{TOKEN}", json={"content": "x"}).status_code == 404
    assert world.client.post("/api/webhooks/123/short", json={"content": "x"}).status_code == 401


def test_the_token_in_the_path_is_in_no_log(world: World) -> None:
    world.client.post(WEBHOOK, json={"content": "Hello"})
    for address in ("/_sandbox/log", "/_sandbox/dump", "/"):
        text = world.client.get(address).text
        assert TOKEN not in text
    assert "/api/webhooks/123/***" in world.client.get("/_sandbox/log").text


def test_the_server_can_be_made_to_fail(world: World) -> None:
    rule = {"method": "POST", "path": "/api/webhooks/.*", "action": "status", "status": 500, "times": 1}
    world.client.post("/_sandbox/faults", json=[rule])
    assert world.client.post(WEBHOOK, json={"content": "x"}).status_code == 500
    assert world.client.post(WEBHOOK, json={"content": "x"}).status_code == 204


def test_a_webhook_is_shown_to_whoever_has_its_token(world: World) -> None:
    answer = world.client.get(WEBHOOK)
    assert (answer.status_code, answer.json()["id"]) == (200, "123")
    assert world.client.get("/api/webhooks/123/short").status_code == 401
