"""Reads a settings file."""

import tomllib
from pathlib import Path

from pydantic import ValidationError
from pydantic_settings import TomlConfigSettingsSource

from settings.errors import SettingsError, explain
from settings.model import Settings


def load_settings(file: Path) -> Settings:
    """Reads and checks a settings file.

    Args:
        file: a TOML file; its keys are those of `Settings`.

    Returns:
        The settings, frozen: nothing changes them after this point.

    Raises:
        SettingsError: the file is not there, is not TOML, or holds a mistake; one line for each.
    """
    if not file.is_file():
        raise SettingsError(f"{file}: no such file; name an existing one in INFRA_SETTINGS, or restore settings.toml")
    try:
        values = TomlConfigSettingsSource(Settings, file)()
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file}: not valid TOML: {error}; mend that line") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{file}: not UTF-8 text; save it as UTF-8") from None
    except (RecursionError, ValueError) as error:
        raise SettingsError(f"{file}: can't be read as TOML: {type(error).__name__}; simplify it") from None
    except OSError as error:
        raise SettingsError(f"{file}: can't be read: {error.strerror}; check its permissions") from None
    for key in values:
        if key.startswith("_"):  # pydantic-settings would take it for an argument of its own
            raise SettingsError(f"{file}: {key!r}: unknown key; remove it")
    try:
        return Settings(**values)
    except ValidationError as error:
        raise explain(str(file), error, Settings) from None
