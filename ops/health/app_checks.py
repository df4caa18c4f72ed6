"""Checks of the app before a run: its tools, wrangler's configuration, and the secrets that its Worker needs."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import tomli_w

from ops.clouds.cloudflare import Cloudflare
from ops.clouds.wrangler import OLDEST_WRANGLER, installed_version
from ops.context.app_folder import AppFolder, read_app_folder
from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.health.finding import Finding, FindingStatus
from settings import ReleaseSettings

# wrangler's page "Configuration", section "Non-inheritable keys": an environment has only those of its own table.
_NOT_INHERITED = (
    "vars", "kv_namespaces", "r2_buckets", "d1_databases", "durable_objects", "queues", "services", "hyperdrive",
    "ratelimits", "analytics_engine_datasets", "send_email", "vectorize", "ai", "browser", "workflows",
)  # fmt: skip
# What another environment can have as well: text that is no secret, and limits. Limits with the same `namespace_id`
# count together (Cloudflare's page "Rate Limiting").
_COPIED = ("vars", "ratelimits")
# From this date on, `process.env` has a Worker's variables if it has nodejs_compat (Cloudflare's page "Compatibility
# flags", nodejs_compat_populate_process_env).
_VARIABLES_IN_PROCESS_ENV = "2025-04-01"
# What the output `worker_secrets` of an environment's stack has, if [environments.X.secrets] is set.
MADE_BY_THE_STACK = frozenset({"BETTER_AUTH_SECRET", "BETTER_AUTH_URL"})
_SUGGESTED_DATE = "2025-09-27"


def app_findings(context: Context, app: Path, environment: str | None = None) -> Iterator[Finding]:
    """Checks an app's checkout.

    Args:
        context: has the settings and the environment.
        app: the root of the checkout.
        environment: also check that it can be released to this environment.

    Raises:
        OpsError: the checkout can't be read; the message says why.
    """
    release = context.settings.release
    folder = read_app_folder(app, release.api_dir if release else None)
    node = f", Node {folder.node_version} ({folder.node_source})" if folder.node_version else ""
    text = f"{folder.package_manager} ({folder.package_manager.source}){node}, Worker in {folder.api_dir}"
    yield Finding("app", FindingStatus.OK, text)
    yield _wrangler_version(folder)
    if environment is None:
        return
    if release is None:
        remedy = "add it, with migrate_command: the command that migrates the database (docs/deployment.md)"
        yield Finding("settings", FindingStatus.WRONG, "there is no table [release]", remedy)
        return
    yield from _configuration(folder, environment, release)
    yield from _secrets(context, folder, environment, release)


def preview_findings(context: Context, app: Path) -> Iterator[Finding]:
    """What wrangler's configuration lacks for previews, whose Workers have the bindings of their parent's environment.

    Raises:
        OpsError: the checkout can't be read; the message says why.
    """
    release, parents = context.settings.release, context.settings.preview_parents()
    if release is None or context.settings.api is None or len(parents) != 1:
        return
    for finding in _configuration(read_app_folder(app, release.api_dir), parents[0], release):
        if finding.state is FindingStatus.WRONG:
            text = f"not possible yet: {finding.about} {finding.text}; {finding.remedy}"
            yield Finding("previews", FindingStatus.LEFT_OUT, text)


def require_environment(context: Context, app: Path, environment: str) -> None:
    """Refuses an app whose wrangler configuration lacks an environment, or what an environment needs.

    Without the check wrangler would deploy the configuration's top level, which has other bindings.

    Raises:
        OpsError: something is missing; the message has the lines to add.
    """
    release = context.release_settings
    folder = read_app_folder(app, release.api_dir)
    wrong = [each for each in _configuration(folder, environment, release) if each.state is FindingStatus.WRONG]
    if wrong:
        raise OpsError("\n".join(f"{each.about}: {each.text}; {each.remedy}" for each in wrong))


def worker_findings(context: Context, app: Path, environment: str) -> Iterator[Finding]:
    """The environment's Worker, which may have been deployed by wrangler alone until now.

    Raises:
        OpsError: Cloudflare can't be asked, or the checkout can't be read.
    """
    if context.settings.api is None or context.settings.release is None:
        return
    worker = context.settings.api.worker_name(environment)
    with Cloudflare(context) as cloudflare:
        secrets = cloudflare.existing_worker_secrets(worker)
    if secrets is not None:
        text, kept = f"{worker} exists", sorted(secrets - _set_by_a_release(context, environment))
        text += f"; a release keeps its secrets {', '.join(kept)}" if kept else ""
        yield Finding("Worker", FindingStatus.OK, text)
        return
    whole = read_app_folder(app, context.settings.release.api_dir).configuration()
    own = _table(_table(whole, "env"), environment)
    # wrangler's page "Environments": without a name of its own, an environment's Worker is `<name>-<environment>`.
    named = own.get("name") or (whole.get("name") and f"{whole['name']}-{environment}")
    if not named or named == worker:
        yield Finding("Worker", FindingStatus.OK, f"{worker} does not exist yet; the first release creates it")
        return
    yield Finding(
        "Worker",
        FindingStatus.LEFT_OUT,
        f"{worker} does not exist yet, and wrangler's configuration names it {named}: if that one serves traffic, set "
        "api.worker to its name, or a release creates a second Worker",
    )


def _set_by_a_release(context: Context, environment: str) -> set[str]:
    """The names of the secrets that a release sets, whatever the Worker has."""
    made = MADE_BY_THE_STACK if context.settings.environments[environment].secrets is not None else frozenset[str]()
    return {*context.release_settings.secrets, *made}


def _kept_secrets(context: Context, environment: str) -> set[str]:
    """The secrets of the environment's Worker that a release leaves as they are."""
    with Cloudflare(context) as cloudflare:
        found = cloudflare.existing_worker_secrets(context.api_settings.worker_name(environment))
    return (found or set()) - _set_by_a_release(context, environment)


