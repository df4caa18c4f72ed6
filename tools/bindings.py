"""Generates the Neon bindings (`.gen`) from the provider's real schema, with `cdktf get` and no network.

`cdktf get` asks Terraform for the schema, and Terraform asks the provider: here the stand-in of sandbox/providers,
which serves the real provider's schema from a file.

Usage: python tools/bindings.py <folder to fill>
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from sandbox.providers.mirror import write_mirror  # noqa: E402


def generate(folder: Path) -> None:
    """Fills a folder with the bindings that cdktf.json asks for; what was in it before is replaced.

    Raises:
        SystemExit: `cdktf get` failed; its own words say why.
    """
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        shutil.copyfile(ROOT / "cdktf.json", work / "cdktf.json")
        mirror = write_mirror(work / "providers")
        environment = os.environ | mirror.environment | {"CI": "1", "CDKTF_HOME": name}
        environment["TF_CLI_ARGS_providers_lock"] = f"-fs-mirror={mirror.mirror}"
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
