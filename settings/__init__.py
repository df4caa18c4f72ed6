"""The owner's settings: one TOML file in, one frozen `Settings` out."""

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
