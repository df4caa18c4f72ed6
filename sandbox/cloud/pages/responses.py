"""The wire format of Pages: how the settings of a body change a project, and what of it is shown."""

from __future__ import annotations

from sandbox.cloud.api import given, template
from sandbox.cloud.store import Document


def apply_settings(project: Document, wanted: Document) -> Document:
    """A project after the settings of a body: merged as the real PATCH does, a null environment variable is removed."""
    changed = project | given({"production_branch": wanted.get("production_branch")})
    changed["build_config"] = project["build_config"] | given(wanted.get("build_config"))
    source = wanted.get("source")
    if source:
        old = project["source"]["config"] if project["source"] else template(__package__ or "", "source.json")
        changed["source"] = {"type": source.get("type") or "github", "config": old | given(source.get("config"))}
    configs: Document = wanted.get("deployment_configs") or {}
    changed["deployment_configs"] = {
        environment: _apply_config(config, configs.get(environment) or {})
        for environment, config in project["deployment_configs"].items()
    }
    return changed


def _apply_config(config: Document, wanted: Document) -> Document:
    variables = given({**(config["env_vars"] or {}), **(wanted.get("env_vars") or {})})
    return {**config, **given(wanted), "env_vars": variables or None}


def show_project(project: Document) -> Document:
    """A project as answered: a secret's value is never shown again."""
    shown = {
        environment: config | {"env_vars": _without_secrets(config["env_vars"])}
        for environment, config in project["deployment_configs"].items()
    }
    return project | {"deployment_configs": shown}


def _without_secrets(variables: Document | None) -> Document | None:
    def show(value: Document) -> Document:
        return value | {"value": ""} if value.get("type") == "secret_text" else value

    return variables and {name: show(value) for name, value in variables.items()}
