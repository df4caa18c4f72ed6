"""The committed bindings are what `cdktf get` generates from the provider's schema today, for the types in use."""

import hashlib
import re
import subprocess
import sys
import tarfile
from pathlib import Path

from tests.support import ROOT
from tools.bindings import used_types


def _contents(folder: Path) -> dict[str, str]:
    """Every file's checksum; an archive's members count, since packing writes times into the archive itself."""
    found: dict[str, str] = {}
    for file in sorted(folder.rglob("*")):
        name = str(file.relative_to(folder))
        if "__pycache__" in name or not file.is_file():
            continue
        if file.suffix == ".tgz":
            with tarfile.open(file) as archive:
                for member in archive:
                    content = archive.extractfile(member)
                    if content:
                        found[f"{name}/{member.name}"] = hashlib.sha256(content.read()).hexdigest()
        else:
            found[name] = hashlib.sha256(file.read_bytes()).hexdigest()
    return found


def test_generated_bindings_are_current(tmp_path: Path) -> None:
    subprocess.run([sys.executable, ROOT / "tools/bindings.py", tmp_path / "gen"], cwd=tmp_path, check=True)
    made, committed = _contents(tmp_path / "gen"), _contents(ROOT / ".gen")
    modules = {name.split("/")[1] for name in made if re.fullmatch(r"neon/[a-z]\w*/__init__\.py", name)}
    assert modules == {"provider", *(kind.removeprefix("neon_") for kind in used_types())}
    assert "neon_branch" in used_types()
    assert [name for name in sorted({*made, *committed}) if made.get(name) != committed.get(name)] == []
