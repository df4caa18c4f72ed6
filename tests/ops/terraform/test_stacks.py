import os

import pytest

from ops.context.errors import OpsError
from ops.terraform.stacks import levels, read_stacks
from tests.ops.tiny_app import TinyApp, data, reading


def test_a_stack_comes_after_those_whose_state_it_reads_and_those_of_the_manifest(tiny_app: TinyApp):
    tiny_app.synth(
        {
            "production": data(a="1"),
            "dev": reading(tiny_app, "project", "id"),
            "project": data(a="1"),
            "edge": data(a="1"),
        },
        {"production": ["project"]},
    )
    groups = levels(read_stacks(tiny_app.context()))
    assert [{stack.name for stack in group} for group in groups] == [{"project", "edge"}, {"dev", "production"}]


def test_named_stacks_keep_their_order(tiny_app: TinyApp):
    tiny_app.synth({"dev": reading(tiny_app, "project", "id"), "project": data(a="1"), "other": data(a="1")})
    assert [stack.name for stack in read_stacks(tiny_app.context(), ["dev", "project"])] == ["project", "dev"]


def test_the_owners_stack_is_left_out_unless_it_is_named(tiny_app: TinyApp):
    tiny_app.synth({"project": data(a="1"), "state": data(a="1")})
    assert [stack.name for stack in read_stacks(tiny_app.context())] == ["project"]
    assert [stack.name for stack in read_stacks(tiny_app.context(), ["state"])] == ["state"]


def test_a_stack_may_be_chosen_without_the_one_it_reads(tiny_app: TinyApp):
    tiny_app.synth({"dev": reading(tiny_app, "project", "id"), "project": data(a="1")})
    assert [[stack.name for stack in group] for group in levels(read_stacks(tiny_app.context(), ["dev"]))] == [["dev"]]


def test_an_unknown_stack_is_one_line(tiny_app: TinyApp):
    tiny_app.synth({"project": data(a="1")})
    with pytest.raises(OpsError, match=r"^no stack prod; there are: project$"):
        read_stacks(tiny_app.context(), ["prod"])


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"stacks": {"project": {}}}', '{"stacks": []}', '{"stacks": {"a": 1}}']
)
def test_a_damaged_manifest_is_one_line(tiny_app: TinyApp, text: str):
    tiny_app.synth({"project": data(a="1")})
    (tiny_app.context().out / "manifest.json").write_text(text)
    with pytest.raises(OpsError, match=r"manifest.json: can't be read; run make synth$"):
        read_stacks(tiny_app.context())


def test_nothing_synthesized_says_what_to_run(tiny_app: TinyApp):
    with pytest.raises(OpsError, match="run make synth"):
        read_stacks(tiny_app.context())


def test_stacks_older_than_the_settings_are_refused(tiny_app: TinyApp):
    tiny_app.synth({"project": data(a="1")})
    manifest = (tiny_app.out / "manifest.json").stat()
    os.utime(tiny_app.settings, ns=(manifest.st_atime_ns, manifest.st_mtime_ns + 1))
    with pytest.raises(OpsError, match=r"is older than .*settings\.toml; run make synth"):
        read_stacks(tiny_app.context())


def test_stacks_that_wait_for_each_other_are_one_line(tiny_app: TinyApp):
    tiny_app.synth({"a": data(x="1"), "b": data(x="1")}, {"a": ["b"], "b": ["a"]})
    with pytest.raises(OpsError, match=r"^these stacks wait for each other: "):
        read_stacks(tiny_app.context())
