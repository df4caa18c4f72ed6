"""docs/pipelines.md names what there is; its commands are run with those of the other pages."""

import re

from tests.workflows.documents import CALLERS, OWN, ROOT

PAGE = (ROOT / "docs/pipelines.md").read_text()


def test_every_workflow_variable_and_secret_is_in_the_page():
    used = {f"`{file.name}`" for file in [*OWN, *CALLERS]}
    for file in [*OWN, *CALLERS]:
        used |= {f"`{name}`" for name in re.findall(r"\b(?:vars|secrets)\.([A-Z_]+)", file.read_text())}
    assert sorted(name for name in used if name not in PAGE) == []


def test_the_secrets_that_the_page_sets_are_the_ones_that_are_used():
    set_by_hand = set(re.findall(r"gh (?:secret|variable) set ([A-Z_]+)", PAGE))
    text = "".join(file.read_text() for file in OWN)
    assert set_by_hand == set(re.findall(r"\b(?:vars|secrets)\.([A-Z_]+)", text))
