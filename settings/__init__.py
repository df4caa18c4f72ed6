"""The owner's settings: one TOML file in, one frozen `Settings` out."""

from settings.errors import SettingsError
from settings.load import load_settings
from settings.model import Api, BranchSettings, Database, Environment, Settings, SiteDomain, Website

__all__ = [
    "Api",
    "BranchSettings",
    "Database",
    "Environment",
    "Settings",
    "SettingsError",
    "SiteDomain",
    "Website",
    "load_settings",
]
