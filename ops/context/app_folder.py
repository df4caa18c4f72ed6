"""The app's checkout: its package manager, its Node version, its folders and wrangler's configuration."""

import json
import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.context.errors import OpsError

# wrangler's page "Configuration": the file's name. Where a folder has several, wrangler takes the first of these.
WRANGLER_FILES = ("wrangler.json", "wrangler.jsonc", "wrangler.toml")
_LOCK_FILES = {
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
    "pnpm-lock.yaml": "pnpm",
    "yarn.lock": "yarn",
    "bun.lock": "bun",
    "bun.lockb": "bun",
}
# The oldest versions that install from a lock file of their own without running packages' scripts.
OLDEST_PACKAGE_MANAGERS = {"npm": (8,), "pnpm": (8,), "yarn": (1, 22), "bun": (1, 1)}
_SKIPPED_FOLDERS = frozenset({"node_modules", "dist", "build", "out", "coverage"})
# apps/api/wrangler.jsonc is two folders deep; nobody nests the Worker of a small product deeper than this.
_DEEPEST = 4
_PACKAGE_MANAGER = re.compile(r"(npm|pnpm|yarn|bun)@(\d+(?:\.\d+)*)(?:[-+].*)?")
_COMMENTS = re.compile(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TRAILING_COMMAS = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])', re.DOTALL)


@dataclass(frozen=True)
class PackageManager:
    """What installs the app's packages.

    Attributes:
        name: npm, pnpm, yarn or bun.
        version: from `packageManager`; empty where the app does not pin one.
        source: the file that says so.
    """

    name: str
    version: str
    source: str

    @property
    def install(self) -> str:
        """The command that installs what the lock file pins. No package's own script runs."""
        if self.name == "npm":
            return "npm ci --ignore-scripts"
        if self.name == "yarn" and not self._is_classic:
            return "yarn install --immutable --mode=skip-build"
        options = "--frozen-lockfile" if self.name == "bun" else "--frozen-lockfile --ignore-scripts"
        return f"{self.name} install {options}"

    @property
    def execute(self) -> str:
        """What stands before a package's program, such as `npx` before `wrangler`."""
        return {"npm": "npx", "pnpm": "pnpm exec", "yarn": "yarn run", "bun": "bunx"}[self.name]

    def add(self, package: str, folder: str = ".") -> str:
        """The command that adds a package for development in one of the workspace's folders."""
        path = shlex.quote(folder)
        return {
            "npm": f"npm install --save-dev {package} --prefix {path}",
            "pnpm": f"pnpm --dir {path} add --save-dev {package}",
            "yarn": f"yarn --cwd {path} add --dev {package}",
            "bun": f"bun --cwd {path} add --dev {package}",
        }[self.name]

    @property
    def _is_classic(self) -> bool:
        return self.version.startswith("1.")

    def __str__(self) -> str:
        return f"{self.name} {self.version}".strip()


@dataclass(frozen=True)
class AppFolder:
    """The checkout of an app.

    Attributes:
        root: the repository's root.
        api: the folder of the Worker's wrangler configuration.
        configuration_file: wrangler's configuration.
        package_manager: what installs the packages.
        node_version: what the app asks for, such as `24.13.0` or `>=22`; empty where it does not say.
        node_source: the file that says so.
    """

    root: Path
    api: Path
    configuration_file: Path
    package_manager: PackageManager
    node_version: str
    node_source: str

    @property
    def api_dir(self) -> str:
        """The folder of the Worker from the repository's root."""
        return self.api.relative_to(self.root).as_posix()

    def configuration(self) -> Mapping[str, Any]:
        """What wrangler's configuration holds.

        Raises:
            OpsError: it can't be read.
        """
        return read_wrangler_configuration(self.configuration_file)


def read_app_folder(root: Path, api_dir: str | None = None) -> AppFolder:
    """Looks at an app's checkout.

    Args:
        root: the repository's root.
        api_dir: release.api_dir; left out, the one folder with a wrangler configuration.

    Raises:
        OpsError: there is no such folder, no lock file, or not one wrangler configuration.
    """
    root = root.absolute()
    if not root.is_dir():
        raise OpsError(f"{root}: there is no such folder; name the app's checkout with --app")
    manager = read_package_manager(root)
    file = _wrangler_file(root, api_dir)
    version, source = _node_version(root)
    return AppFolder(root, file.parent, file, manager, version, source)


