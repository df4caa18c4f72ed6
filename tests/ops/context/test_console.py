import io
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.context.console import Console, Mask


def test_a_secret_is_hidden_as_it_is_and_as_urls_and_json_write_it():
    secret = 'pa"ss/w ord+1'
    mask = Mask([secret])
    for written in (secret, quote(secret, safe=""), "pa%22ss%2Fw+ord%2B1", r"pa\"ss/w ord+1"):
        assert mask.hide(f"<{written}>") == "<***>"


def test_the_password_of_a_known_uri_is_hidden_also_alone():
    mask = Mask(["postgresql://intent:s3cr%2Ft-pw@host/db"])
    assert mask.hide("password s3cr/t-pw") == "password ***"


def test_each_line_of_a_secret_of_several_lines_is_hidden():
    mask = Mask(["-----BEGIN KEY-----\nMIIBOgIBAAJBAK\n-----END KEY-----"])
    assert "MIIBOg" not in mask.hide("log: MIIBOgIBAAJBAK")


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://role:unknown-pw@host/db",
        "https://discord.com/api/webhooks/123/unknown-Token_1",
        "npg_abcdefgh1234",
        "napi_abcdefghijklmnop1234",
        "cfut_" + "a1" * 24,
        "ghs_" + "a1" * 18,
        "AKIAABCDEFGHIJKLMNOP",
        "https://discord.com/api/v10/webhooks/123/unknown-Token_1",
        "ASIA" + "ABCDEFGH" * 2,
        "glpat-" + "a1B2_" * 4,
        "sk-proj-" + "a1B2_" * 8,
        "xoxb-" + "12345-" * 3,
        "sk_live_" + "a1b2" * 6,
        "eyJ" + "hbGci" * 4 + ".eyJ" + "zdWIi" * 4 + ".c2ln",
    ],
)
def test_the_form_of_a_secret_is_enough_to_hide_it(text: str):
    hidden = Mask().hide(text)
    assert "***" in hidden
    assert hidden in ("***", "postgresql://***@host/db") or hidden.endswith("/webhooks/***")
    assert not {"unknown-pw", "unknown-Token_1"} & set(hidden.replace("@", "/").split("/"))


@pytest.mark.parametrize("word", ["", "short", "rehearsal", "true"])
def test_plain_words_are_left_alone(word: str):
    assert Mask([word]).hide("the rehearsal is short and true") == "the rehearsal is short and true"


def test_a_bare_address_is_no_secret_but_one_with_a_path_may_be():
    mask = Mask(["https://api-pr-7.shop.workers.dev", "https://hooks.example/abcdef123"])
    assert mask.hide("at https://api-pr-7.shop.workers.dev") == "at https://api-pr-7.shop.workers.dev"
    assert mask.hide("to https://hooks.example/abcdef123") == "to ***"


@given(
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=8), st.text(), st.text()
)
def test_no_secret_survives_whatever_surrounds_it(secret: str, before: str, after: str):
    secret = f"{secret.strip()}1234567A"
    assert secret not in Mask([secret]).hide(before + secret + after).replace("***", "\0")


def test_a_longer_secret_is_hidden_before_a_shorter_one_within_it():
    assert Mask(["abcd1234", "abcd1234-and-more"]).hide("abcd1234-and-more") == "***"


def test_the_console_hides_secrets_on_both_streams():
    out, errors = io.StringIO(), io.StringIO()
    console = Console(Mask(["topsecret-1"]), out, errors)
    console.say("news topsecret-1")
    console.warn("warning topsecret-1")
    assert (out.getvalue(), errors.getvalue()) == ("news ***\n", "warning ***\n")


def test_a_secret_with_terminal_codes_in_it_is_hidden(capsys: pytest.CaptureFixture[str]):
    console = Console(Mask(["topsecret-value-1"]))
    console.say("\x1b[1mtopsecret\x1b[0m-value-1")
    console.warn("topsecret\x1b[K-value-1")
    shown = capsys.readouterr()
    assert shown.out == "***\n"
    assert "topsecret" not in shown.err
