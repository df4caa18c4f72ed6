"""The notice about how a deploy ended: what was really applied, each reason once, and the addresses to look at."""

import re
from collections.abc import Sequence

from ops.clouds.discord import Notice, NoticeKind
from ops.context.program_text import quoted
from ops.context.run_context import Context
from ops.terraform.plan import Outcome, PlanExit, PlannedStack
from ops.terraform.summary import refusals

_MOST_RESOURCES = 15
# Where in the configuration an error occurred: the same error of several resources differs only in these lines.
_PLACE = re.compile(r"^\s*(?:with .+,|on \S+ line \d+.*|\d+: .*|\(source code not available\))$")


def deploy_notice(
    context: Context,
    *,
    names: str,
    code: int,
    applied: Sequence[str],
    problems: Sequence[str],
    unsaved: bool,
    seconds: float,
) -> Notice:
    """The notice about a deploy that has ended.

    Args:
        context: has the settings, if they can be read.
        names: the stacks, separated by commas.
        code: its exit code.
        applied: the finished resources by Terraform's own record, each as `<stack>: created <address>`.
        problems: why it failed, each as `<stack>: <reason>`.
        unsaved: whether a state could not be saved.
        seconds: how long it took.
    """
    what, links = f"deploy of {names}", _links(context, names.split(", "))
    if code == PlanExit.NOTHING:
        return Notice(NoticeKind.SUCCESS, what, applied_list(applied), links, seconds)
    kind = "The guard refused a plan." if code == PlanExit.REFUSED else ""
    lines = [kind, *each_reason_once(problems)] if kind or problems else ["A plan failed."]
    lines.append(applied_list(applied) or "Nothing was applied.")
    advice = "Fix the cause and deploy again; what was applied remains."
    if unsaved:
        advice = "Don't deploy again before the state is saved (docs/runbook.md)."
    return Notice(NoticeKind.FAILURE, what, "\n".join(filter(None, [*lines, advice])), links, seconds)


def reasons(planned: Sequence[PlannedStack]) -> list[str]:
    """Why plans failed or were refused, each as `<stack>: <reason>`."""
    return [result.problem for result in planned if result.outcome is Outcome.FAILED] + refusals(planned)


def each_reason_once(problems: Sequence[str]) -> list[str]:
    """Problems with the stacks of the same reason named together; only the first line is not a quote.

    Args:
        problems: each as `<stack>: <reason>`; a reason is Terraform's text.
    """
    stacks = dict[str, list[str]]()
    for problem in problems:
        name, separator, reason = problem.partition(": ")
        if not separator:
            name, reason = "", problem
        names = stacks.setdefault(_without_repetition(reason), [])
        if name not in names:
            names.append(name)
    lines = list[str]()
    for reason, names in stacks.items():
        first, *others = reason.splitlines() or [""]
        lines.append(f"{', '.join(names)}: {first}" if names != [""] else first)
        lines += [quoted(line) for line in others if line.strip()]
    return lines


def _without_repetition(reason: str) -> str:
    """Terraform's errors without their places; the same error of several resources once."""
    errors = re.split(r"(?m)^(?=Error: )", reason)
    texts = ["\n".join(line for line in text.splitlines() if not _PLACE.match(line)).strip() for text in errors]
    return "\n".join(dict.fromkeys(filter(None, texts)))


def applied_list(applied: Sequence[str]) -> str:
    """The finished resources as lines of a notice, the first 15 of them; empty if there are none."""
    if not applied:
        return ""
    more = len(applied) - _MOST_RESOURCES
    lines = [*applied[:_MOST_RESOURCES], *([f"and {more} more"] if more > 0 else [])]
    return "\n".join(["Applied:", *(quoted(line) for line in lines)])


def _links(context: Context, names: Sequence[str]) -> dict[str, str]:
    """The addresses of the environments that were deployed; their stacks have the environments' names."""
    # A deploy reads only what was synthesized: settings that can't be read don't stop its notice.
    settings = context.readable_settings
    if settings is None:
        return {}
    found = {name: settings.public_links(name) for name in names if name in settings.environments}
    if len(found) == 1:
        return next(iter(found.values()))
    return {f"{name}'s {about}": link for name, links in found.items() for about, link in links.items()}
