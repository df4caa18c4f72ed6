"""Draw the deployed system from the synthesized JSON.

Usage: python tools/diagram.py [--check | <settings file>]

A settings file is drawn as build/diagram.svg. Without one, the expense tracker is, as docs/diagram.svg: the pages don't
change with the owner's settings. Nothing is drawn by hand: a stack is a cluster, a resource or data source
a box, a reference (`${…}`) an arrow. An arrow through another stack's state is dashed, as is one to a resource that a
data source finds by name. `--check` only reports whether the picture is current.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs/diagram.svg"
EXPENSE_TRACKER = ROOT / "sandbox/fixtures/expense-tracker.toml"
OWN_PICTURE = ROOT / "build/diagram.svg"
_EXPRESSION = re.compile(r"\$\{.*?\}", re.DOTALL)
# Also within a function's arguments.
_REFERENCE = re.compile(r"(?<![\w.])(data\.)?([a-z][a-z0-9_]*)\.([\w-]+)\.([\w.-]+)")
_NAMES = ("name", "host", "pattern", "hostname", "alert_type", "bucket", "url")

Stacks = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Node:
    """A box.

    Attributes:
        stack: the cluster it is in.
        address: as Terraform names it.
        title: what a person calls it: the value of its name; empty where it has none.
    """

    stack: str
    address: str
    title: str

    @property
    def id(self) -> str:
        return _identifier(f"{self.stack}__{self.address}")

    @property
    def read(self) -> bool:
        """Whether Terraform only reads it."""
        return self.address.startswith("data.")


@dataclass(frozen=True)
class Edge:
    """An arrow from what refers to what is referred to.

    Attributes:
        source: the referring box's id.
        target: the other box's id.
        label: the attribute, or the output, that is read.
        across: it leads into another stack.
    """

    source: str
    target: str
    label: str
    across: bool


@dataclass(frozen=True)
class Graph:
    """The whole picture, in an order that depends on nothing but the JSON."""

    stacks: list[str]
    nodes: list[Node]
    edges: list[Edge]


def read_graph(stacks: Stacks) -> Graph:
    """Make the graph of synthesized stacks.

    Args:
        stacks: each stack's JSON by its name.
    """
    boxes = {name: dict(_boxes(name, stack)) for name, stack in stacks.items()}
    edges: dict[tuple[str, str, bool], list[str]] = {}
    for name, stack in stacks.items():
        for address, configuration in _parts(stack):
            for target, label, across in _references(stacks, name, configuration):
                source = boxes[name][address]
                other = boxes.get(target[0], {}).get(target[1])
                if other and other != source:
                    # Several references between two boxes are one arrow.
                    labels = edges.setdefault((source.id, other.id, across), [])
                    labels += [] if label in labels else [label]
            found = _found_by_name(boxes, boxes[name][address], configuration)
            if found:
                edges[boxes[name][address].id, found.id, True] = ["by name"]
    return Graph(
        list(stacks),
        [box for found in boxes.values() for box in found.values()],
        [Edge(source, target, ", ".join(labels), across) for (source, target, across), labels in edges.items()],
    )


def _found_by_name(
    boxes: Mapping[str, Mapping[str, Node]], node: Node, configuration: Mapping[str, Any]
) -> Node | None:
    """The resource of another stack that a data source looks for: of its type, and of a name that it gives."""
    kind = node.address.removeprefix("data.").partition(".")[0]
    names = {value for value in configuration.values() if isinstance(value, str)}
    others = (other for stack, found in boxes.items() if stack != node.stack for other in found.values())
    return next((other for other in others if node.read and _is(other, kind) and other.title in names), None)


def _is(node: Node, kind: str) -> bool:
    return node.address.startswith(f"{kind}.")


def _parts(stack: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for mode, prefix in (("resource", ""), ("data", "data.")):
        for kind, named in stack.get(mode, {}).items():
            if kind != "terraform_remote_state":
                for label, configuration in named.items():
                    yield f"{prefix}{kind}.{label}", configuration


def _boxes(name: str, stack: Mapping[str, Any]) -> Iterator[tuple[str, Node]]:
    for address, configuration in _parts(stack):
        values = (configuration.get(key) for key in _NAMES)
        title = next((value for value in values if isinstance(value, str) and "${" not in value), "")
        yield address, Node(name, address, title)


def _references(stacks: Stacks, name: str, value: Any) -> Iterator[tuple[tuple[str, str], str, bool]]:
    """What a value refers to: the stack and address, the attribute, and whether it is read from another's state."""
    for expression in _expressions(value):
        for data, kind, label, attribute in _REFERENCE.findall(expression):
            if kind == "terraform_remote_state":
                output = attribute.removeprefix("outputs.")
                source = _stack_of(stacks, name, label)
                for target, _, _ in _references(stacks, source, stacks.get(source, {}).get("output", {}).get(output)):
                    yield target, output, True
            else:
                yield (name, f"{data}{kind}.{label}"), attribute, False


