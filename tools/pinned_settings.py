"""Compare the settings of this checkout with newer ones, before a release of the app uses them.

A release runs the code and the settings of the commit that the app's workflow pins. A change of the settings that was
merged since would not reach it, so it is refused until the pin is raised (docs/decisions/0010-one-pin.md). It runs on
the runner's own Python, with the standard library only.
"""

import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def changed(pinned: Mapping[str, Any], newest: Mapping[str, Any]) -> list[str]:
    """The names of the top-level tables and values that differ. Comments and the order of lines don't count."""
    missing = object()
    names = sorted(pinned.keys() | newest.keys())
    return [name for name in names if pinned.get(name, missing) != newest.get(name, missing)]


def main(arguments: Sequence[str]) -> int:
    """Fails if the settings in the file named first differ from those of this checkout."""
    (newest,) = arguments
    try:
        documents = [tomllib.loads(file.read_text(encoding="utf-8")) for file in (ROOT / "settings.toml", Path(newest))]
    except (OSError, ValueError) as error:
        print(f"::error title=Not released::the settings can't be compared: {error}")
        return 1
    if names := changed(*documents):
        print(
            f"::error title=Not released::settings.toml has changed since the pinned commit ({', '.join(names)}); "
            "raise the pin (docs/pipelines.md), or start the workflow by hand with pinned_settings"
        )
        return 1
    print("the pinned settings are the newest ones")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
