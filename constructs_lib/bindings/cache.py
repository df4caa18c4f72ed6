"""Fills jsii's package cache, so that the first synth is quick too: `python -m constructs_lib.bindings.cache`.

jsii unpacks a package into its cache, and then writes an index of its types, so that it need not read all of them each
time (for AWS, 130 MB of JSON). It does so in a thread that ends with its process, and every synth ends before that
thread does. Without this, Cloudflare costs each synth 0.3 s more, and AWS 2 s.
"""

import importlib
import os
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from constructs_lib.bindings import CACHE, PACKAGES

PATIENCE = 120  # seconds, for all packages together


class Assembly(NamedTuple):
    """A jsii package, by its name and version on npm."""

    name: str
    version: str


def load(package: str) -> Assembly:
    """Lets jsii load a provider's package, and thereby unpack it and begin its index."""
    assembly = importlib.import_module(f"{package}._jsii").__jsii_assembly__
    return Assembly(assembly.name, assembly.version)


def is_indexed(assembly: Assembly, cache: Path) -> bool:
    """Whether jsii's index of a package is complete; its manifest is what jsii writes last."""
    return any((cache / assembly.name / assembly.version).glob("*/.jsii.runtime.v*.json"))


def fill(cache: Path, *, patience: float = PATIENCE) -> list[Assembly]:
    """Fills the cache with every provider package that is installed.

    Args:
        cache: the cache's folder, the one that jsii uses.
        patience: how long to wait for the indexes, in seconds.

    Returns:
        The packages that have no index after that; they work all the same, only slower.
    """
    missing = [load(package) for package in PACKAGES if find_spec(package)]
    end = time.monotonic() + patience
    while (missing := [assembly for assembly in missing if not is_indexed(assembly, cache)]) and time.monotonic() < end:
        time.sleep(0.1)
    return missing


if __name__ == "__main__":
    if CACHE not in os.environ:
        sys.exit(0)  # Not a virtual environment of one's own: jsii's cache is left as it is.
    for assembly in fill(Path(os.environ[CACHE])):
        print(f"bindings: jsii wrote no index of {assembly.name}; synth works, only slower", file=sys.stderr)
