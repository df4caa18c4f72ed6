"""The owner's settings: one TOML file in, one frozen `Settings` out."""

from settings.api import Api
from settings.database import BranchSettings, Compute, Database
from settings.environment import Environment
from settings.errors import SettingsError
from settings.load import load_settings
from settings.model import Settings
from settings.release import Release
from settings.website import SiteDomain, Website

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
