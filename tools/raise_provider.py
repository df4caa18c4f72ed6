"""Raises a provider to another version: `make raise PROVIDER=neon VERSION=0.15.0`.

It refuses a raise that is known to break (provider_pins/raises.toml), then brings everything along that a machine can:
the pin, the lock files, Neon's generated bindings and the snapshots. Last it prints what is left to do.

Without VERSION it follows the version that provider_pins/versions.tf already has, as on Dependabot's pull requests.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from provider_pins import ProviderPin, read_version_pins  # noqa: E402

Version = tuple[int, int, int]


@dataclass(frozen=True, kw_only=True)
class Checkout:
    """The files of a checkout that name a provider's version.

    Attributes:
        root: the checkout's folder.
    """

    root: Path

    @property
    def versions(self) -> Path:
        """The one place where versions are written."""
        return self.root / "provider_pins/versions.tf"

    @property
    def locks(self) -> list[Path]:
        """Terraform's lock files, one a stack."""
        return sorted(self.root.glob("locks/*.terraform.lock.hcl"))

    def schema(self, pin: ProviderPin, version: str) -> Path:
        """The file with a provider's schema at a version."""
        return self.root / f"sandbox/providers/schemas/{pin.source.replace('/', '-')}-{version}.json"

    def locked_version(self, pin: ProviderPin) -> str:
        """The version in the lock files: the one that the stacks were last planned with.

        Raises:
            SystemExit: the lock files have no version of the provider, or several.
        """
        entry = re.compile(rf'^provider "{re.escape(pin.address)}" \{{\s+version\s+= "([^"]+)"', re.MULTILINE)
        found = {version for lock in self.locks for version in entry.findall(lock.read_text(encoding="utf-8"))}
        if len(found) != 1:
            sys.exit(f"raise: locks/ has {' and '.join(sorted(found)) or 'no version'} for {pin.name}; run make locks")
        return found.pop()


def parse_version(text: str) -> Version:
    """A version of three numbers.

    Raises:
        SystemExit: it is something else.
    """
    match = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", text)
    if match is None:
        sys.exit(f"raise: {text[:80]!r} is not a version; use the form 1.2.3")
    return int(match[1]), int(match[2]), int(match[3])


def refusal(pin: ProviderPin, old: str, new: str, *, applied: bool, rules: Path) -> str | None:
    """Why a raise can't be done in one step, None if nothing is known against it.

    Args:
        pin: the provider.
        old: the version that wrote the states.
        new: the wanted version.
        applied: every stack was applied with the old version.
        rules: a file of the form of provider_pins/raises.toml.
    """
    if parse_version(new) < parse_version(old):
        return f"{pin.name} {new} is older than {old}, and Terraform can't read a state that a newer provider wrote"
    for rule in tomllib.loads(rules.read_text(encoding="utf-8"))["rule"]:
        low, high, target = (parse_version(rule[key]) for key in ("from", "below", "to"))
        if rule["provider"] != pin.name or not low <= parse_version(old) < high or parse_version(new) < target:
            continue
        if via := rule.get("via"):
            return (
                f"{pin.name} {old} to {new} breaks: {rule['why']}; raise to {via} first, and deploy every stack with it"
            )
        if rule.get("apply_first") and not applied:
            return (
                f"{pin.name} {old} to {new} needs a deploy of every stack with {old} first: {rule['why']}; "
                "if that is done, repeat the command with APPLIED=1"
            )
    return None


def set_pin(file: Path, pin: ProviderPin, version: str) -> None:
    """Writes a provider's version into versions.tf."""
    entry = re.compile(rf'(^ *{pin.name} *= *\{{\s*source *= *"[^"]+"\s*version *= *)"[^"]+"', re.MULTILINE)
    file.write_text(entry.sub(rf'\g<1>"{version}"', file.read_text(encoding="utf-8")), encoding="utf-8")


def set_locks(checkout: Checkout, pin: ProviderPin, version: str) -> None:
    """Writes a provider's version into the lock files. The checksums of another version go."""
    entry = re.compile(rf'^provider "{re.escape(pin.address)}" \{{\n.*?^\}}', re.MULTILINE | re.DOTALL)
    locked = f'provider "{pin.address}" {{\n  version     = "{version}"\n  constraints = "{version}"\n}}'
    for lock in checkout.locks:
        before = lock.read_text(encoding="utf-8")
        found = entry.search(before)
        if found and f'"{version}"' not in found[0]:
            lock.write_text(entry.sub(locked, before), encoding="utf-8")


