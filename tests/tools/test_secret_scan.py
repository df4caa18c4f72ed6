"""No secret is in what git keeps; what looks like one is found, and never printed."""

import json
from pathlib import Path

import pytest

from tools import secret_scan
from tools.secret_scan import Found, read_baseline, scan, tracked_files, write_baseline

# Put together here, so that this file holds none itself.
SECRETS = {
    "AWS Access Key": "AKIA" + "Q3ZX7KPL2MNB4VTS",
    "Basic Auth Credentials": "postgresql://owner:" + "s0me-words" + "@db.example/ledger",
    "GitHub Token": "ghp_" + "aB3dE5fG7h" * 3 + "iJ9kL1",
    "Private Key": "-----BEGIN " + "PRIVATE KEY-----",
    "Service Key": "napi_" + "k3v9x7q2m5" * 5,
    "Service Key ": "CLOUDFLARE_API_TOKEN = '" + "aB3_" * 10 + "'",
    "Service Key   ": "cfat_" + "aB3dE5fG" * 6,
    "Service Key  ": "https://discord.com/api/webhooks/" + "1" * 18 + "/" + "aB3_" * 17,
}


def test_nothing_that_git_keeps_holds_a_secret() -> None:
    known = read_baseline()
    new = {item: line for item, line in scan(tracked_files()).items() if item not in known}
    assert new == {}, "remove and revoke it, or where it is made up: python -m tools.secret_scan --update"


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_found_and_ends_with_1_without_being_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    (tmp_path / "notes.md").write_text(f"first\n{SECRETS[kind]}\n")
    found = {(item.file, item.kind, line) for item, line in scan(["notes.md"], tmp_path).items()}
    # Some keys are known to detect-secrets as well: both detectors name them.
    assert ("notes.md", kind.strip(), 2) in found
    assert found <= {("notes.md", kind.strip(), 2), ("notes.md", "Service Key", 2)}
    monkeypatch.setattr(secret_scan, "ROOT", tmp_path)
    monkeypatch.setattr(scan, "__defaults__", (tmp_path,))
    monkeypatch.setattr(read_baseline, "__defaults__", (tmp_path / ".secrets.baseline",))
    assert secret_scan.main(["notes.md"]) == 1
    printed = capsys.readouterr().out
    assert printed.startswith("notes.md:2: looks like a secret")
    assert SECRETS[kind] not in printed


@pytest.mark.parametrize(
    "text",
    ["postgresql://${neon_role.this.name}:${neon_role.this.password}@host/x", "api_token = var.token", "napi_…"],
)
def test_a_reference_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "main.tf").write_text(text + "\n")
    assert scan(["main.tf"], tmp_path) == {}


def test_the_baseline_takes_what_is_made_up_and_nothing_else(tmp_path: Path) -> None:
    baseline = tmp_path / "baseline"
    known = Found("a.py", "AWS Access Key", "1")
    write_baseline([known], baseline)
    assert read_baseline(baseline) == {known}
    assert Found("a.py", "AWS Access Key", "2") not in read_baseline(baseline)
    assert read_baseline(tmp_path / "gone") == set()


def test_the_baseline_holds_digests_alone() -> None:
    text = (secret_scan.ROOT / ".secrets.baseline").read_text()
    for items in json.loads(text)["results"].values():
        assert all(set(item) == {"type", "hashed_secret"} and len(item["hashed_secret"]) == 40 for item in items)
