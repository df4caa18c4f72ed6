"""A proxy or certificates that can't be used are one line, in every client."""

from collections.abc import Callable

import pytest

from ops.clouds import public_web
from ops.clouds.discord import Notice, NoticeKind, Notices
from ops.clouds.http_clients import http_client
from ops.context.errors import OpsError
from ops.context.run_context import Context

MakeContext = Callable[..., Context]

_PROXY = "ALL_PROXY, HTTPS_PROXY or HTTP_PROXY is not the address of an HTTP proxy"
UNUSABLE = [
    ("ALL_PROXY", "socks5://127.0.0.1:9", _PROXY),
    ("HTTPS_PROXY", "ftp://127.0.0.1:9", _PROXY),
    ("HTTP_PROXY", "http://a..b:port", _PROXY),
    ("SSL_CERT_FILE", "/no/such/file.pem", "SSL_CERT_FILE: can't be read: No such file or directory"),
    ("SSL_CERT_FILE", __file__, "SSL_CERT_FILE: can't be read: it holds no certificate"),
]


@pytest.mark.parametrize(("name", "value", "line"), UNUSABLE)
def test_what_keeps_a_client_from_being_made_is_one_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, line: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(OpsError) as error:
        http_client("https://api.example.com", about="the API's address", timeout=1)
    assert str(error.value).startswith(line)
    assert "unset it" in str(error.value)


def test_a_rehearsals_visitor_reads_the_certificates_too(
    monkeypatch: pytest.MonkeyPatch, product_context: MakeContext
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/no/such/file.pem")
    with pytest.raises(OpsError, match=r"^SSL_CERT_FILE: can't be read: No such file"):
        public_web.client(product_context(PUBLIC_ADDRESSES_URL="http://127.0.0.1:9/directory"))


@pytest.mark.parametrize(("name", "value", "line"), UNUSABLE)
def test_it_holds_up_no_notice(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    make_context: MakeContext,
    name: str,
    value: str,
    line: str,
) -> None:
    monkeypatch.setenv(name, value)
    context = make_context(DISCORD_WEBHOOK_URL="https://discord.com/api/webhooks/1/token-of-discord-1")
    assert not Notices(context).send(Notice(NoticeKind.STARTED, "a release"))
    assert line in capsys.readouterr().err


def test_a_malformed_address_is_not_blamed_on_the_proxy() -> None:
    with pytest.raises(OpsError, match=r"^Neon's API address 'http://a:b' is not a valid address"):
        http_client("http://a:b", about="Neon's API address", timeout=1)
