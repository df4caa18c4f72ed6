"""Terraform itself accepts every stack under the providers' real schemas."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sandbox.providers.mirror import write_mirror
from settings import load_settings
from tests.support import SETTINGS_FILES, Stacks, Values, merged, stack_names, synthesize, tool_environment

pytestmark = pytest.mark.slow

CASES = [(file, stack) for file in SETTINGS_FILES for stack in stack_names(load_settings(file))]


@pytest.fixture(scope="module")
def providers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment in which Terraform finds stand-in providers that serve the real schemas."""
    return write_mirror(tmp_path_factory.mktemp("providers")).environment


def _validate(folder: Path, stack: Values, providers: dict[str, str]) -> Any:
    (folder / "cdk.tf.json").write_text(json.dumps(stack))

    def terraform(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = tool_environment(**providers)
        return subprocess.run(["terraform", *arguments], cwd=folder, env=environment, capture_output=True, text=True)

    init = terraform("init", "-backend=false", "-input=false", "-no-color")
    assert init.returncode == 0, init.stdout + init.stderr
    return json.loads(terraform("validate", "-json").stdout)


@pytest.mark.parametrize(("file", "stack"), CASES, ids=[f"{file.stem}/{stack}" for file, stack in CASES])
def test_stack_is_valid(file: Path, stack: str, providers: dict[str, str], tmp_path: Path) -> None:
    answer = _validate(tmp_path, synthesize(load_settings(file))[stack], providers)
    assert answer["diagnostics"] == []
    assert answer["valid"] is True


@pytest.mark.parametrize(
    ("stack", "kind", "name", "change", "complaint"),
    [
        ("dev", "neon_branch", "this", {"expires_at": "2026-12-01T00:00:00Z"}, "expires_at"),
        ("dev", "neon_role", "this", {"name": None}, "name"),
        ("production", "cloudflare_dns_record", "web", {"proxies": True}, "proxies"),
        ("production", "cloudflare_dns_record", "web", {"ttl": "soon"}, "ttl"),
    ],
)
def test_what_the_providers_schema_lacks_is_refused(
    stacks: Stacks,
    stack: str,
    kind: str,
    name: str,
    change: Values,
    complaint: str,
    providers: dict[str, str],
    tmp_path: Path,
) -> None:
    broken = merged(stacks[stack], {"resource": {kind: {name: change}}})
    answer = _validate(tmp_path, broken, providers)
    assert answer["valid"] is False
    assert complaint in json.dumps(answer["diagnostics"])
