"""In which order cdktf runs the stacks, and that a stack can be deployed alone."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from settings import Settings
from stacks.deploy_order import cdktf_arguments
from tests.support import EXPENSE_TRACKER, ROOT, dependencies, tool_environment

pytestmark = pytest.mark.slow

FREE = {"project": [], "dev": [], "production": []}
AFTER_PROJECT = {"project": [], "dev": ["project"], "production": ["project"]}


@pytest.mark.parametrize(
    ("command_line", "expected"),
    [
        ([], AFTER_PROJECT),
        (["synth"], AFTER_PROJECT),
        (["deploy", "project"], AFTER_PROJECT),
        (["deploy", "project", "dev", "production"], AFTER_PROJECT),
        (["deploy", "production", "project"], AFTER_PROJECT),
        (["deploy", "*"], AFTER_PROJECT),
        (["deploy", "p*"], AFTER_PROJECT),
        (["deploy", "production"], FREE),
        (["deploy", "prod*"], FREE),
        (["deploy", "dev", "production", "--auto-approve"], FREE),
        (["diff", "dev"], FREE),
    ],
    ids=" ".join,
)
def test_project_goes_first_where_it_goes_at_all(
    settings: Settings, command_line: Sequence[str], expected: dict[str, list[str]]
) -> None:
    assert dependencies(settings, command_line) == expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (["/usr/bin/node", "/app/node_modules/.bin/cdktf", "deploy", "dev"], ["deploy", "dev"]),
        (["node", "--max-old-space-size=512", "node_modules/cdktf-cli/bundle/bin/cdktf.js", "synth"], ["synth"]),
        (["/usr/local/bin/cdktf", "diff"], ["diff"]),
        (["cdktf"], []),
        (["vim", "cdktf.json", "dev"], None),
        (["less", "cdktf", "production"], None),
        (["node", "server.js", "cdktf", "dev"], None),
        (["/bin/sh", "-c", "cdktf deploy dev"], None),
        (["node", "--version"], None),
        ([], None),
    ],
)
def test_only_cdktf_itself_is_taken_for_cdktf(command: Sequence[str], expected: list[str] | None) -> None:
    assert cdktf_arguments(command) == expected


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, in which cdktf writes what it wants; the installed tools are shared."""
    folder = tmp_path_factory.mktemp("checkout")
    for file in (ROOT / "main.py", ROOT / "cdktf.json"):
        shutil.copy(file, folder)
    shutil.copy(EXPENSE_TRACKER, folder / "settings.toml")
    for name in ("catalog", "settings", "provider_pins", "stacks", "constructs_lib", "locks", ".gen"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in (".venv", "node_modules"):
        Path(folder, name).symlink_to(ROOT / name)
    (folder / "terraform.rc").touch()
    # Takes Terraform's place: it notes what it is asked to do, and does nothing.
    recorder = folder / "recorder"
    recorder.write_text(
        "#!/bin/sh\n"
        'case "$1" in\n'
        """version) echo '{"terraform_version": "1.11.4"}' ;;\n"""
        "output) echo '{}' ;;\n"
        'apply) echo "${PWD##*/}" >> "$CALLS" ;;\n'
        "esac\n"
    )
    recorder.chmod(0o755)
    return folder


def _cdktf(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = tool_environment(
        CALLS=str(checkout / "calls"),
        CDKTF_HOME=str(checkout / "home"),
        TERRAFORM_BINARY_NAME=str(checkout / "recorder"),
        TF_CLI_CONFIG_FILE=str(checkout / "terraform.rc"),
    )
    for variable in ("INFRA_SETTINGS", "INFRA_LOCKS"):
        environment.pop(variable, None)
    return subprocess.run(
        [checkout / "node_modules/.bin/cdktf", *arguments],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
    )


def _deployed(checkout: Path, *arguments: str) -> list[str]:
    calls = checkout / "calls"
    calls.write_text("")
    answer = _cdktf(checkout, "deploy", "--auto-approve", *arguments)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return calls.read_text().split()


def test_cdktf_deploys_one_stack_alone(checkout: Path) -> None:
    assert _deployed(checkout, "production") == ["production"]


def test_cdktf_deploys_project_before_the_others(checkout: Path) -> None:
    first, *others = _deployed(checkout, "production", "dev", "project")
    assert first == "project"
    assert sorted(others) == ["dev", "production"]


def test_cdktf_lists_and_synthesizes_the_stacks(checkout: Path) -> None:
    listed = _cdktf(checkout, "list")
    assert listed.returncode == 0, listed.stderr
    stacks = {line.split()[0] for line in listed.stdout.splitlines() if "cdktf.out/stacks/" in line}
    assert stacks == {"project", "dev", "production"}
    assert _cdktf(checkout, "synth").returncode == 0
    for stack in stacks:
        assert (checkout / f"cdktf.out/stacks/{stack}/cdk.tf.json").is_file()
        assert (checkout / f"cdktf.out/stacks/{stack}/.terraform.lock.hcl").is_file()
