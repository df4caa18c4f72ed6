"""What every table of the settings file has in common."""

from pydantic import BaseModel, ConfigDict


class SettingsTable(BaseModel):
    """A table of the settings file: frozen, and an unknown key is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
