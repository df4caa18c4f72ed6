"""Renders plans as a Markdown comment, an HTML page and console lines. Sensitive values are never shown."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from ops.context.run_context import Context
from ops.terraform.changes import UNKNOWN, Change
from ops.terraform.plan import Outcome, PlannedStack

# GitHub takes 65,536 characters; a comment has other text too.
LONGEST_DETAILS = 50_000
_SIGNS = {"add": "+", "change": "!", "replace": "-", "destroy": "-", "forget": "-", "move": " ", "import": "+"}
# The types that make a name serve the site or the API, each with the attribute of that name.
_DOMAINS = {"cloudflare_pages_domain": "name", "cloudflare_workers_custom_domain": "hostname"}
_RECOVERABLE = ("neon_project", "neon_branch")
_WITH_PROBLEM = (Outcome.FAILED, Outcome.ABANDONED)
_TEMPLATE = Path(__file__).with_name("summary.html.jinja")


def title(planned: Sequence[PlannedStack]) -> str:
    """The title for all plans."""
    if any(result.verdict.refused for result in planned):
        return "Terraform plan: refused by the guard"
    if any(result.outcome is Outcome.FAILED for result in planned):
        return "Terraform plan: failed"
    quiet = (Outcome.UNCHANGED, Outcome.ABANDONED)
    changed = [result.stack.name for result in planned if result.outcome not in quiet]
    abandoned = [result.stack.name for result in planned if result.outcome is Outcome.ABANDONED]
    parts = [f"changes in {', '.join(changed)}" if changed else "no changes"]
    parts += [f"abandoned: {', '.join(abandoned)}"] if abandoned else []
    return f"Terraform plan: {'; '.join(parts)}"


def lines(planned: Sequence[PlannedStack], *, unknown: bool = True) -> list[str]:
    """The console's lines: each stack with its changes, then the guard's refusals.

    Args:
        planned: the plans.
        unknown: also list the values of new resources that are known only after the apply; otherwise their number.
    """
    text: list[str] = []
    for result in planned:
        text.append(result.line)
        text += [f"  {line}" for line in _stack_lines(result, unknown=unknown)]
    return text + [f"refused: {line}" for line in refusals(planned)]


def refusals(planned: Sequence[PlannedStack]) -> list[str]:
    """The guard's refusals, each with the option that allows it."""
    return [
        f"{loss}; to allow exactly this in one run: --allow '{loss.permit}'"
        for result in planned
        for loss in result.verdict.refused
    ]


def markdown(context: Context, planned: Sequence[PlannedStack], *, heading: str = "") -> str:
    """The plans as a comment on a pull request or a step's summary.

    Args:
        context: has the commit, the actor, the run's address and the secrets to hide.
        planned: the plans.
        heading: the first line. Default: the title.
    """
    verbs = ("add", "change", "destroy", "move", "import", "forget")
    parts = [f"### {heading or title(planned)}", ""]
    if refused := refusals(planned):
        parts += ["> [!CAUTION]", *(f"> - {_escaped(line)}" for line in refused), ""]
    parts += [f"| stack | {' | '.join(verbs)} | |", f"| --- |{' ---: |' * len(verbs)} --- |"]
    for result in planned:
        counts = result.changes.counts
        numbers = " | ".join(str(counts[verb] or "·") for verb in verbs)
        parts.append(f"| {result.stack.name} | {numbers} | {_remark(result)} |")
    parts.append("")
    left = LONGEST_DETAILS
    for result in planned:
        details = _details(result, left)
        left -= len(details)
        parts += [details, ""] if details else []
    return context.console.mask.hide("\n".join([*parts, _origin(context)]))


def page(context: Context, planned: Sequence[PlannedStack]) -> str:
    """The plans as one self-contained HTML page."""
    from jinja2 import Environment, StrictUndefined

    template = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    text = template.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        title=title(planned), planned=planned, refusals=refusals(planned), remark=_remark, context=context
    )
    return context.console.mask.hide(text)


def _remark(result: PlannedStack) -> str:
    if result.outcome is Outcome.WAITS:
        return f"can't be planned before {', '.join(sorted(result.stack.after))} is deployed"
    outputs = len(result.changes.outputs)
    remarks = [
        result.outcome.value if result.outcome is not Outcome.CHANGED else "",
        f"{outputs} output{'s' if outputs > 1 else ''} to change" if outputs else "",
        f"planned again after {', '.join(result.behind)}" if result.behind else "",
    ]
    return "; ".join(filter(None, remarks))


def _stack_lines(result: PlannedStack, *, unknown: bool = True) -> list[str]:
    found = [line for change in result.changes.resources for line in _change_lines(change, unknown=unknown)]
    found += [f"  {line}" for line in _moved_domains(result)]
    found += [f"  output {line}" for line in result.changes.outputs]
    if result.changes.outside:
        found.append("  changed outside Terraform:")
        found += [f"  {line}" for change in result.changes.outside for line in _outside_lines(change)]
    return found + (result.problem.splitlines() if result.outcome in _WITH_PROBLEM else [])


def _moved_domains(result: PlannedStack) -> Iterable[str]:
    for change in result.changes.resources:
        for each in change.differences:
            if change.verb == "replace" and _DOMAINS.get(change.type) == each.path:
                old, new = (text.strip('"') for text in (each.old, each.new))
                yield f"domain: {old} → {new}; {old} stops working at the apply, see docs/change-the-domain.md"


def _outside_lines(change: Change) -> Iterable[str]:
    yield from _change_lines(change)
    if change.verb == "destroy" and change.type in _RECOVERABLE:
        yield "      Neon can recover it with its rows for seven days, if you don't deploy first: python -m ops recover"


def _change_lines(change: Change, *, unknown: bool = True) -> Iterable[str]:
    note = f" ({change.note})" if change.note else ""
    yield f"{_SIGNS[change.verb]} {change.verb} {change.address}{note}"
    hidden = [] if unknown or change.verb != "add" else [each for each in change.attributes if each.endswith(UNKNOWN)]
    for attribute in change.attributes:
        if attribute not in hidden:
            yield f"      {attribute}"
    if hidden:
        yield f"      {len(hidden)} more are known after the apply"


def _details(result: PlannedStack, longest: int) -> str:
    found = _stack_lines(result)
    if not found:
        return ""
    kept: list[str] = []
    length = 0
    for line in found:
        length += len(line) + 1
        if length > longest:
            kept.append(f"  … {len(found) - len(kept)} more lines; see the run")
            break
        kept.append(line)
    body = "\n".join(kept)
    # Longer than any fence in the text, so that no value of a plan can close it.
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", body)), default=0))
    return f"<details><summary>{result.stack.name}</summary>\n\n{fence}diff\n{body}\n{fence}\n\n</details>"


def _origin(context: Context) -> str:
    commit = context.commit[:12]
    parts = [f"[{commit}]({context.commit_link})" if context.commit_link else commit, f"by {_escaped(context.actor)}"]
    if context.run_link:
        parts.append(f"[run]({context.run_link})")
    return " · ".join(parts)


def _escaped(text: str) -> str:
    """Text escaped for Markdown, without mentions of users."""
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", text).replace("@", "@\u200b")
