"""Look for secrets in tracked files: `make secrets`, and before each commit. .secrets.baseline lists made-up ones."""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from detect_secrets.core.scan import scan_file
from detect_secrets.settings import transient_settings

ROOT = Path(__file__).parents[1]
BASELINE = ROOT / ".secrets.baseline"
# Checksums and schemas, made by tools: they are long, and what looks like a key there is none.
MADE = (".gen/", "locks/", "sandbox/providers/schemas/", ".secrets.baseline")
# Known forms only. What merely looks random, or is called a password, is all over a project such as this one.
FORMS = (
    "AWSKeyDetector",
    "BasicAuthDetector",
    "DiscordBotTokenDetector",
    "GitHubTokenDetector",
    "JwtTokenDetector",
    "NpmDetector",
    "PrivateKeyDetector",
    "PypiTokenDetector",
    "SlackDetector",
    "StripeDetector",
)
FILTERS = (
    "allowlist.is_line_allowlisted",
    "heuristic.is_indirect_reference",
    "heuristic.is_prefixed_with_dollar_sign",
    "heuristic.is_templated_secret",
)


@dataclass(frozen=True, order=True)
class Found:
    """A text that looks like a secret.

    Attributes:
        file: where, from the repository's root.
        kind: what it looks like.
        digest: a digest of the text, which identifies it without showing it.
    """

    file: str
    kind: str
    digest: str


def tracked_files(root: Path = ROOT) -> list[str]:
    """The files that git tracks, or would after the next commit."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    return [name for name in listed.split("\0") if name and (root / name).is_file()]


def scan(names: Iterable[str], root: Path = ROOT) -> dict[Found, int]:
    """Scan files.

    Args:
        names: the files, from the root.
        root: the repository's root.

    Returns:
        What was found, each with its line.
    """
    plugins = [{"name": name} for name in FORMS]
    plugins.append({"name": "ServiceKeyDetector", "path": f"file://{Path(__file__).with_name('secret_detector.py')}"})
    filters = [{"path": f"detect_secrets.filters.{name}"} for name in FILTERS]
    found: dict[Found, int] = {}
    with transient_settings({"plugins_used": plugins, "filters_used": filters}):
        for name in sorted(names):
            if name.startswith(MADE) or name.endswith(("package-lock.json", ".png")):
                continue
            for secret in scan_file(str(root / name)):
                found.setdefault(Found(name, secret.type, secret.secret_hash), secret.line_number)
    return found


def read_baseline(file: Path = BASELINE) -> set[Found]:
    """The texts that are known to be made up."""
    if not file.is_file():
        return set()
    entries = json.loads(file.read_text(encoding="utf-8"))["results"]
    return {Found(name, item["type"], item["hashed_secret"]) for name, items in entries.items() for item in items}


def write_baseline(found: Iterable[Found], file: Path = BASELINE) -> None:
    """Write the texts that are known to be made up, in detect-secrets' format but without line numbers."""
    results: dict[str, list[dict[str, str]]] = {}
    for item in sorted(found):
        results.setdefault(item.file, []).append({"type": item.kind, "hashed_secret": item.digest})
    file.write_text(json.dumps({"version": "1.5.0", "results": results}, indent=2) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each new finding, never its text. Return 0 if there are none, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m tools.secret_scan", description=__doc__)
    parser.add_argument("--update", action="store_true", help="take all that is there now for made up")
    parser.add_argument("files", nargs="*", help="the files to look through; all that git keeps where none is named")
    given = parser.parse_args(arguments)
    found = scan(given.files or tracked_files())
    if given.update:
        write_baseline(found)
        return 0
    new = {item: line for item, line in found.items() if item not in read_baseline()}
    for item, line in sorted(new.items()):
        print(
            f"{item.file}:{line}: looks like a secret ({item.kind}); remove and revoke it, "
            "or where it is made up: python -m tools.secret_scan --update"
        )
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main())
