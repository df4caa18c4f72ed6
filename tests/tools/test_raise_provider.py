"""`make raise` brings a provider's version along everywhere, and refuses a raise that is known to break."""

import json
import re
import shutil
from pathlib import Path

import pytest

from provider_pins import PINS, ProviderPin, read_version_pins
from sandbox.providers.mirror import write_mirror
from tests.support import ROOT
from tools import raise_provider
from tools.raise_provider import Checkout, fetch_schema, refusal

RULES = ROOT / "provider_pins/raises.toml"
VERSIONS = """terraform {
  required_version = ">= 1.11.0, < 2.0.0"

  required_providers {
    cloudflare = {
      source  = "cloudflare/cloudflare"
      version = "5.16.0"
    }
    random = {
      source  = "hashicorp/random"
      version = "3.8.1"
    }
  }
}
"""
LOCK = """# A note.

provider "registry.terraform.io/cloudflare/cloudflare" {
  version     = "5.16.0"
  constraints = "5.16.0"
  hashes = [
    "zh:0e21bfc6d4698b7e7d7b39b1635c5e1dac49b9e39e205b38d9d879e31aa63002",
  ]
}

provider "registry.terraform.io/hashicorp/random" {
  version     = "3.8.1"
  constraints = "3.8.1"
}
"""


def _cloudflare() -> ProviderPin:
    return PINS.providers["cloudflare"]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """A checkout that pins cloudflare 5.16.0, in which no program is run."""
    for folder in ("provider_pins", "locks", "sandbox/providers/schemas", "docs"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "provider_pins/versions.tf").write_text(VERSIONS)
    shutil.copy(RULES, tmp_path / "provider_pins")
    (tmp_path / "locks/edge.terraform.lock.hcl").write_text(LOCK)
    for version in ("5.16.0", "5.18.0", "5.22.0"):
        name = f"cloudflare-cloudflare-{version}.json"
        shutil.copy(ROOT / "sandbox/providers/schemas" / name, tmp_path / "sandbox/providers/schemas" / name)
    (tmp_path / "docs/page.md").write_text("one\nprovider 5.16.0 and 15.16.0\n")

    def run(_checkout: Checkout, *_arguments: str) -> None:
        """Bindings and snapshots have tests of their own."""

    monkeypatch.setattr(raise_provider, "_run", run)
    return Checkout(root=tmp_path)


def _content(checkout: Checkout) -> dict[str, str]:
    files = [file for file in checkout.root.rglob("*") if file.is_file()]
    return {str(file.relative_to(checkout.root)): file.read_text() for file in files}


def test_a_raise_changes_the_pin_and_the_locks_and_names_what_is_left(
    checkout: Checkout, capsys: pytest.CaptureFixture[str]
) -> None:
    before = _content(checkout)
    raise_provider.raise_provider(checkout, "cloudflare", "5.18.0", applied=False)
    after = _content(checkout)
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"provider_pins/versions.tf", "locks/edge.terraform.lock.hcl"}
    assert after["provider_pins/versions.tf"] == VERSIONS.replace("5.16.0", "5.18.0")
    lock = re.sub(r"  hashes = \[.*?\]\n", "", LOCK, flags=re.DOTALL)
    assert after["locks/edge.terraform.lock.hcl"] == lock.replace("5.16.0", "5.18.0")
    output = capsys.readouterr().out
    assert "cloudflare: 5.16.0 → 5.18.0\nleft to do:\n" in output
    assert "- check what names 5.16.0: docs/page.md:2\n" in output


def test_without_a_version_it_follows_a_pin_that_was_changed_already(checkout: Checkout) -> None:
    """As Dependabot does."""
    checkout.versions.write_text(VERSIONS.replace("5.16.0", "5.18.0"))
    raise_provider.raise_provider(checkout, "cloudflare", None, applied=False)
    assert checkout.locked_version(read_version_pins(checkout.versions).providers["cloudflare"]) == "5.18.0"


@pytest.mark.parametrize(
    ("name", "version", "reason"),
    [
        ("cloudflare", "5.22.0", "cloudflare 5.16.0 to 5.22.0 breaks: .*raise to 5.18.0 first"),
        ("cloudflare", "5.15.0", "older than 5.16.0"),
        ("cloudflare", "5.16.0", "at 5.16.0 already"),
        ("cloudflare", "5.18", "'5.18' is not a version; use the form 1.2.3"),
        ("cloudfare", "5.18.0", "no provider 'cloudfare'; use one of cloudflare, random"),
    ],
)
def test_a_refused_raise_changes_nothing(checkout: Checkout, name: str, version: str, reason: str) -> None:
    before = _content(checkout)
    with pytest.raises(SystemExit, match=reason):
        raise_provider.raise_provider(checkout, name, version, applied=True)
    assert _content(checkout) == before


def test_a_missing_schema_that_terraform_cannot_fetch_is_named(
    checkout: Checkout, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "nothing.tfrc"
    config.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{tmp_path}/none"\n  }}\n}}\n')
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(config))
    before = _content(checkout)
    with pytest.raises(SystemExit, match=r"schemas/cloudflare-cloudflare-5\.17\.0\.json is missing, and Terraform"):
        raise_provider.raise_provider(checkout, "cloudflare", "5.17.0", applied=False)
    assert _content(checkout) == before


@pytest.mark.parametrize(
    ("old", "new", "applied", "refused"),
    [
        ("5.16.0", "5.18.0", False, None),
        ("5.16.0", "5.22.0", True, "raise to 5.18.0 first"),
        ("5.18.0", "5.22.0", False, "APPLIED=1"),
        ("5.18.0", "5.22.0", True, None),
        ("5.22.0", "5.23.0", False, None),
        ("5.22.0", "5.18.0", True, "older"),
    ],
)
def test_the_path_of_the_cloudflare_provider(old: str, new: str, applied: bool, refused: str | None) -> None:
    why = refusal(_cloudflare(), old, new, applied=applied, rules=RULES)
    assert (why is None) if refused is None else (why is not None and refused in why)


def test_neon_is_raised_in_one_step() -> None:
    assert refusal(PINS.providers["neon"], "0.13.0", "0.15.0", applied=False, rules=RULES) is None


def test_a_schema_that_terraform_prints_is_kept_for_the_types_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked of the stand-in, which serves the real schema: the same comes back, without other types."""
    for name, value in write_mirror(tmp_path / "providers").environment.items():
        monkeypatch.setenv(name, value)
    pin = PINS.providers["random"]
    text = fetch_schema(pin, pin.version, {"random_password"})
    found = json.loads(text)["provider_schemas"][pin.address]
    file = Checkout(root=ROOT).schema(pin, pin.version)
    real = json.loads(file.read_text())["provider_schemas"][pin.address]["resource_schemas"]["random_password"]
    assert list(found["resource_schemas"]) == ["random_password"]
    kept = found["resource_schemas"]["random_password"]
    assert kept["version"] == real["version"]
    assert set(kept["block"]["attributes"]) == set(real["block"]["attributes"])
    assert "description_kind" not in text
