"""The command `ops`, which `make setup` installs into .venv/bin."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_it_runs_the_checkout_that_its_venv_is_part_of_from_any_folder(tmp_path: Path):
    project = tmp_path / "a checkout"
    programs, below = project / ".venv/bin", project / "docs/decisions"
    programs.mkdir(parents=True)
    below.mkdir(parents=True)
    shutil.copy(ROOT / "tools/ops_launcher.sh", programs / "ops")
    (programs / "ops").chmod(0o755)
    (programs / "python").symlink_to(sys.executable)
    package = project / "ops"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text("import sys, os\nprint(__file__, sys.argv[1:], os.getcwd())\nsys.exit(3)\n")
    path = os.pathsep.join([str(programs), os.environ["PATH"]])
    done = subprocess.run(
        ["ops", "plan", "two words"], cwd=below, env={**os.environ, "PATH": path}, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (3, "")
    assert done.stdout == f"{package / '__main__.py'} ['plan', 'two words'] {below}\n"
