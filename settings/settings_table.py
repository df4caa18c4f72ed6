"""The base class of the settings tables."""

from pydantic import BaseModel, ConfigDict


class SettingsTable(BaseModel):
    """A table of the settings file: frozen; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
