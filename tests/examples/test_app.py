"""The reference app: its own checks pass, its tools are pinned, and it agrees with the settings."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from settings import Settings

ROOT = Path(__file__).parents[2]
APP = ROOT / "examples" / "app"
RUNNER = ROOT / "sandbox" / "cloud" / "workers" / "runner"
NODE = Path(sys.executable).parent / "node"
installed = pytest.mark.skipif(
    not (APP / "node_modules" / "wrangler").is_dir(), reason="the app's tools are not installed: run `make app`"
)


def wrangler_config() -> dict[str, Any]:
    text = (APP / "apps/api/wrangler.jsonc").read_text()
    return json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))


def node(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {"PATH": "/usr/bin:/bin", **environment}
    return subprocess.run([str(NODE), *arguments], cwd=APP, env=given, capture_output=True, text=True, check=False)


@installed
def test_the_apps_own_tests_pass() -> None:
    done = node("--test", "apps/*/test/*.test.ts")
    assert done.returncode == 0, done.stdout
    assert re.search(r"^# pass [1-9]", done.stdout, re.MULTILINE)


@installed
def test_the_app_has_no_type_error() -> None:
    done = node("node_modules/typescript/bin/tsc")
    assert done.returncode == 0, done.stdout


@installed
def test_the_site_is_built_with_the_apis_address(tmp_path: Path) -> None:
    for name in ("index.html", "build.mjs"):
        (tmp_path / name).write_bytes((APP / "apps/web" / name).read_bytes())
    done = node(str(tmp_path / "build.mjs"), NEXT_PUBLIC_API_URL="https://api.example")
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "dist/index.html").read_text()
    assert 'data-api="https://api.example"' in page
    assert "%NEXT_PUBLIC_API_URL%" not in page


@installed
def test_migrating_without_a_database_is_one_clear_line() -> None:
    done = node("apps/api/migrate.mjs")
    assert (done.returncode, done.stderr) == (1, "migrate: DATABASE_URL is not set\n")


@installed
def test_a_failed_connection_never_shows_the_password() -> None:
    done = node("apps/api/migrate.mjs", DATABASE_URL="postgresql://role:pass-word@127.0.0.1:1/db?sslmode=require")
    assert done.returncode == 1
    assert done.stderr.startswith("migrate: ")
    assert "pass-word" not in done.stdout + done.stderr


@pytest.mark.parametrize("folder", [APP, RUNNER], ids=["app", "runner"])
def test_tools_are_pinned_and_no_lock_names_a_registry(folder: Path) -> None:
    wanted = json.loads((folder / "package.json").read_text())
    versions = {**wanted["dependencies"], **wanted.get("devDependencies", {})}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions.values()), versions
    lock = json.loads((folder / "package-lock.json").read_text())
    for name, package in lock["packages"].items():
        assert "resolved" not in package, name
        assert name == "" or package.get("integrity"), name


def test_the_app_is_the_one_that_the_settings_describe(settings: Settings) -> None:
    config = wrangler_config()
    assert settings.api
    assert config["name"] == settings.api.worker
    assert set(config["env"]) == set(settings.environments)
    website = settings.environments["production"].website
    assert website
    assert config["env"]["production"]["vars"]["WEB_ORIGIN"] == f"https://{website.domain}"


def test_every_environment_has_every_binding() -> None:
    names = [
        {item["name"] for item in environment["ratelimits"]} | {environment["version_metadata"]["binding"]}
        for environment in wrangler_config()["env"].values()
    ]
    assert all(name == names[0] for name in names)
    source = (APP / "apps/api/src/bindings.ts").read_text()
    declared = set(re.findall(r"^  ([A-Z_]+):", source, re.MULTILINE))
    assert declared == names[0] | {"WEB_ORIGIN", "DATABASE_URL"}
