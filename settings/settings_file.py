"""Reads a settings file."""

import tomllib
from codecs import BOM_UTF8
from pathlib import Path

from pydantic import ValidationError

from settings.plain_text import file_problem
from settings.settings_errors import SettingsError, explain
from settings.settings_model import Settings


def load_settings(file: Path) -> Settings:
    """Reads and checks a settings file.

    Args:
        file: a TOML file; its keys are those of `Settings`.

    Returns:
        The settings, frozen.

    Raises:
        SettingsError: the file is missing, is not TOML, or has errors; one line for each.
    """
    _check_file(file)
    try:
        content = file.read_bytes().decode()
        if problem := file_problem(content):
            raise SettingsError(f"{file}: {problem}")
        values = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        if file.read_bytes().startswith(BOM_UTF8):
            raise SettingsError(
                f"{file}: starts with a byte order mark, which TOML does not allow; save it as UTF-8 without BOM"
            ) from None
        raise SettingsError(f"{file}: not valid TOML: {error}; fix that line") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{file}: not UTF-8 text; save it as UTF-8") from None
    except (RecursionError, ValueError) as error:
        raise SettingsError(f"{file}: can't be read as TOML: {type(error).__name__}; simplify it") from None
    except OSError as error:
        raise SettingsError(f"{file}: can't be read: {error.strerror}; check its permissions") from None
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise explain(str(file), error, Settings) from None


def _check_file(file: Path) -> None:
    advice = "set INFRA_SETTINGS to a settings file"
    try:
        exists = file.exists()
    except OSError as error:  # a part of the path is too long, or a link points to itself
        raise SettingsError(f"{file}: can't be found: {error.strerror}; {advice}") from None
    if not exists:
        raise SettingsError(f"{file}: no such file; set INFRA_SETTINGS to an existing one, or restore settings.toml")
    if file.is_dir():
        raise SettingsError(f"{file}: is a folder, not a file; {advice}")
    if not file.is_file():  # a pipe can't be read twice
        raise SettingsError(f"{file}: is a pipe or a device, not a file; {advice}")
