"""Record the providers' checksums in locks/, one file a stack, for the platforms that owners and CI use.

It needs the Terraform registry, but no account. Run `make locks` after you raise a version.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLATFORMS = ("linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64")


def main() -> None:
    subprocess.run([sys.executable, "main.py"], cwd=ROOT, check=True)
    manifest = json.loads((ROOT / "cdktf.out/manifest.json").read_text(encoding="utf-8"))
    for stack in (ROOT / "cdktf.out/stacks" / name for name in sorted(manifest["stacks"])):
        with tempfile.TemporaryDirectory() as work:
            shutil.copyfile(stack / "cdk.tf.json", Path(work, "cdk.tf.json"))
            command = ["terraform", "providers", "lock", *(f"-platform={platform}" for platform in PLATFORMS)]
            if subprocess.run(command, cwd=work).returncode != 0:
                sys.exit(f"locks: terraform could not lock the providers of {stack.name}; nothing was changed for it")
            shutil.copyfile(Path(work, ".terraform.lock.hcl"), ROOT / f"locks/{stack.name}.terraform.lock.hcl")


if __name__ == "__main__":
    main()
