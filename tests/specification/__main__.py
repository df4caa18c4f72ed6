"""`python -m tests.specification`: compare the local cloud with the published specifications."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from tests.sandbox.cloud.world import CREDENTIALS
from tests.specification.check import check


def main() -> None:
    os.environ.update(CREDENTIALS)
    with tempfile.TemporaryDirectory() as folder:
        report = check(Path(folder))
    for line in report.summary:
        print(line)
    for finding in report.unlisted:
        print(f"{finding.operation}: {finding.text}")
    for entry in report.outdated:
        print(f"{entry.operation}: differences.toml lists {entry.finding!r}, which no longer differs")
    print(f"{len(report.findings) - len(report.unlisted)} listed differences, {len(report.unlisted)} unlisted.")
    sys.exit(1 if report.unlisted or report.outdated else 0)


if __name__ == "__main__":
    main()
