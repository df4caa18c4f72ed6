"""The picture shows what the synthesized JSON holds: every resource once, every reference, and nothing else."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples

from settings import Settings, load_settings
from tests.settings import strategies
from tests.support import ROOT, Stacks, Values, addresses, load_values, synthesize
from tools import diagram


@pytest.fixture(scope="module")
def graph(stacks: Stacks) -> diagram.Graph:
    order = ["project", *sorted(name for name in stacks if name != "project")]
    return diagram.read_graph({name: stacks[name] for name in order})


def test_the_picture_is_current(graph: diagram.Graph) -> None:
    assert diagram.PICTURE.read_text() == diagram.svg(graph), "run make docs-diagram"


def arrows(graph: diagram.Graph) -> set[tuple[str, str, str, bool]]:
    names = {node.id: f"{node.stack}: {node.address}" for node in graph.nodes}
    return {(names[edge.source], names[edge.target], edge.label, edge.across) for edge in graph.edges}


def test_references_are_arrows_and_those_into_other_stacks_are_dashed(graph: diagram.Graph) -> None:
    site = "data.cloudflare_pages_project.web"
    assert arrows(graph) == {
        ("dev: neon_branch.this", "project: neon_project.main", "project_id", True),
        ("dev: neon_endpoint.this", "project: neon_project.main", "project_id", True),
        ("dev: neon_role.this", "project: neon_project.main", "project_id", True),
        ("dev: neon_endpoint.this", "dev: neon_branch.this", "id", False),
        ("dev: neon_role.this", "dev: neon_branch.this", "id", False),
        ("production: cloudflare_dns_record.web", f"production: {site}", "name", False),
        ("production: cloudflare_pages_domain.custom", f"production: {site}", "name", False),
        (f"production: {site}", "project: cloudflare_pages_project.web", "by name", True),
    }


def test_a_reference_within_a_function_is_an_arrow() -> None:
    stack = {
        "resource": {
            "a_b": {
                "x": {"name": '${join("-", [a_b.y.id, var.z])}', "text": "a_b.z.id is no reference"},
                "y": {},
                "z": {},
            }
        }
    }
    assert arrows(diagram.read_graph({"s": stack})) == {("s: a_b.x", "s: a_b.y", "id", False)}


def test_the_svg_shows_every_resource_of_every_option() -> None:
    stacks = synthesize(load_settings(ROOT / "examples/full.toml"))
    picture = ElementTree.fromstring(diagram.svg(diagram.read_graph(stacks)))  # noqa: S314  (made here)
    shown = "\n".join("".join(element.itertext()) for element in picture.iter("{http://www.w3.org/2000/svg}text"))
    for name, stack in stacks.items():
        assert re.search(rf"^{name}$", shown, re.MULTILINE), name
        for address in addresses(stack):
            assert address in shown, address


@examples(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(values=strategies.valid_values())
def test_any_settings_make_a_whole_graph(values: Values) -> None:
    settings: Settings = load_values(values)
    stacks = synthesize(settings)
    graph = diagram.read_graph(stacks)
    ids = [node.id for node in graph.nodes]
    assert len(set(ids)) == len(ids)
    assert {edge.source for edge in graph.edges} | {edge.target for edge in graph.edges} <= set(ids)
    for name, stack in stacks.items():
        shown = {node.address for node in graph.nodes if node.stack == name and not node.read}
        assert shown == addresses(stack)
    branches = [name for name, environment in settings.environments.items() if environment.database]
    for name in branches:
        assert (f"{name}: neon_branch.this", "project: neon_project.main", "project_id", True) in arrows(graph)


def test_the_owners_picture_is_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagram, "OWN_PICTURE", tmp_path / "build/diagram.svg")
    before = diagram.PICTURE.read_bytes()
    assert diagram.main([str(ROOT / "examples/acme.toml")]) == 0
    assert "acme.example" in (tmp_path / "build/diagram.svg").read_text(encoding="utf-8")
    assert diagram.PICTURE.read_bytes() == before


def test_text_from_settings_can_not_break_out_of_a_label() -> None:
    stack = {"resource": {"a_b": {"x": {"name": 'a"]<script>\n}'}}}}
    graph = diagram.read_graph({"s": stack})
    picture = ElementTree.fromstring(diagram.svg(graph))  # noqa: S314  (made here)
    assert not [element for element in picture.iter() if element.tag.endswith("script")]
