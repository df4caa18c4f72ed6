"""Where a rehearsal's providers come from: stand-ins, a folder with real ones, or Terraform's registry.

A folder is a filesystem mirror, packed (`<type>_<version>_<platform>.zip`) or unpacked, as `terraform providers mirror`
writes one: https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror. A package's checksums
are Terraform's: `zh:` is the zip's SHA-256, `h1:` the hash of its files (golang.org/x/mod/sumdb/dirhash, Hash1).
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from provider_pins import PINS, ProviderPin
from sandbox.process import ROOT, ServiceError
from sandbox.providers.mirror import terraform_platform

REGISTRY_CHOICE = "registry"
CACHE = ROOT / ".rehearsal" / "cache" / "providers"
DOWNLOAD_SECONDS = 900
_LOCKED = re.compile(r'^provider "(?P<address>[^"]+)" \{(?P<body>.*?)^\}', re.MULTILINE | re.DOTALL)


class ProviderSourceError(ServiceError):
    """The real providers can't be used; the message says why and what to do."""


@dataclass(frozen=True)
class ProviderSource:
    """The providers of a rehearsal.

    Attributes:
        folder: the mirror with the real ones; None if all are stand-ins.
        real: the addresses of the real ones.
        checked: those of them whose checksum is in locks/.
    """

    folder: Path | None = None
    real: tuple[str, ...] = ()
    checked: frozenset[str] = field(default_factory=frozenset[str])

    def describe(self) -> str:
        """Which providers run, in one line."""
        return "Providers: " + ", ".join(self._described(pin) for pin in PINS.providers.values())

    def _described(self, pin: ProviderPin) -> str:
        if pin.address not in self.real:
            return f"{pin.name} {pin.version} (stand-in)"
        checked = "checksum in locks/" if pin.address in self.checked else "checksum not in locks/"
        return f"{pin.name} {pin.version} (real, {checked})"


STAND_INS = ProviderSource()


def provider_source(choice: str) -> ProviderSource:
    """The providers for a choice on the command line.

    Args:
        choice: empty for stand-ins, `registry`, or a folder.

    Raises:
        ProviderSourceError: this is not Linux, the registry can't be reached, the folder holds no pinned provider, or
            a checksum is not the locked one.
    """
    if not choice:
        return STAND_INS
    if sys.platform != "linux":
        raise ProviderSourceError(
            "PROVIDERS: real providers run on Linux only, since Go ignores SSL_CERT_FILE here; use Linux or CI"
        )
    folder = download(CACHE) if choice == REGISTRY_CHOICE else Path(choice).resolve()
    return read_folder(folder, locked_checksums(), must_match=choice == REGISTRY_CHOICE)


def read_folder(folder: Path, locked: Mapping[str, frozenset[str]], *, must_match: bool) -> ProviderSource:
    """The pinned providers in a mirror.

    Args:
        folder: the mirror.
        locked: by address, the checksums in locks/.
        must_match: refuse a package with another checksum than the locked ones.
    """
    real: list[str] = []
    checked: set[str] = set()
    for pin in PINS.providers.values():
        package = find_package(folder, pin)
        if package is None:
            continue
        real.append(pin.address)
        if locked.get(pin.address, frozenset()) & package_checksums(package):
            checked.add(pin.address)
        elif must_match and locked.get(pin.address):
            raise ProviderSourceError(
                f"{pin.address} {pin.version}: the checksum of {package.name} is not in locks/; "
                f"delete {folder} and download again, and use no package that still differs"
            )
    if not real:
        names = ", ".join(f"{pin.source} {pin.version}" for pin in PINS.providers.values())
        raise ProviderSourceError(
            f"PROVIDERS: {folder} has none of {names} for {terraform_platform()}; "
            f"fill it with: terraform providers mirror {folder}"
        )
    return ProviderSource(folder, tuple(real), frozenset(checked))


def find_package(folder: Path, pin: ProviderPin) -> Path | None:
    """A provider's package for this machine in a mirror, packed or unpacked; None if it isn't there."""
    home, kind = folder / pin.address, pin.source.partition("/")[2]
    packed = home / f"terraform-provider-{kind}_{pin.version}_{terraform_platform()}.zip"
    unpacked = home / pin.version / terraform_platform()
    return next((path for path in (packed, unpacked) if path.exists()), None)


def package_checksums(package: Path) -> frozenset[str]:
    """A package's checksums as lock files write them: `zh:` and `h1:` of a zip, `h1:` of a folder."""
    if package.is_dir():
        files = {str(file.relative_to(package)): file.read_bytes() for file in package.rglob("*") if file.is_file()}
        return frozenset({_h1(files)})
    with zipfile.ZipFile(package) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    return frozenset({f"zh:{hashlib.sha256(package.read_bytes()).hexdigest()}", _h1(files)})


def _h1(files: Mapping[str, bytes]) -> str:
    lines = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return f"h1:{base64.b64encode(hashlib.sha256(lines.encode()).digest()).decode()}"


def locked_checksums(locks: Path = ROOT / "locks") -> dict[str, frozenset[str]]:
    """By provider address, the checksums in all stacks' lock files."""
    found: dict[str, frozenset[str]] = {}
    for file in sorted(locks.glob("*.terraform.lock.hcl")):
        for lock in _LOCKED.finditer(file.read_text(encoding="utf-8")):
            sums = frozenset(re.findall(r'"((?:h1|zh):[^"]+)"', lock["body"]))
            found[lock["address"]] = found.get(lock["address"], frozenset()) | sums
    return found


def download(folder: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """Downloads the pinned providers that a cache lacks, with Terraform's own registry client; returns the cache.

    Args:
        folder: the cache, created if missing.
        environment: for Terraform; its CLI configuration is not used.

    Raises:
        ProviderSourceError: the registry can't be reached, or refuses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if all(find_package(folder, pin) for pin in PINS.providers.values()):
        return folder
    work = folder / f"download-{os.getpid()}"
    work.mkdir()
    try:
        required = {pin.name: {"source": pin.source, "version": pin.version} for pin in PINS.providers.values()}
        (work / "main.tf.json").write_text(
            json.dumps({"terraform": {"required_providers": required}}), encoding="utf-8"
        )
        done = subprocess.run(
            ["terraform", "providers", "mirror", f"-platform={terraform_platform()}", str(folder)],
            cwd=work,
            env={**environment, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"},
            capture_output=True,
            text=True,
            timeout=DOWNLOAD_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise _unreachable(f"no answer in {DOWNLOAD_SECONDS} s") from None
    finally:
        shutil.rmtree(work, ignore_errors=True)
    if done.returncode != 0:
        raise _unreachable(" ".join(re.sub(r"[│╷╵]", " ", done.stderr).split())[:300])
    return folder


def _unreachable(why: str) -> ProviderSourceError:
    return ProviderSourceError(
        f"PROVIDERS=registry: the providers could not be downloaded: {why}; "
        "use a machine that reaches Terraform's registry, or PROVIDERS=<folder> with a mirror made there"
    )
