"""Write a copy of the app that runs on CDK Terrain (`cdktn`) in place of cdktf: the move itself, as a program.

Usage: python tools/port_to_cdktn.py <folder to fill>

The app's own code changes by its imports alone. CDK Terrain's prebuilt bindings come from PyPI under the same module
names; Neon's generated ones are rewritten here, which spares the test `cdktn get` (it makes the same classes). The
decision record docs/decisions/0004-road-to-cdk-terrain.md says when to do this for good.
"""

import io
import re
import shutil
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = ("main.py", "catalog", "constructs_lib", "provider_pins", "settings", "stacks")
CDKTF, CDKTN = "0.21.0", "0.24.0"
# The folder, the log and the project file keep their names in CDK Terrain.
_NAME = re.compile(r"cdktf(?!\.(?:out|log|json)\b)")


def port(folder: Path) -> list[str]:
    """Fill a folder with the ported app and its Neon bindings.

    Args:
        folder: is made; it must not exist.

    Returns:
        The app's own files that differ, with the number of their changed lines: `stacks/base_stack.py: 2`.

    Raises:
        FileExistsError: the folder is there already.
    """
    folder.mkdir(parents=True)
    for source in SOURCES:
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, folder / source, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(ROOT / source, folder / source)
    changed = [line for file in sorted(folder.rglob("*")) if (line := _port_file(file, folder))]
    shutil.copytree(ROOT / ".gen", folder / ".gen", ignore=shutil.ignore_patterns("__pycache__"))
    for file in (folder / ".gen").rglob("*.py"):
        file.write_text(_ported(file.read_text(encoding="utf-8")), encoding="utf-8")
    for file in (folder / ".gen").rglob("*.jsii.tgz"):
        file.write_bytes(_ported_package(file.read_bytes()))
    return changed


def _port_file(file: Path, folder: Path) -> str:
    if file.suffix not in (".py", ".cjs"):
        return ""
    before = file.read_text(encoding="utf-8")
    after = _ported(before)
    if after == before:
        return ""
    file.write_text(after, encoding="utf-8")
    lines = sum(old != new for old, new in zip(before.splitlines(), after.splitlines(), strict=True))
    return f"{file.relative_to(folder)}: {lines}"


def _ported(text: str) -> str:
    return _NAME.sub("cdktn", text.replace("cdktf_cdktf_provider_", "cdktn_provider_"))


def _ported_package(content: bytes) -> bytes:
    """A jsii package whose types extend CDK Terrain's instead of cdktf's."""
    output = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(content)) as old, tarfile.open(fileobj=output, mode="w:gz") as new:
        for member in old.getmembers():
            file = old.extractfile(member)
            data = file.read().replace(b"cdktf", b"cdktn") if file else b""
            if member.name.endswith((".jsii", "package.json")):
                data = data.replace(CDKTF.encode(), CDKTN.encode())
            member.size = len(data)
            new.addfile(member, io.BytesIO(data))
    return output.getvalue()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        print("\n".join(port(Path(sys.argv[1]))))
    except FileExistsError:
        sys.exit(f"{sys.argv[1]}: exists; name a folder that does not")
