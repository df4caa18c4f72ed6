"""The app with any number of environments: `python -m tools.bench.growth_app SETTINGS COUNT PARTS`.

PARTS is `one` (each environment has in turns a database branch, as dev has, or a domain, as production has) or `both`.
The multiplied settings are not checked again, since no plan of Neon's has 100 branches; the rest is the app's own.
"""

import sys
from pathlib import Path

import main as app
from settings import EnvironmentSettings, Settings, load_settings


def multiply(settings: Settings, count: int, *, both: bool) -> Settings:
    """Settings with `count` environments in place of their own."""
    zone = settings.cloudflare.zone if settings.cloudflare else ""
    environments: dict[str, EnvironmentSettings] = {}
    for number in range(count):
        parts: dict[str, object] = {"database": {}, "website": {"domain": f"e{number}.{zone}"}}
        if not both:
            del parts["website" if number % 2 == 0 else "database"]
        environments[f"e{number}"] = EnvironmentSettings.model_validate(parts)
    return settings.model_copy(update={"environments": environments})


if __name__ == "__main__":
    file, count, parts = sys.argv[1:]
    app.build(multiply(load_settings(Path(file)), int(count), both=parts == "both")).synth()
