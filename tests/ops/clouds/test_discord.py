import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ops.clouds.discord import Notice, NoticeKind, Notices, duration
from ops.context.program_text import quoted
from ops.context.run_context import Context
from tests.ops.receivers import Discord

MakeContext = Callable[..., Context]
NOTICE = Notice(NoticeKind.SUCCESS, "release of production", "All well.", {"Site": "https://example.com"}, seconds=125)


def send(context: Context, notice: Notice = NOTICE) -> bool:
    return Notices(context, longest_wait=0).send(notice)


def test_a_notice_tells_what_who_which_commit_how_long_and_where(make_context: MakeContext, discord: Discord):
    context = make_context(
        **discord.environment(),
        GITHUB_SHA="0123456789abcdef",
        GITHUB_ACTOR="octocat",
        GITHUB_REPOSITORY="owner/infra",
        GITHUB_RUN_ID="42",
    )
    assert send(context)
    (embed,) = discord.embeds
    fields = {field["name"]: field["value"] for field in embed["fields"]}
    assert embed["title"] == "✅ Succeeded: release of production"
    assert fields["Commit"] == "[0123456789ab](https://github.com/owner/infra/commit/0123456789abcdef)"
    assert (fields["By"], fields["Took"]) == ("octocat", "2 min 05 s")
    assert fields["Links"] == ("[Site](https://example.com) · [Run](https://github.com/owner/infra/actions/runs/42)")


def test_a_notice_pings_nobody_and_holds_no_secret(make_context: MakeContext, discord: Discord):
    context = make_context(**discord.environment(), NEON_API_KEY="key-of-neon-1", GITHUB_ACTOR="@everyone")
    send(context, Notice(NoticeKind.FAILURE, "key-of-neon-1", "key-of-neon-1", {"x": "https://x/key-of-neon-1"}))
    ((_, _, body),) = discord.sent("POST")
    assert body
    assert body["allowed_mentions"] == {"parse": []}
    assert "key-of-neon-1" not in str(body)


@pytest.mark.parametrize("address", ["http://a..b/hook", "http://x:port/hook", "http://x/ho\nok"])
def test_a_webhook_that_is_no_address_is_reported(
    make_context: MakeContext, capsys: pytest.CaptureFixture[str], address: str
):
    assert not send(make_context(DISCORD_WEBHOOK_URL=address))
    assert "DISCORD_WEBHOOK_URL is not a valid address" in capsys.readouterr().err


def test_without_a_webhook_nothing_is_sent(make_context: MakeContext, capsys: pytest.CaptureFixture[str]):
    assert not send(make_context())
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("fault", [(500, None), (429, {"retry_after": 600})])
def test_a_passing_fault_is_tried_again(make_context: MakeContext, discord: Discord, fault: tuple[int, object]):
    discord.faults = [fault]
    assert send(make_context(**discord.environment()))


@pytest.mark.parametrize(("fault", "tries"), [((404, None), 1), ((400, None), 1), ((503, None), 3)])
def test_what_cannot_be_delivered_is_reported_and_raises_nothing(
    make_context: MakeContext,
    discord: Discord,
    capsys: pytest.CaptureFixture[str],
    fault: tuple[int, object],
    tries: int,
):
    discord.faults = [fault] * 9
    assert not send(make_context(**discord.environment()))
    errors = capsys.readouterr().err
    assert f"notice not delivered (✅ Succeeded: release of production): the webhook answered {fault[0]}" in errors
    assert "secret-webhook-token" not in errors
    assert len(discord.requests) == tries


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/api/webhooks/1/secret-webhook-token", "no address at all"])
def test_a_server_that_is_down_or_a_wrong_address_is_reported(
    make_context: MakeContext, capsys: pytest.CaptureFixture[str], address: str
):
    assert not send(make_context(DISCORD_WEBHOOK_URL=address))
    errors = capsys.readouterr().err
    assert errors.startswith("notice not delivered")
    assert "secret-webhook-token" not in errors


@pytest.mark.parametrize(
    ("kind", "faults", "output"),
    [
        (NoticeKind.FAILURE, [], "announced=true\n"),
        (NoticeKind.ROLLED_BACK, [], "announced=true\n"),
        (NoticeKind.FAILURE, [(404, None)], ""),
        (NoticeKind.STARTED, [], ""),
        (NoticeKind.SUCCESS, [], ""),
    ],
    ids=["failed", "rolled back", "not delivered", "started", "succeeded"],
)
def test_a_workflow_learns_that_its_bad_end_was_announced(
    make_context: MakeContext,
    discord: Discord,
    tmp_path: Path,
    kind: NoticeKind,
    faults: list[tuple[int, object]],
    output: str,
):
    file = tmp_path / "output"
    file.touch()
    discord.faults = list(faults)
    send(make_context(**discord.environment(), GITHUB_OUTPUT=str(file)), Notice(kind, "release of production"))
    assert file.read_text(encoding="utf-8") == output


def test_an_output_that_can_not_be_written_ends_nothing(
    make_context: MakeContext, discord: Discord, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    context = make_context(**discord.environment(), GITHUB_OUTPUT=str(tmp_path / "no/such/file"))
    assert send(context, Notice(NoticeKind.FAILURE, "release of production"))
    assert "can't be written (No such file or directory): the step has no output announced" in capsys.readouterr().err


def test_overlong_text_is_cut_to_discords_limits(make_context: MakeContext, discord: Discord):
    send(make_context(**discord.environment()), Notice(NoticeKind.FAILURE, "x" * 999, "y" * 9999, {"z": "z" * 9999}))
    (embed,) = discord.embeds
    assert len(embed["title"]) <= 256
    assert len(embed["description"]) <= 4096
    assert all(len(field["value"]) <= 1024 for field in embed["fields"])


def test_of_a_long_text_the_quote_is_cut_and_not_the_advice(make_context: MakeContext, discord: Discord):
    quote = quoted("\n".join(f"\x1b[31merror {number}\x1b[39m" for number in range(900)))
    text = f"`pnpm db:migrate` ended with exit code 1:\n{quote}\nFix the cause and run the release again."
    send(make_context(**discord.environment()), Notice(NoticeKind.FAILURE, "release", text))
    (embed,) = discord.embeds
    assert len(embed["description"]) <= 4096
    assert embed["description"].splitlines()[1] == "  | error 0"
    assert embed["description"].splitlines()[-1] == "Fix the cause and run the release again."


def test_no_half_of_a_link_is_sent(make_context: MakeContext, discord: Discord):
    links = {f"site {number}": f"https://{number}.example.com/" for number in range(60)}
    send(make_context(**discord.environment()), Notice(NoticeKind.SUCCESS, "deploy", "", links))
    (embed,) = discord.embeds
    (value,) = (field["value"] for field in embed["fields"] if field["name"] == "Links")
    assert len(value) > 900
    assert re.fullmatch(r"(\[site \d+\]\(https://\d+\.example\.com/\)( · )?)+", value)


def test_durations_read_as_people_say_them():
    assert [duration(8.34), duration(59.9), duration(60), duration(3725)] == [
        "8.3 s",
        "59.9 s",
        "1 min 00 s",
        "62 min 05 s",
    ]
