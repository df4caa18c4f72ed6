"""Fixtures of the whole suite. They import late: the rehearsal's tests need no jsii."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings as hypothesis_settings

if TYPE_CHECKING:
    from settings import Settings
    from tests.support import Stacks

ROOT = Path(__file__).parents[1]
# Not settings.toml, which is the owner's to change.
EXPENSE_TRACKER = ROOT / "sandbox/fixtures/expense-tracker.toml"
# Nor is the owner's .env read, which has real tokens.
os.environ["INFRA_ENV_FILE"] = os.devnull

# A script's `&` starts the suite with SIGINT ignored; the programs that tests start and interrupt would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples on every run: a failure in CI is one that a laptop sees too, and none comes by chance.
hypothesis_settings.register_profile("suite", deadline=None, derandomize=True, database=None)
hypothesis_settings.load_profile("suite")


@pytest.fixture(scope="session")
def settings() -> Settings:
    """The expense tracker's settings, as the hand-written HCL had them."""
    from settings import load_settings

    return load_settings(EXPENSE_TRACKER)


@pytest.fixture(scope="session")
def changed() -> Callable[[Mapping[str, Any]], Settings]:
    """Loads the expense tracker's settings with changes laid over them; None takes a key away."""
    from tests.support import load_values, merged, read_values

    values = read_values(EXPENSE_TRACKER)
    return lambda changes: load_values(merged(values, changes))


@pytest.fixture(scope="session")
def synth() -> Callable[[Settings], Stacks]:
    """Turns settings into the JSON of each stack, parsed and without cdktf's metadata."""
    from tests.support import synthesize, without_metadata

    return lambda settings: without_metadata(synthesize(settings))


@pytest.fixture(scope="session")
def stacks(settings: Settings, synth: Callable[[Settings], Stacks]) -> Stacks:
    """The stacks of the expense tracker."""
    return synth(settings)


@pytest.fixture(scope="session")
def acme(synth: Callable[[Settings], Stacks]) -> Stacks:
    """The stacks of the made-up product in examples/."""
    from settings import load_settings

    return synth(load_settings(ROOT / "examples/acme.toml"))
