"""The filesystem mirror through which Terraform finds the stand-in providers, in place of its registry.

A provider's package in the mirror is one launcher script. Its content is the same on every machine, since a lock file
(.terraform.lock.hcl) keeps its checksum; where Python and the checkout are, it learns from the environment.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from provider_pins import PINS
from sandbox.providers.fork_server import start_fork_server

VERSIONS = {pin.address: pin.version for pin in PINS.providers.values()}
LAUNCHER = """\
#!/bin/sh
# A stand-in provider of the rehearsal. The checksum of this file is in lock files: keep it free of paths.
: "${{SANDBOX_PYTHON:?is not set: it comes from sandbox.providers.mirror.write_mirror}}"
: "${{SANDBOX_ROOT:?is not set: it comes from sandbox.providers.mirror.write_mirror}}"
export PYTHONPATH="$SANDBOX_ROOT"
exec "$SANDBOX_PYTHON" -I -S "$SANDBOX_ROOT/sandbox/providers/fork_client.py" {address}
"""
CLI_CONFIG = """\
disable_checkpoint = true
provider_installation {{
{blocks}}}
"""
FILESYSTEM_MIRROR = """\
  filesystem_mirror {{
    path    = {mirror}
    include = {addresses}
  }}
"""
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


@dataclass(frozen=True)
class MirrorPaths:
    """Where the mirror is, and what Terraform needs in its environment to use it.

    Attributes:
        mirror: the mirror's folder (also for `terraform providers lock -fs-mirror=`).
        environment: variables for Terraform and, through it, for the launchers.
    """

    mirror: Path
    environment: dict[str, str]


def terraform_platform() -> str:
    """This machine's platform as Terraform writes it, such as linux_amd64."""
    machine = platform.machine().lower()
    return f"{platform.system().lower()}_{ARCHITECTURES.get(machine, machine)}"


def write_mirror(
    folder: Path,
    python: Path | str = sys.executable,
    *,
    real_mirror: Path | None = None,
    real: Sequence[str] = (),
) -> MirrorPaths:
    """Write the mirror and its CLI configuration into a folder, which may hold an earlier one.

    Args:
        folder: made if missing.
        python: the interpreter that runs the providers, with this project's packages installed.
        real_mirror: another mirror, with real providers.
        real: the addresses that come from there instead.
    """
    folder = folder.resolve()
    mirror, cli_config = folder / "mirror", folder / "terraform.tfrc"
    for address, version in VERSIONS.items():
        package = mirror / address / version / terraform_platform()
        package.mkdir(parents=True, exist_ok=True)
        launcher = package / f"terraform-provider-{address.rpartition('/')[2]}_v{version}"
        _write(launcher, LAUNCHER.format(address=address), 0o755)
    stand_ins = [address for address in VERSIONS if address not in real]
    blocks = [(mirror, stand_ins), *([(real_mirror, list(real))] if real_mirror else [])]
    # A CLI configuration's strings are written as JSON's.
    text = "".join(
        FILESYSTEM_MIRROR.format(mirror=json.dumps(str(path)), addresses=json.dumps(addresses))
        for path, addresses in blocks
        if addresses
    )
    _write(cli_config, CLI_CONFIG.format(blocks=text), 0o644)
    environment = {
        "TF_CLI_CONFIG_FILE": str(cli_config),
        "CHECKPOINT_DISABLE": "1",
        "DISABLE_VERSION_CHECK": "1",
        # A busy machine may need longer for a TLS handshake than gRPC allows, and Terraform has no setting for that.
        "TF_DISABLE_PLUGIN_TLS": "1",
        "SANDBOX_PYTHON": str(python),
        "SANDBOX_ROOT": str(Path(__file__).resolve().parents[2]),
    }
    if sys.platform == "linux":
        environment["SANDBOX_FORK_SERVER"] = start_fork_server(str(python))
    return MirrorPaths(mirror, environment)


def _write(path: Path, text: str, mode: int) -> None:
    """Write a file in one step: a provider may be starting from the one before it."""
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as file:
        file.write(text)
    partial.chmod(mode)
    partial.replace(path)
