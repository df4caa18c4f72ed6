"""The rules of [backup]: its environments exist, and nothing is listed twice."""

from settings.settings_shape import SettingsShape


def check_backup(settings: SettingsShape) -> None:
    """Checks the rules between tables.

    Raises:
        ValueError: one line: where, what, what to do.
    """
    if settings.backup is None:
        return
    for name in settings.backup.environments:
        settings.environment(name, named_by="backup.environments")
    for key, values in (("environments", settings.backup.environments), ("recipients", settings.backup.recipients)):
        doubled = next((value for value in values if values.count(value) > 1), None)
        if doubled:
            raise ValueError(f"backup.{key}: {doubled} is listed twice; remove one")
