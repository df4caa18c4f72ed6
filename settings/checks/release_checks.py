"""The rules of [release]: the names reserved for previews, and the environment that they copy."""

import re

from settings.settings_shape import SettingsShape

_PREVIEW = re.compile(r"(preview-)?pr-[1-9]\d*")


def check_release(settings: SettingsShape) -> None:
    """Checks the rules between tables.

    Raises:
        ValueError: one line: where, what, what to do.
    """
    if settings.release is None:
        return
    for name in settings.environments:
        for taken in (name, settings.branch_name(name)):
            if _PREVIEW.fullmatch(taken):
                raise ValueError(f"environments.{name}: {taken} is a preview's name with [release]; choose another")
    parent = settings.release.preview_parent
    if parent is not None:
        settings.environment(parent, named_by="release.preview_parent")
