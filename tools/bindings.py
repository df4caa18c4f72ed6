"""Generates the Neon bindings (`.gen`) from the provider's real schema, with `cdktf get` and no network.

`cdktf get` asks Terraform for the schema, and Terraform asks the provider: here the stand-in of sandbox/providers,
which serves the real provider's schema from a file. Only the resource types that constructs_lib imports are generated,
and the provider itself: cdktf has no option for that, so the schema that it reads is cut down to them.

Usage: python tools/bindings.py <folder to fill>
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from provider_pins import PINS  # noqa: E402
from sandbox.providers.mirror import write_mirror  # noqa: E402

_IMPORT = re.compile(r"^from neon\.(\w+) import", re.MULTILINE)
# Runs in place of Terraform, of whose answers it changes one.
_TERRAFORM = """\
#!{python}
import json, os, subprocess, sys
command = [{terraform!r}, *sys.argv[1:]]
if sys.argv[1:3] != ["providers", "schema"]:
    os.execv(command[0], command)
answer = subprocess.run(command, stdout=subprocess.PIPE)
if answer.returncode == 0:
    document = json.loads(answer.stdout)
    for schema in document["provider_schemas"].values():
        schema["data_source_schemas"] = {{}}
        kept = {{name: body for name, body in schema["resource_schemas"].items() if name in {types!r}}}
        schema["resource_schemas"] = kept
    print(json.dumps(document))
sys.exit(answer.returncode)
"""


def used_types() -> list[str]:
    """The Neon resource types that constructs_lib imports bindings of."""
    sources = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "constructs_lib").rglob("*.py"))
    return sorted(f"neon_{module}" for module in {*_IMPORT.findall(sources)} - {"provider"})


def generate(folder: Path) -> None:
    """Fills a folder with Neon's bindings at the pinned version; its earlier content is deleted.

    Args:
        folder: the folder, such as `.gen`.

    Raises:
        SystemExit: `cdktf get` failed; its own output says why.
    """
    pin = PINS.providers["neon"]
    terraform = shutil.which("terraform")
    if terraform is None:
        sys.exit("bindings: there is no terraform on the PATH; run make setup")
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        project = json.loads((ROOT / "cdktf.json").read_text(encoding="utf-8"))
        project["terraformProviders"] = [f"{pin.source}@{pin.version}"]
        (work / "cdktf.json").write_text(json.dumps(project), encoding="utf-8")
        program = work / "terraform"
        program.write_text(
            _TERRAFORM.format(python=sys.executable, terraform=terraform, types=used_types()), encoding="utf-8"
        )
        program.chmod(0o755)
        mirror = write_mirror(work / "providers")
        environment = os.environ | mirror.environment | {"CI": "1", "CDKTF_HOME": name, "CHECKPOINT_DISABLE": "1"}
        environment["TF_CLI_ARGS_providers_lock"] = f"-fs-mirror={mirror.mirror}"
        environment["TERRAFORM_BINARY_NAME"] = str(program)
        answer = subprocess.run(
            [ROOT / "node_modules/.bin/cdktf", "get", "--force"],
            cwd=work,
            env=environment,
            capture_output=True,
            text=True,
        )
        if answer.returncode != 0:
            sys.exit(f"bindings: cdktf get failed:\n{answer.stdout}{answer.stderr}")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(work / ".gen", folder)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    generate(Path(sys.argv[1]))