def _stack_of(stacks: Stacks, name: str, label: str) -> str:
    """The stack whose state a remote state reads: the one that keeps its own at the same key."""
    key = stacks[name]["data"]["terraform_remote_state"][label]["config"]["key"]
    keys = {stack["terraform"]["backend"]["s3"]["key"]: other for other, stack in stacks.items()}
    return keys.get(key, label)


def _expressions(value: Any) -> Iterator[str]:
    """Every `${…}` in a value."""
    if isinstance(value, str):
        yield from _EXPRESSION.findall(value)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _expressions(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _expressions(inner)


def dot(graph: Graph) -> str:
    """The graph as Graphviz DOT."""
    lines = [
        "digraph {",
        '  rankdir=LR; fontname="Helvetica"; bgcolor="white";',
        '  node [shape=box, style="rounded,filled", fillcolor="#eef4fb", color="#5b7ea6"];',
        '  node [fontname="Helvetica", fontsize=11];',
        '  edge [color="#666666", fontname="Helvetica", fontsize=9];',
    ]
    for number, stack in enumerate(graph.stacks):
        lines.append(f"  subgraph cluster_{number} {{")
        lines.append(f'    label={_in_dot(stack)}; style=rounded; color="#999999"; fontsize=14;')
        for node in (node for node in graph.nodes if node.stack == stack):
            text = "\n".join(part for part in (node.title, node.address) if part)
            style = ', style="rounded,dashed"' if node.read else ""
            lines.append(f"    {node.id} [label={_in_dot(text)}{style}];")
        lines.append("  }")
    for edge in graph.edges:
        style = ", style=dashed" if edge.across else ""
        lines.append(f"  {edge.source} -> {edge.target} [label={_in_dot(edge.label)}{style}];")
    return "\n".join([*lines, "}", ""])


def svg(graph: Graph) -> str:
    """The graph as an SVG picture.

    Raises:
        SystemExit: Node or @viz-js/viz is not there.
    """
    script = Path(__file__).with_name("diagram_svg.mjs")
    try:
        finished = subprocess.run(["node", script], input=dot(graph), capture_output=True, text=True, cwd=ROOT)
    except FileNotFoundError:
        sys.exit("diagram: node is not on the PATH; run make diagram, which sets it up")
    if finished.returncode != 0:
        sys.exit(f"diagram: {finished.stderr.strip()}\nrun make setup")
    return finished.stdout


def synthesized(settings_file: Path) -> dict[str, Any]:
    """The JSON of each stack of a settings file, in the order of cdktf's manifest."""
    with tempfile.TemporaryDirectory() as name:
        environment = os.environ | {"CDKTF_OUTDIR": name, "INFRA_SETTINGS": str(settings_file)}
        subprocess.run([sys.executable, ROOT / "main.py"], env=environment, cwd=ROOT, check=True)
        folder = Path(name)
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return {
            name: json.loads((folder / entry["synthesizedStackPath"]).read_text(encoding="utf-8"))
            for name, entry in sorted(manifest["stacks"].items(), key=lambda item: (item[0] != "project", item[0]))
        }


def _identifier(text: str) -> str:
    """Letters, digits and underscores. Any other character becomes its code, so that no two texts become the same."""
    return re.sub(r"[^A-Za-z0-9]", lambda match: "_" if match[0] in "._" else f"_{ord(match[0]):x}_", text)


def _in_dot(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def main(arguments: list[str]) -> int:
    check = "--check" in arguments
    files = [Path(argument).resolve() for argument in arguments if argument != "--check"]
    picture, settings_file = (OWN_PICTURE, files[0]) if files else (PICTURE, EXPENSE_TRACKER)
    drawn = svg(read_graph(synthesized(settings_file)))
    if picture.is_file() and picture.read_text(encoding="utf-8") == drawn:
        return 0
    if check:
        print(f"{picture.relative_to(ROOT)} is stale; run make docs-diagram", file=sys.stderr)
        return 1
    picture.parent.mkdir(exist_ok=True)
    picture.write_text(drawn, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
