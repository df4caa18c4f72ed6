"""The reference app: its own checks pass, its tools are pinned, and it agrees with the settings."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ops.context.app_folder import read_app_folder
from sandbox.drill.app_run import check_out
from settings import Settings

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
APP = ROOT / "examples" / "app"
API, WEB = APP / "apps/api", APP / "apps/web"
RUNNER = ROOT / "sandbox" / "cloud" / "workers" / "runner"
BINARIES = [Path(sys.executable).parent, ROOT / "node_modules/.bin"]
installed = pytest.mark.skipif(
    not (API / "node_modules" / "wrangler").exists(), reason="the app's tools are not installed: run `make app`"
)
site_installed = pytest.mark.skipif(
    not (WEB / "node_modules" / "next").exists(), reason="the site's tools are not installed: run `make app-site`"
)


def manifests() -> dict[str, dict[str, Any]]:
    files = [
        APP / "package.json",
        *sorted(APP.glob("apps/*/package.json")),
        *sorted(APP.glob("packages/*/package.json")),
    ]
    return {str(file.parent.relative_to(APP)): json.loads(file.read_text()) for file in files}


def run_script(folder: Path, name: str, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {"PATH": ":".join([*map(str, BINARIES), os.environ["PATH"]]), "HOME": str(folder), **environment}
    return subprocess.run(
        ["pnpm", "run", name, *options], cwd=folder, env=given, capture_output=True, text=True, check=False
    )


@installed
@pytest.mark.parametrize("script", ["test", "check-types", "lint"])
def test_the_apis_own_checks_pass(script: str) -> None:
    done = run_script(API, script)
    assert done.returncode == 0, done.stdout + done.stderr
    if script == "test":
        assert re.search(r"^# pass [1-9]", done.stdout, re.MULTILINE)


@installed
@site_installed
def test_the_site_is_built_with_the_apis_address(tmp_path: Path, settings: Settings) -> None:
    app = tmp_path / "app"
    check_out(app, settings)
    # Turbopack follows no link that leads out of the workspace, as the drill's node_modules does; webpack does.
    variables = {"NEXT_PUBLIC_API_URL": "https://api.example", "NEXT_TELEMETRY_DISABLED": "1"}
    done = run_script(app / "apps/web", "build", "--webpack", **variables)
    assert done.returncode == 0, done.stdout + done.stderr
    site = app / "apps/web/dist"
    assert "Intent expense tracker" in (site / "index.html").read_text()
    assert any("https://api.example" in file.read_text() for file in site.rglob("*.js"))


@installed
def test_a_failed_migration_never_shows_the_password() -> None:
    done = run_script(API, "db:migrate", DATABASE_URL="postgresql://role:pass-word@nowhere.invalid/db?sslmode=require")
    assert done.returncode != 0
    assert "pass-word" not in done.stdout + done.stderr


def test_the_app_is_a_pnpm_workspace() -> None:
    app = read_app_folder(APP)
    assert (str(app.package_manager), app.api_dir, app.node_version) == ("pnpm 9.0.0", "apps/api", "24.13.0")
    assert json.loads((ROOT / "package.json").read_text())["devDependencies"]["pnpm"] == app.package_manager.version
    assert yaml.safe_load((APP / "pnpm-workspace.yaml").read_text()) == {"packages": ["apps/*", "packages/*"]}


def test_the_apps_tools_are_pinned_and_its_lock_names_no_registry() -> None:
    for name, manifest in manifests().items():
        versions = {**manifest.get("dependencies", {}), **manifest.get("devDependencies", {})}
        for package, version in versions.items():
            wanted = "workspace:*" if package.startswith("@intent/") else r"\d+\.\d+\.\d+"
            assert re.fullmatch(re.escape(wanted) if wanted == "workspace:*" else wanted, version), (name, package)
    lock = yaml.safe_load((APP / "pnpm-lock.yaml").read_text())
    for name, package in lock["packages"].items():
        assert set(package["resolution"]) == {"integrity"}, name
    assert set(lock["importers"]) == {"." if name == "." else name for name in manifests()}


def test_only_the_site_needs_next() -> None:
    """Next.js takes 300 MB: an install of the API alone must not bring it by way of a peer dependency."""
    lock = yaml.safe_load((APP / "pnpm-lock.yaml").read_text())
    waiting = [
        f"{name}@{item['version']}"
        for part in ("dependencies", "devDependencies")
        for name, item in lock["importers"]["apps/api"][part].items()
        if not item["version"].startswith("link:")
    ]
    found = set[str]()
    while waiting:
        package = waiting.pop()
        if package not in found:
            found.add(package)
            entry = lock["snapshots"][package]
            further = {**entry.get("dependencies", {}), **entry.get("optionalDependencies", {})}
            waiting += [
                f"{name}@{version}" for name, version in further.items() if f"{name}@{version}" in lock["snapshots"]
            ]
    assert any(package.startswith("better-auth@") for package in found)
    assert not any(package.startswith(("next@", "react@")) for package in found)


def test_the_runners_tools_are_pinned_and_its_lock_names_no_registry() -> None:
    wanted = json.loads((RUNNER / "package.json").read_text())
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted["dependencies"].values())
    lock = json.loads((RUNNER / "package-lock.json").read_text())
    for name, package in lock["packages"].items():
        assert "resolved" not in package, name
        assert name == "" or package.get("integrity"), name


def test_the_app_is_the_one_that_the_settings_describe(settings: Settings) -> None:
    configuration = read_app_folder(APP).configuration()
    assert settings.api
    assert configuration["name"] == settings.api.worker
    # Like the owner's app, it has this one environment alone.
    assert set(configuration["env"]) == {"production"}
    website = settings.environments["production"].website
    assert website
    assert configuration["env"]["production"]["vars"]["WEB_ORIGIN"] == f"https://{website.domain}"


def test_the_worker_has_the_bindings_and_limits_of_the_plan() -> None:
    production = read_app_folder(APP).configuration()["env"]["production"]
    limits = {item["name"]: (item["simple"]["limit"], item["simple"]["period"]) for item in production["ratelimits"]}
    assert limits == {"GENERAL_RATE_LIMITER": (100, 60), "AUTH_RATE_LIMITER": (5, 60)}
    declared = set(re.findall(r"^  ([A-Z_]+):", (API / "src/env.ts").read_text(), re.MULTILINE))
    assert declared == set(limits) | {"WEB_ORIGIN", "DATABASE_URL", "BETTER_AUTH_SECRET", "BETTER_AUTH_URL"}


def test_a_checkout_of_the_drills_has_the_workspaces_own_packages(tmp_path: Path, settings: Settings) -> None:
    if not (API / "node_modules").exists():
        pytest.skip("the app's tools are not installed: run `make app`")
    check_out(tmp_path / "app", settings)
    link = tmp_path / "app/apps/api/node_modules/@intent/shared"
    assert link.resolve() == tmp_path / "app/packages/shared"
    assert shutil.which("wrangler", path=str(tmp_path / "app/apps/api/node_modules/.bin"))
    assert set(settings.environments) <= set(read_app_folder(tmp_path / "app").configuration()["env"])