def read_package_manager(root: Path) -> PackageManager:
    """The package manager of an app, by `packageManager` in its package.json and by its lock file.

    Args:
        root: the repository's root.

    Raises:
        OpsError: there is no lock file, the two disagree, or the version is too old.
    """
    locked = {manager: name for name, manager in _LOCK_FILES.items() if (root / name).is_file()}
    wanted = str(_package_json(root).get("packageManager") or "")
    if wanted:
        found = _PACKAGE_MANAGER.fullmatch(wanted)
        if not found:
            raise OpsError(f"{root / 'package.json'}: packageManager {wanted[:80]!r} is not npm, pnpm, yarn or bun")
        name, version = found.groups()
        if name not in locked:
            others = ", ".join(sorted(locked.values())) or "no lock file"
            raise OpsError(
                f"{root}: packageManager is {name}, but there is {others}; run {name} install and commit its lock file"
            )
        _check_age(root, name, version)
        return PackageManager(name, version, "packageManager in package.json")
    if not locked:
        names = ", ".join(_LOCK_FILES)
        raise OpsError(f"{root}: there is no lock file ({names}); install the app's packages and commit it")
    if len(locked) > 1:
        names = ", ".join(sorted(locked.values()))
        raise OpsError(f"{root}: there is more than one lock file ({names}); name packageManager in package.json")
    ((name, file),) = locked.items()
    return PackageManager(name, _yarn_version(root) if name == "yarn" else "", file)


def _check_age(root: Path, name: str, version: str) -> None:
    oldest = OLDEST_PACKAGE_MANAGERS[name]
    if tuple(map(int, version.split("."))) < oldest:
        wanted = ".".join(map(str, oldest))
        raise OpsError(f"{root / 'package.json'}: packageManager is {name} {version}; {wanted} or newer is needed")


def _yarn_version(root: Path) -> str:
    """Yarn 1 writes its format's version as a comment; newer ones have a table `__metadata`."""
    return "" if "__metadata:" in (root / "yarn.lock").read_text(encoding="utf-8", errors="replace") else "1.22"


def _package_json(folder: Path) -> Mapping[str, Any]:
    file = folder / "package.json"
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise OpsError(f"{file}: there is no such file; name the app's checkout with --app") from None
    except (OSError, ValueError) as error:
        raise OpsError(f"{file}: can't be read: {error}") from None
    return document if isinstance(document, dict) else {}


def _node_version(root: Path) -> tuple[str, str]:
    for name in (".nvmrc", ".node-version"):
        if (root / name).is_file():
            lines = [line.partition("#")[0].strip() for line in (root / name).read_text(encoding="utf-8").splitlines()]
            if version := next(filter(None, lines), "").removeprefix("v"):
                return version, name
    engines = _package_json(root).get("engines")
    wanted = engines.get("node") if isinstance(engines, dict) else None
    return (str(wanted), "engines in package.json") if wanted else ("", "")


def _wrangler_file(root: Path, api_dir: str | None) -> Path:
    if api_dir is not None:
        folder = root / api_dir.strip("/")
        if not folder.is_dir():
            raise OpsError(f"{folder}: there is no such folder; fix release.api_dir or --app")
        if file := _first_wrangler_file(folder):
            return file
        raise OpsError(f"{folder}: there is no {', '.join(WRANGLER_FILES)}; fix release.api_dir or --app")
    found = [file for folder in _folders(root, _DEEPEST) if (file := _first_wrangler_file(folder))]
    if len(found) == 1:
        return found[0]
    if not found:
        raise OpsError(f"{root}: no folder has a {', '.join(WRANGLER_FILES)}; add one, or fix --app")
    folders = ", ".join(sorted(file.parent.relative_to(root).as_posix() for file in found))
    raise OpsError(f"{root}: more than one folder has a wrangler configuration ({folders}); set release.api_dir")


def _first_wrangler_file(folder: Path) -> Path | None:
    return next((folder / name for name in WRANGLER_FILES if (folder / name).is_file()), None)


def _folders(root: Path, depth: int) -> Iterator[Path]:
    yield root
    if depth == 0:
        return
    for folder in sorted(root.iterdir()):
        skipped = folder.name in _SKIPPED_FOLDERS or folder.name.startswith(".")
        if folder.is_dir() and not folder.is_symlink() and not skipped:
            yield from _folders(folder, depth - 1)


def read_wrangler_configuration(file: Path) -> Mapping[str, Any]:
    """A wrangler configuration, in TOML or in JSON with comments.

    Raises:
        OpsError: it can't be read.
    """
    try:
        text = file.read_text(encoding="utf-8")
        document = tomllib.loads(text) if file.suffix == ".toml" else json.loads(_plain_json(text))
    except (OSError, ValueError) as error:
        raise OpsError(f"{file}: can't be read: {error}") from None
    if not isinstance(document, dict):
        raise OpsError(f"{file}: is not a wrangler configuration; it must be a table")
    return document


def _plain_json(text: str) -> str:
    """JSON without comments and trailing commas; lines stay where they are, so that an error names the right one."""
    text = _COMMENTS.sub(lambda found: found[1] or "\n" * found[0].count("\n"), text)
    return _TRAILING_COMMAS.sub(lambda found: found[1] or "", text)