def _wrangler_version(folder: AppFolder) -> Finding:
    version = installed_version(folder)
    text = ".".join(map(str, version))
    if version >= OLDEST_WRANGLER:
        return Finding("wrangler", FindingStatus.OK, text)
    wanted = ".".join(map(str, OLDEST_WRANGLER))
    command = folder.package_manager.add(f"wrangler@^{wanted}.0", folder.api_dir)
    return Finding("wrangler", FindingStatus.WRONG, f"version {text}", f"install {wanted} or newer: {command}")


def _configuration(folder: AppFolder, environment: str, release: ReleaseSettings) -> Iterator[Finding]:
    whole = folder.configuration()
    name = folder.configuration_file.relative_to(folder.root).as_posix()
    environments = _table(whole, "env")
    own = environments.get(environment)
    if not isinstance(own, dict):
        yield _missing_environment(folder, name, environment, environments)
        return
    date = own.get("compatibility_date") or whole.get("compatibility_date")
    if not date:
        lines = _lines(folder, None, {"compatibility_date": _SUGGESTED_DATE})
        yield Finding(name, FindingStatus.WRONG, "has no compatibility_date", f"add {lines}")
    if not own.get("main") and not whole.get("main"):
        lines = _lines(folder, None, {"main": "src/index.ts"})
        yield Finding(name, FindingStatus.WRONG, "has no main, the Worker's first module", f"add {lines}")
    left = [key for key in _NOT_INHERITED if whole.get(key) and key not in own]
    if left:
        text = f"env.{environment} does not inherit {', '.join(left)} from the top: its Worker has none of them"
        yield Finding(name, FindingStatus.LEFT_OUT, text)
    yield from _version_binding(folder, name, environment, release, whole, own, str(date or ""))
    if not left and date:
        yield Finding(name, FindingStatus.OK, f"has environment {environment}")


