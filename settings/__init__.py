"""The owner's settings: one TOML file in, one frozen `Settings` out."""

from settings.database import BranchSettings, Compute, Database
from settings.errors import SettingsError
from settings.load import load_settings
from settings.model import Api, Environment, Settings, SiteDomain, Website
from settings.release import Release

__all__ = [
    "Api",
    "BranchSettings",
    "Compute",
    "Database",
    "Environment",
    "Release",
    "Settings",
    "SettingsError",
    "SiteDomain",
    "Website",
    "load_settings",
]
