from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ops.context.run_context import Context
from ops.terraform import summary
from ops.terraform.changes import UNKNOWN, Change, Changes, Difference
from ops.terraform.guard import DataLoss, Verdict
from ops.terraform.plan import Outcome, PlannedStack
from ops.terraform.stacks import Stack

MakeContext = Callable[..., Context]


def planned(name: str, outcome: Outcome = Outcome.CHANGED, **more: object) -> PlannedStack:
    return PlannedStack(Stack(name, Path(name), frozenset({"project"})), outcome, Path("p"), **more)  # type: ignore[arg-type]


CHANGED = planned(
    "dev",
    changes=Changes(
        resources=(
            Change("neon_branch.this", "replace", "why", differences=(Difference("name", '"a"', '"b"'),)),
            Change('x.y["`` ```@octocat <script>"]', "add", differences=(Difference("text", "null", "```"),)),
        ),
        outputs=("uri: change",),
        outside=(Change("cloudflare_dns_record.web", "destroy"),),
    ),
    verdict=Verdict(refused=(DataLoss("dev", "neon_branch.this", "replaced"),)),
)


def test_the_comment_has_counts_refusals_and_details(make_context: MakeContext):
    text = summary.markdown(make_context(USER="ada"), [planned("project", Outcome.UNCHANGED), CHANGED])
    lines = text.splitlines()
    assert lines[0] == "### Terraform plan: refused by the guard"
    assert "--allow 'dev:neon\\_branch.this'" in text
    assert "| project | · | · | · | · | · | · | no changes |" in lines
    assert "| dev | 2 | · | 1 | · | · | · | 1 output to change |" in lines
    assert "- replace neon_branch.this (why)" in lines
    assert '      name: "a" → "b"' in lines
    assert "  changed outside Terraform:" in lines
    assert lines[-1].endswith("by ada")


@pytest.mark.parametrize(("type", "kept"), [("neon_project", True), ("neon_branch", True), ("neon_role", False)])
def test_what_was_deleted_by_hand_with_rows_leads_to_its_recovery(type: str, kept: bool):
    shown = summary.lines([planned("dev", changes=Changes(outside=(Change(f"{type}.this", "destroy", type=type),)))])
    assert f"    - destroy {type}.this" in shown
    assert any(line.endswith("if you don't deploy first: python -m ops recover") for line in shown) == kept


def test_values_that_are_not_known_yet_are_counted_in_the_console():
    """A first deploy would show fifty of them. A changed resource's stay: they say what else changes."""
    attributes = (Difference("id", "", UNKNOWN, known=False), Difference("name", "", '"dev"'))
    changes = Changes(
        resources=tuple(Change(f"neon_branch.{verb}", verb, differences=attributes) for verb in ("add", "change"))
    )
    shown = summary.lines([planned("dev", changes=changes)], unknown=False)
    assert [line.strip() for line in shown if "known after" in line] == [
        "1 more are known after the apply",
        *(line.strip() for line in shown if "id:" in line),
    ]
    everything = summary.lines([planned("dev", changes=changes)])
    assert sum(UNKNOWN in line for line in everything) == 2


def test_nothing_in_a_plan_ends_the_fence_around_it(make_context: MakeContext):
    text = summary.markdown(make_context(), [CHANGED])
    fences = [line for line in text.splitlines() if line.startswith("````")]
    assert fences == ["````diff", "````"]
    inside = text.split("````diff")[1].split("\n````\n")[0]
    assert "@octocat <script>" in inside
    assert "text: ```" in inside


def test_names_outside_the_fence_mention_nobody_and_are_no_markup(make_context: MakeContext):
    text = summary.markdown(make_context(GITHUB_ACTOR="@everyone|<b>"), [planned("dev", Outcome.UNCHANGED)])
    assert "@everyone" not in text
    assert "<b>" not in text.replace("\\<b\\>", "")


def test_known_secrets_are_in_neither_comment_nor_page(make_context: MakeContext):
    context = make_context(NEON_API_KEY="key-of-neon-1")
    failed = planned("dev", Outcome.FAILED, problem="Error: key-of-neon-1 at postgresql://a:pw@h/d")
    for text in (summary.markdown(context, [failed]), summary.page(context, [failed])):
        assert "key-of-neon-1" not in text
        assert "a:pw@" not in text
        assert "Error: ***" in text


def test_a_huge_plan_stays_under_githubs_limit_and_says_what_was_cut(make_context: MakeContext):
    many = Changes(
        resources=tuple(Change(f"a.n{n}", "add", differences=(Difference("x" * 100, "", ""),)) for n in range(2000))
    )
    text = summary.markdown(make_context(), [planned("dev", changes=many), planned("edge", changes=many)])
    assert len(text) < 60_000
    assert "more lines; see the run" in text
    assert text.count("</details>") == 2


@pytest.mark.parametrize(
    ("stacks", "title"),
    [
        ([planned("dev", Outcome.UNCHANGED)], "Terraform plan: no changes"),
        ([planned("project"), planned("dev", Outcome.WAITS)], "Terraform plan: changes in project, dev"),
        ([planned("dev", Outcome.FAILED)], "Terraform plan: failed"),
        ([CHANGED], "Terraform plan: refused by the guard"),
    ],
)
def test_the_title_says_the_outcome(stacks: list[PlannedStack], title: str):
    assert summary.title(stacks) == title


class Page(HTMLParser):
    """Collects a page's tags and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_the_page_is_self_contained_and_escapes_what_a_plan_holds(make_context: MakeContext):
    page = Page(summary.page(make_context(), [planned("project", Outcome.UNCHANGED), CHANGED]))
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert set(page.addresses) == {"#project", "#dev"}
    assert 'x.y["`` ```@octocat <script>"]' in page.texts
    assert any("neon_branch.this would be replaced" in text for text in page.texts)


@pytest.mark.parametrize(
    ("kind", "attribute"), [("cloudflare_pages_domain", "name"), ("cloudflare_workers_custom_domain", "hostname")]
)
def test_a_change_of_domain_is_one_line_that_names_its_page(kind: str, attribute: str):
    moved = Change(f"{kind}.this", "replace", type=kind, differences=(Difference(attribute, '"a.dev"', '"b.dev"'),))
    other = Change(f"{kind}.new", "add", type=kind, differences=(Difference(attribute, "null", '"c.dev"'),))
    shown = summary.lines([planned("production", changes=Changes(resources=(moved, other)))])
    line = "    domain: a.dev → b.dev; a.dev stops working at the apply, see docs/change-the-domain.md"
    assert [each for each in shown if "domain: " in each] == [line]
    page = line.rpartition(" ")[2]
    assert (Path(__file__).parents[3] / page).is_file()