def _missing_environment(folder: AppFolder, name: str, environment: str, environments: Mapping[str, Any]) -> Finding:
    """What to add, with the bindings of another environment where a copy of them shares no data with it."""
    names = ", ".join(environments) or "none"
    other = next((each for each, table in environments.items() if isinstance(table, dict)), "")
    own = _table(environments, other)
    values = {key: own[key] for key in _COPIED if own.get(key)}
    if unsafe := [each for each in _bindings(own) if each.get("type") == "ratelimit"]:
        values["unsafe"] = {"bindings": unsafe}
    remedy = f"add {_lines(folder, environment, values or {'vars': {}})}"
    remedy += ", with a namespace_id of its own for each limit" if '"namespace_id"' in remedy else ""
    # What is left holds data or takes requests: a copy would share them.
    left = [key for key in _NOT_INHERITED if own.get(key) and key not in _COPIED]
    left += ["unsafe.bindings"] if len(unsafe) < len(_bindings(own)) else []
    if left:
        remedy += f"; {other} also has {', '.join(left)}: add others of its own"
    return Finding(name, FindingStatus.WRONG, f"has no environment {environment} (it has: {names})", remedy)


def _bindings(environment: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = _table(environment, "unsafe").get("bindings")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _version_binding(
    folder: AppFolder,
    name: str,
    environment: str,
    release: ReleaseSettings,
    whole: Mapping[str, Any],
    own: Mapping[str, Any],
    date: str,
) -> Iterator[Finding]:
    """Whether a version's health answer can name it, as the settings want it to."""
    if release.version_metadata and not _table(own, "version_metadata").get("binding"):
        lines = _lines(folder, environment, {"version_metadata": {"binding": "CF_VERSION_METADATA"}})
        yield Finding(
            name, FindingStatus.WRONG, "release.version_metadata is set, and there is no such binding", f"add {lines}"
        )
    if not release.version_metadata and not release.version_variable:
        text = (
            "the smoke test can't tell versions apart: it relies on the deployment's percentages and waits "
            f"{release.settle_seconds} s after a promotion; set release.version_variable to change that"
        )
        yield Finding(name, FindingStatus.LEFT_OUT, text)
    flags = own.get("compatibility_flags") or whole.get("compatibility_flags") or []
    if release.version_variable and "nodejs_compat" in flags and date < _VARIABLES_IN_PROCESS_ENV:
        text = f"process.env.{release.version_variable} is empty before compatibility_date {_VARIABLES_IN_PROCESS_ENV}"
        yield Finding(name, FindingStatus.LEFT_OUT, text)


def _secrets(context: Context, folder: AppFolder, environment: str, release: ReleaseSettings) -> Iterator[Finding]:
    known = {"DATABASE_URL", *context.environment}
    if context.settings.environments[environment].secrets is not None:
        known |= MADE_BY_THE_STACK
    missing = [name for name in release.secrets if name not in known]
    if missing:
        remedy = "set them in the environment, or remove them from release.secrets"
        yield Finding("secrets", FindingStatus.WRONG, f"{', '.join(missing)}: not set", remedy)
    whole = folder.configuration()
    own = _table(_table(whole, "env"), environment)
    required = (_table(own, "secrets") or _table(whole, "secrets")).get("required") or []
    unknown = [name for name in required if name not in release.secrets]
    if unknown and context.credentials.cloudflare_api_token and context.settings.api:
        unknown = sorted(set(unknown) - _kept_secrets(context, environment))
    if unknown:
        text = f"{', '.join(unknown)}: required by wrangler's configuration"
        yield Finding("secrets", FindingStatus.WRONG, text, "add them to release.secrets")
    if not missing and not unknown:
        yield Finding("secrets", FindingStatus.OK, ", ".join(release.secrets))


def _table(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def _lines(folder: AppFolder, environment: str | None, values: Mapping[str, Any]) -> str:
    """What to add to wrangler's configuration, in its own form, on one line."""
    document = {"env": {environment: values}} if environment else dict(values)
    if folder.configuration_file.suffix != ".toml":
        return json.dumps(document)[1:-1]
    return " ".join(line.strip() for line in tomli_w.dumps(document).splitlines() if line)
