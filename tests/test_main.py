"""The program as it is run: where it reads, where it writes, and how it ends."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

import main
from settings import load_settings
from tests.support import EXPENSE_TRACKER, ROOT, tool_environment


def _run(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = tool_environment(**variables)
    for variable in ("INFRA_SETTINGS", "INFRA_LOCKS"):
        if variable not in variables:
            environment.pop(variable, None)
    command = [sys.executable, ROOT / "main.py"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def _written(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


def test_the_owners_settings_load_and_synthesize(tmp_path: Path) -> None:
    answer = _run(tmp_path)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
    written = {stack.name for stack in (tmp_path / "cdktf.out/stacks").iterdir()}
    assert written >= {"project", *load_settings(ROOT / "settings.toml").environments}


def test_it_writes_each_stack_with_its_lock_file_and_says_nothing(tmp_path: Path) -> None:
    answer = _run(tmp_path, INFRA_SETTINGS=str(EXPENSE_TRACKER))
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
    stacks = ("project", "dev", "production")
    files = {f"cdktf.out/stacks/{stack}/{file}" for stack in stacks for file in ("cdk.tf.json", ".terraform.lock.hcl")}
    assert _written(tmp_path) == {"cdktf.out/manifest.json"} | files
    for stack in stacks:
        placed = (tmp_path / f"cdktf.out/stacks/{stack}/.terraform.lock.hcl").read_bytes()
        assert placed == (ROOT / f"locks/{stack}.terraform.lock.hcl").read_bytes()


def test_another_file_may_be_chosen_with_locks_of_its_own(tmp_path: Path) -> None:
    locks = tmp_path / "locks"
    locks.mkdir()
    (locks / "staging.terraform.lock.hcl").write_text("# staging's\n")
    (locks / "gone.terraform.lock.hcl").write_text("# of a stack that is gone\n")
    answer = _run(tmp_path, INFRA_SETTINGS=str(ROOT / "examples/acme.toml"), INFRA_LOCKS=str(locks))
    assert answer.returncode == 0, answer.stderr
    out = tmp_path / "cdktf.out/stacks"
    assert {stack.name for stack in out.iterdir()} == {"project", "dev", "staging", "demo", "production"}
    assert [str(lock.relative_to(out)) for lock in out.rglob("*.hcl")] == ["staging/.terraform.lock.hcl"]
    assert (out / "staging/.terraform.lock.hcl").read_text() == "# staging's\n"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('name = "intent_db"', 'nam = "intent_db"', "database.nam: unknown key; did you mean name?"),
        (
            'domain = "intent.luisibarra.dev"',
            'domain = "npg_a3c01bc1cfbc4c6b"',
            "environments.production.website.domain: this looks like a secret; "
            "delete it here, revoke it, and pass secrets as Terraform variables",
        ),
    ],
)
def test_a_mistake_ends_with_2_one_line_and_nothing_written(tmp_path: Path, old: str, new: str, line: str) -> None:
    text = EXPENSE_TRACKER.read_text()
    file = tmp_path / "mine.toml"
    # The key that was renamed is also missing then: the table keeps its name under a key of its own.
    file.write_text(text.replace(old, new if "nam =" not in new else f"{old}\n{new}"))
    answer = _run(tmp_path, INFRA_SETTINGS=str(file))
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr == f"{file}: {line}\n"
    assert _written(tmp_path) == {"mine.toml"}


def test_a_file_that_is_not_there_ends_with_2(tmp_path: Path) -> None:
    answer = _run(tmp_path, INFRA_SETTINGS="gone.toml")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.startswith("gone.toml: no such file")
    assert len(answer.stderr.splitlines()) == 1


def test_an_output_folder_that_can_t_be_written_ends_with_2_and_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    answer = _run(tmp_path, CDKTF_OUTDIR="file/out")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.startswith("file/out: can't be written; set CDKTF_OUTDIR to another folder")
    assert len(answer.stderr.splitlines()) == 1
    assert _written(tmp_path) == {"file"}


def test_the_edge_stack_s_bindings_are_read_only_where_it_is_deployed() -> None:
    code = """
import sys, main
from pathlib import Path
main.build(main.load_settings(Path("settings.toml")))
print("stacks.edge_stack" in sys.modules)
"""
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"


@pytest.mark.parametrize("module", ["cdktf._jsii", "stacks.project_stack"])
def test_an_interrupt_is_quiet(tmp_path: Path, module: str) -> None:
    command = [sys.executable, "-X", "importtime", ROOT / "main.py"]
    app = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert app.stdout
    for line in app.stdout:  # a line for each module, as it is read
        if line.endswith(f" {module}\n"):
            break
    app.send_signal(signal.SIGINT)
    said = [line for line in app.stdout if not line.startswith("import time:")]
    assert (app.wait(60), said) == (130, [])


@pytest.mark.parametrize("reason", ["ENOSPC: no space left on device, write", "Error: ENOSPC: no space left on device"])
def test_a_full_disk_in_the_output_folder_ends_with_2_and_one_line(
    reason: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_app: object) -> None:
        raise RuntimeError(reason)

    monkeypatch.setattr(main.App, "synth", fail)
    assert main.main() == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("cdktf.out: can't be written; set CDKTF_OUTDIR to another folder (ENOSPC: no space left")


def test_a_full_disk_anywhere_else_ends_with_2_and_one_line(tmp_path: Path) -> None:
    # As in a temporary folder without space: where jsii unpacks its runtime, before this program has begun.
    (tmp_path / "constructs_lib").mkdir()
    (tmp_path / "constructs_lib/__init__.py").write_text(
        "import errno, os\nraise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))\n", encoding="utf-8"
    )
    paths = [str(tmp_path), str(ROOT)]
    code = f"import runpy, sys; sys.path[:0] = {paths}; runpy.run_path('main.py', None, '__main__')"
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (answer.returncode, answer.stdout) == (2, "")
    (line,) = answer.stderr.splitlines()
    assert line.endswith(": No space left on device; free some space, and synthesize again")


@pytest.mark.parametrize("program", [["main.py"], ["-m", "ops"], ["-m", "sandbox"]], ids=lambda words: words[-1])
def test_without_the_environment_of_set_up_each_program_says_so(program: list[str]) -> None:
    # -S leaves out what is installed.
    answer = subprocess.run([sys.executable, "-S", *program], cwd=ROOT, capture_output=True, text=True)
    assert answer.returncode != 0
    (line,) = answer.stderr.splitlines()
    assert line.endswith(" is not installed for this Python; run make setup, then . .venv/bin/activate")
