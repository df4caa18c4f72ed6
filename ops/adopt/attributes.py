"""Which setting controls which attribute: used to create settings from states, and to explain a difference."""

from collections.abc import Iterator, Mapping
from typing import Any

# Paths as a state has them, a block being a list of one. `{stack}` is the environment.
_OWN = "environments.{stack}.database"
ATTRIBUTES: dict[str, dict[str, str]] = {
    "neon_project": {
        "name": "project.name",
        "branch.0.name": "database.branch",
        "branch.0.database_name": "database.name",
        "branch.0.role_name": "database.role",
        "history_retention_seconds": "database.history_retention_seconds",
        "default_endpoint_settings.0.autoscaling_limit_max_cu": "database.autoscaling_limit_max_cu",
        "default_endpoint_settings.0.autoscaling_limit_min_cu": "database.autoscaling_limit_min_cu",
        "default_endpoint_settings.0.suspend_timeout_seconds": "database.suspend_timeout_seconds",
        "allowed_ips": "database.allowed_ips",
        "allowed_ips_protected_branches_only": "database.allowed_ips_protected_branches_only",
        "quota.0.active_time_seconds": "database.quota.active_time_seconds",
        "quota.0.compute_time_seconds": "database.quota.compute_time_seconds",
        "quota.0.written_data_bytes": "database.quota.written_data_bytes",
        "quota.0.data_transfer_bytes": "database.quota.data_transfer_bytes",
        "quota.0.logical_size_bytes": "database.quota.logical_size_bytes",
    },
    "cloudflare_pages_project": {
        "name": "project.name",
        "production_branch": "repository.production_branch",
        "source.config.owner": "repository.owner",
        "source.config.repo_name": "repository.name",
        "source.config.production_branch": "repository.production_branch",
        "source.config.path_excludes": "website.path_excludes",
        "build_config.build_command": "website.build_command",
        "build_config.destination_dir": "website.destination_dir",
        "build_config.root_dir": "website.root_dir",
        "deployment_configs.production.compatibility_date": "website.compatibility_date",
        "deployment_configs.preview.compatibility_date": "website.compatibility_date",
    },
    "neon_branch": {"name": f"{_OWN}.branch", "protected": f"{_OWN}.neon_protected"},
    "neon_role": {"name": f"{_OWN}.role"},
    "neon_database": {"name": f"{_OWN}.own_database"},
    "neon_endpoint": {
        "autoscaling_limit_max_cu": f"{_OWN}.autoscaling_limit_max_cu",
        "autoscaling_limit_min_cu": f"{_OWN}.autoscaling_limit_min_cu",
        "suspend_timeout_seconds": f"{_OWN}.suspend_timeout_seconds",
    },
    "cloudflare_pages_domain": {"name": "environments.{stack}.website.domain"},
}
# Not read from a state, but a difference in one of these has a fix too.
REMEDIES: dict[str, dict[str, str]] = {
    "cloudflare_pages_project": {
        "deployment_configs.production.env_vars": "[api] worker, workers_subdomain and site_environment, "
        "and website.api_url_variable",
    },
    "cloudflare_pages_domain": {"project_name": "project.name"},
    "cloudflare_dns_record": {
        "name": "environments.{stack}.website.domain and cloudflare.zone",
        "content": "project.name",
    },
}
VARIABLES = {"account_id": "cloudflare_account_id", "zone_id": "cloudflare_zone_id", "org_id": "neon_org_id"}
_FLAGS = {"yes": True, "no": False}
_FLAG_KEYS = ("neon_protected", "allowed_ips_protected_branches_only")


def read_attributes(kind: str, attributes: Mapping[str, Any], stack: str) -> Iterator[tuple[str, str, Any]]:
    """The settings that an instance determines.

    Returns:
        For each attribute that is set, its path, the setting's key and the setting's value.
    """
    for path, key in ATTRIBUTES.get(kind, {}).items():
        value = value_at(attributes, path)
        if value is not None:
            yield path, key.format(stack=stack), as_setting(key, value)


def as_setting(key: str, value: Any) -> Any:
    """An attribute's value in its setting's form: Neon's `yes` and `no` become true and false."""
    if key.endswith(_FLAG_KEYS) and isinstance(value, str):
        return _FLAGS.get(value, value)
    return value


def setting_of(kind: str, path: str, stack: str, *, replica: bool = False) -> tuple[str, bool]:
    """The setting that controls an attribute.

    Args:
        kind: the resource type.
        path: the attribute's path; a path below a known attribute belongs to it.
        stack: the stack's name.
        replica: the resource is a read replica.

    Returns:
        The setting, empty if there is none; and whether it accepts the attribute's value unchanged.
    """
    for table, plain in ((ATTRIBUTES, True), (REMEDIES, False)):
        for known, key in table.get(kind, {}).items():
            if path == known or path.startswith(f"{known}."):
                named = key.format(stack=stack)
                if replica:
                    named = named.replace(".database.", ".database.read_replica.")
                return named, plain and path == known
    return "", False


def value_at(value: Any, path: str) -> Any:
    """The value at a path such as `branch.0.name`; None if it doesn't exist."""
    for step in path.split("."):
        if isinstance(value, list):
            value = value[int(step)] if step.isdigit() and int(step) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, Mapping) else None
    return value
