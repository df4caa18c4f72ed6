"""The pinned versions of Terraform and its providers, read from versions.tf.

That file is written in Terraform's own language, because Dependabot proposes new provider versions only where it finds
a `required_providers` block. The generator, the rehearsal and the tools import this package; it imports none of them.
"""

import re
from dataclasses import dataclass
from pathlib import Path

VERSIONS_FILE = Path(__file__).with_name("versions.tf")
REGISTRY = "registry.terraform.io"

_TERRAFORM = re.compile(r'^ *required_version *= *"([^"\n]+)"$', re.MULTILINE)
_PROVIDER = re.compile(
    r"^ *(?P<name>[a-z][a-z0-9_]*) *= *\{"
    r'\s*source *= *"(?P<source>[\w-]+/[\w-]+)"'
    r'\s*version *= *"(?P<version>[^"\n]+)"',
    re.MULTILINE,
)
_EXACT = re.compile(r"\d+\.\d+\.\d+")


@dataclass(frozen=True, kw_only=True)
class ProviderPin:
    """One provider at one version.

    Attributes:
        name: its local name, such as `neon`; the resource types begin with it.
        source: namespace and name in the registry, such as `kislerdm/neon`.
        version: the exact version, such as `0.13.0`.
    """

    name: str
    source: str
    version: str

    @property
    def address(self) -> str:
        """The full source address, such as `registry.terraform.io/kislerdm/neon`."""
        return f"{REGISTRY}/{self.source}"


@dataclass(frozen=True, kw_only=True)
class VersionPins:
    """What versions.tf pins.

    Attributes:
        terraform: the version constraint for Terraform itself.
        providers: the providers by local name.
    """

    terraform: str
    providers: dict[str, ProviderPin]

    @property
    def terraform_bounds(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The oldest version of Terraform that the constraint allows, and the first one that it does not.

        Raises:
            ValueError: the constraint is not of the form `>= 1.11.0, < 2.0.0`.
        """
        match = re.fullmatch(r">= ([\d.]+), < ([\d.]+)", self.terraform)
        if match is None:
            raise ValueError(f"required_version {self.terraform!r} in {VERSIONS_FILE}: use the form >= 1.2.3, < 4.5.6")
        oldest, beyond = (tuple(int(part) for part in version.split(".")) for version in match.groups())
        return oldest, beyond


def read_version_pins(file: Path = VERSIONS_FILE) -> VersionPins:
    """Reads the pins.

    Args:
        file: a file of the form of versions.tf.

    Raises:
        ValueError: the file has no `required_version`, no provider, or a provider without an exact version.
    """
    text = re.sub(r"^ *#.*$", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    terraform = _TERRAFORM.search(text)
    pins = [ProviderPin(**match.groupdict()) for match in _PROVIDER.finditer(text)]
    if terraform is None or not pins or len(pins) != text.count("source"):
        raise ValueError(
            f"{file.name}: can't be read; write required_version and, for each provider, source before version"
        )
    for pin in pins:
        if not _EXACT.fullmatch(pin.version):
            raise ValueError(f"{file.name}: {pin.name}: {pin.version!r} is not an exact version; use the form 1.2.3")
    return VersionPins(terraform=terraform[1], providers={pin.name: pin for pin in pins})


PINS = read_version_pins()
