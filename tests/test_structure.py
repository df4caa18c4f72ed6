"""The structure of ops, counted from its imports: few folders, few pairs of them, few layers, no cycle.

And the whole program: each function is used, each text has an encoding.
"""

import ast
import re
from collections import Counter
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OPS = ROOT / "ops"
PROGRAM = ("catalog", "constructs_lib", "ops", "provider_pins", "sandbox", "settings", "stacks", "tools")
MOST_FOLDERS, MOST_PAIRS, MOST_LAYERS = 16, 45, 9


def rooms(module: str) -> str:
    """The folder of ops that a module is in; a module beside the folders is a room of its own."""
    return module.split(".")[1] if "." in module else module


def imports(file: Path) -> set[str]:
    """The modules of ops that a file imports, wherever in the file: also those for types, and those at first use."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" if node.module == "ops" else node.module for alias in node.names}
    return {name for name in found if name.split(".")[0] == "ops"}


def graph() -> dict[str, set[str]]:
    """For each room of ops, the rooms that it imports."""
    needs: dict[str, set[str]] = {}
    for file in OPS.rglob("*.py"):
        own = rooms(".".join(file.relative_to(ROOT).with_suffix("").parts))
        needs.setdefault(own, set()).update(rooms(name) for name in imports(file))
    return {room: others - {room} for room, others in needs.items()}


def test_nothing_lies_beside_the_folders_of_ops_but_the_command_line() -> None:
    assert {file.name for file in OPS.glob("*.py")} <= {"__init__.py", "__main__.py", "cli.py"}
    assert len([folder for folder in OPS.iterdir() if (folder / "__init__.py").is_file()]) <= MOST_FOLDERS


def test_the_folders_of_ops_import_each_other_in_few_pairs() -> None:
    pairs = [(room, other) for room, others in graph().items() for other in others if (OPS / other).is_dir()]
    between = [pair for pair in pairs if (OPS / pair[0]).is_dir()]
    assert len(between) <= MOST_PAIRS, between


def test_the_folders_of_ops_are_in_few_layers_without_a_cycle() -> None:
    layer: dict[str, int] = {}
    needs = graph()
    for room in TopologicalSorter(needs).static_order():  # a CycleError names the cycle
        layer[room] = 1 + max((layer[other] for other in needs.get(room, ())), default=0)
    layer.pop("__main__")  # it only calls cli.py, which is the top layer
    assert max(layer.values()) <= MOST_LAYERS, layer


CALLED_BY_OTHERS = {
    "ServiceKeyDetector": "detect-secrets, which loads plugins from the file",
    "denies": "the tests of policies, with `allows`",
    "format_commands": "click",
    "log_message": "http.server",
    "visit": "cdktf, on each construct",
}
"""Functions and classes that nothing in the program names: who calls them. A decorator with arguments calls too."""


def program_files() -> list[Path]:
    return [ROOT / "main.py", *(file for folder in PROGRAM for file in sorted((ROOT / folder).rglob("*.py")))]


def unused(sources: dict[str, str], texts: str = "") -> set[str]:
    """Functions and classes that no code names, wherever they are imported.

    Args:
        sources: Python source, by file.
        texts: what else may name them, such as templates.
    """
    defined: dict[str, str] = {}
    named = set(re.findall(r"\w+", texts))
    for file, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
                    named.add(name)
                case ast.alias(name=name, asname=str()):
                    named.add(name)
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                    if not any(isinstance(decorator, ast.Call) for decorator in node.decorator_list):
                        defined[node.name] = f"{file}:{node.lineno}: {node.name}"
                case _:
                    pass
    return {place for name, place in defined.items() if name not in named and not name.startswith("__")}


def test_every_function_of_the_program_is_used_by_the_program() -> None:
    templates = "".join(file.read_text("utf-8") for folder in PROGRAM for file in (ROOT / folder).rglob("*.jinja"))
    found = unused({str(file.relative_to(ROOT)): file.read_text("utf-8") for file in program_files()}, templates)
    assert {place.rpartition(" ")[2]: place for place in found}.keys() == CALLED_BY_OTHERS.keys(), found


def test_a_function_that_is_only_imported_is_unused() -> None:
    sources = {"a.py": "def f(): ...\ndef g(): ...\n@app.command()\ndef h(): ...", "b.py": "from a import f, g\nx = g"}
    assert unused(sources) == {"a.py:1: f"}
    assert unused(sources, "{{ f() }}") == set()


def test_a_search_for_a_name_finds_one_module_or_class() -> None:
    modules = Counter(file.stem for file in program_files() if not file.stem.startswith("__"))
    classes = Counter(
        node.name
        for file in program_files()
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert [name for name, times in (modules + classes).items() if times > 1] == []


def texts_without_an_encoding() -> list[str]:
    """Calls that read or write text in the machine's own encoding.

    ruff's PLW1514 checks the tests as well, but only where it can infer that an object is a path.
    """
    found: list[str] = []
    for file in sorted(file for folder in PROGRAM for file in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and _opens_text(node)
                and "encoding" not in {key.arg for key in node.keywords}
            ):
                found.append(f"{file.relative_to(ROOT)}:{node.lineno}")
    return found


def _opens_text(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(attr="read_text" | "write_text"):
            return True
        case ast.Attribute(attr="open"):
            # A path's: other objects open other things.
            mode = [value.value for value in call.args if isinstance(value, ast.Constant)]
            names = {key.arg for key in call.keywords} - {"mode", "errors", "newline"}
            return not names and (not call.args or bool(re.fullmatch(r"[rwaxt+]+", str(*mode[:1]))))
        case ast.Name(id="open") | ast.Attribute(attr="fdopen"):
            modes = [
                argument.value
                for argument in [*call.args, *(key.value for key in call.keywords)]
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            ]
            return not any("b" in mode for mode in modes)
        case _:
            return False


def test_the_program_names_the_encoding_of_each_text_that_it_reads_or_writes() -> None:
    assert texts_without_an_encoding() == []


@pytest.mark.parametrize(
    ("source", "opens"),
    [
        ("file.read_text()", True),
        ('(folder / "a").write_text(text)', True),
        ('os.fdopen(number, "w")', True),
        ('path.open("ab")', False),
        ('path.open("a")', True),
        ("path.open()", True),
        ("os.open(path, flags)", False),
        ('tarfile.open(archive, "r|gz")', False),
        ("tarfile.open(fileobj=file)", False),
        ("self.open(branch)", False),
        ("file.read_bytes()", False),
    ],
)
def test_a_call_that_opens_a_text_is_recognized(source: str, opens: bool) -> None:
    (call,) = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    assert _opens_text(call) is opens
