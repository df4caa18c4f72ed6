"""The owner's settings: one TOML file in, one frozen `Settings` out.

The names below are imported at their first use: pydantic takes long to load, and settings/secret_forms.py, which every
command needs, does without it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from settings.api_settings import ApiSettings, HealthCheckSettings
    from settings.database_settings import BranchSettings, ComputeSettings, DatabaseSettings
    from settings.environment_settings import EnvironmentSettings
    from settings.project_settings import RepositorySettings
    from settings.release_settings import ReleaseSettings
    from settings.settings_errors import SettingsError
    from settings.settings_file import load_settings
    from settings.settings_model import Settings
    from settings.website_settings import SiteDomainSettings, WebsiteSettings

__all__ = [
    "ApiSettings",
    "BranchSettings",
    "ComputeSettings",
    "DatabaseSettings",
    "EnvironmentSettings",
    "HealthCheckSettings",
    "ReleaseSettings",
    "RepositorySettings",
    "Settings",
    "SettingsError",
    "SiteDomainSettings",
    "WebsiteSettings",
    "load_settings",
]

_MODULES = {
    "ApiSettings": "api_settings",
    "BranchSettings": "database_settings",
    "ComputeSettings": "database_settings",
    "DatabaseSettings": "database_settings",
    "EnvironmentSettings": "environment_settings",
    "HealthCheckSettings": "api_settings",
    "ReleaseSettings": "release_settings",
    "RepositorySettings": "project_settings",
    "Settings": "settings_model",
    "SettingsError": "settings_errors",
    "SiteDomainSettings": "website_settings",
    "WebsiteSettings": "website_settings",
    "load_settings": "settings_file",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"settings.{_MODULES[name]}"), name)