def fetch_schema(pin: ProviderPin, version: str, types: set[str]) -> str:
    """A provider's schema as the provider itself prints it, for the resource types and data sources in use.

    Args:
        pin: the provider.
        version: its version. Terraform downloads it, from wherever its CLI configuration says.
        types: the resource types to keep; a data source is kept under the same name. Empty: all of them.

    Raises:
        OSError: Terraform can't be run, or can't get the provider; the message is Terraform's last line.
    """
    requirement = {pin.name: {"source": pin.source, "version": version}}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "main.tf.json").write_text(
            json.dumps({"terraform": {"required_providers": requirement}}), encoding="utf-8"
        )
        for command in (["init", "-backend=false", "-input=false", "-no-color"], ["providers", "schema", "-json"]):
            answer = subprocess.run(["terraform", *command], cwd=folder, capture_output=True, text=True)
            if answer.returncode != 0:
                raise OSError((answer.stderr.strip().splitlines() or ["terraform failed"])[-1].strip("│ "))
    document = json.loads(answer.stdout)
    schema = document["provider_schemas"][pin.address]
    kept = {"provider": schema["provider"]} | {
        kind: {name: body for name, body in schema.get(kind, {}).items() if not types or name in types}
        for kind in ("resource_schemas", "data_source_schemas")
    }
    plain = {"format_version": document["format_version"], "provider_schemas": {pin.address: _undescribed(kept)}}
    return json.dumps(plain, indent=1, sort_keys=True) + "\n"


def _undescribed(value: object) -> object:
    """A schema without its texts, which are long and which nothing here reads."""
    if isinstance(value, dict):
        texts = ("description", "description_kind", "deprecation_message")
        return {
            key: _undescribed(inner) for key, inner in value.items() if key not in texts or not isinstance(inner, str)
        }
    return [_undescribed(inner) for inner in value] if isinstance(value, list) else value


def _ensure_schema(checkout: Checkout, pin: ProviderPin, old: str, new: str) -> None:
    wanted = checkout.schema(pin, new)
    if wanted.is_file():
        return
    before = json.loads(checkout.schema(pin, old).read_text(encoding="utf-8"))["provider_schemas"][pin.address]
    types = {*before["resource_schemas"], *before["data_source_schemas"]}
    try:
        text = fetch_schema(pin, new, types)
    except OSError as error:
        sys.exit(
            f"raise: {wanted.relative_to(checkout.root)} is missing, and Terraform could not get {pin.name} {new} "
            f"({error}); run this command where the Terraform registry can be reached. Nothing was changed"
        )
    wanted.write_text(text, encoding="utf-8")
    print(f"wrote {wanted.relative_to(checkout.root)}")


def raise_provider(checkout: Checkout, name: str, version: str | None, *, applied: bool) -> None:
    """Raises a provider in a checkout, all but what `_left_to_do` prints.

    Args:
        checkout: where.
        name: the provider's local name.
        version: the new version; None: the one that versions.tf pins.
        applied: every stack was applied with the old version.

    Raises:
        SystemExit: the raise is refused, or something is missing. Nothing was changed then.
    """
    pins = read_version_pins(checkout.versions).providers
    if name not in pins:
        sys.exit(f"raise: there is no provider {name[:80]!r}; use one of {', '.join(pins)}")
    pin = pins[name]
    new, old = version or pin.version, checkout.locked_version(pin)
    parse_version(new)
    if new == old == pin.version:
        sys.exit(f"raise: {name} is at {new} already; set VERSION to another version")
    if why := refusal(pin, old, new, applied=applied, rules=checkout.versions.with_name("raises.toml")):
        sys.exit(f"raise: {why}. Nothing was changed")
    _ensure_schema(checkout, pin, old, new)
    set_pin(checkout.versions, pin, new)
    set_locks(checkout, pin, new)
    if name == "neon":
        _run(checkout, "tools/bindings.py", ".gen")
    _run(checkout, "-m", "pytest", "-q", "-n0", "tests/stacks/test_snapshots.py", "--snapshot-update")
    print(f"{name}: {old} → {new}", *_left_to_do(checkout, name, old), sep="\n")


def _run(checkout: Checkout, *arguments: str) -> None:
    answer = subprocess.run([sys.executable, *arguments], cwd=checkout.root, capture_output=True, text=True)
    if answer.returncode != 0:
        sys.exit(f"raise: {' '.join(arguments)} failed:\n{answer.stdout}{answer.stderr}")


def _left_to_do(checkout: Checkout, name: str, old: str) -> list[str]:
    mentions = [
        f"{page.relative_to(checkout.root)}:{number}"
        for page in (checkout.root / "README.md", *sorted(checkout.root.glob("docs/*.md")))
        if page.is_file()
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(rf"(?<![\d.]){re.escape(old)}(?![\d.])", line)
    ]
    return [
        "left to do:",
        "- make locks, where the Terraform registry can be reached: the lock files lack the new version's checksums",
        "- make test && make rehearse: the stand-in provider must behave as the new version does",
        *([f"- check what names {old}: {', '.join(mentions)}"] if mentions else []),
        *([] if name == "neon" else [f"- arguments that are new in {name}: raise its bindings in pyproject.toml too"]),
        "- python -m ops plan: every stack must say that nothing changes, before the first deploy",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="raise", description="Raise a provider to another version")
    parser.add_argument("provider", help="such as neon")
    parser.add_argument("version", nargs="?", help="such as 0.15.0; left out: what versions.tf pins")
    parser.add_argument("--applied", action="store_true", help="every stack was deployed with the old version")
    arguments = parser.parse_args()
    raise_provider(Checkout(root=ROOT), arguments.provider, arguments.version or None, applied=arguments.applied)


if __name__ == "__main__":
    main()
