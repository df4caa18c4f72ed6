"""Report a run of the real providers: one comment on a pull request, else one issue that a good run closes.

Run by .github/workflows/providers.yml, with the logs `rehearsal.log` and `conformance.log` in the folder, and in the
environment how the two steps ended (REHEARSAL, CONFORMANCE) and the pull request's NUMBER, empty without one.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from ops.clouds.github import GitHub
from ops.context.errors import OpsError
from ops.context.run_context import Context

PURPOSE, LABEL = "providers", "providers"
_LAST_LINES = 80
_STEPS = {"REHEARSAL": ("rehearsal", "rehearsal.log"), "CONFORMANCE": ("conformance", "conformance.log")}


def body(outcomes: Mapping[str, str], folder: Path, run: str) -> str:
    """The report in Markdown: which providers ran, how each step ended, and the ends of the logs.

    Args:
        outcomes: how each step ended, by its variable: `success`, or GitHub's other words.
        folder: has the logs; a step that was canceled may have none.
        run: the run, as a link.
    """
    providers: list[str] = []
    steps: list[str] = []
    details: list[str] = []
    for variable, (name, file) in _STEPS.items():
        log = (folder / file).read_text(encoding="utf-8", errors="replace") if (folder / file).is_file() else ""
        printed = log.splitlines()
        providers += [line for line in printed if line.startswith("Providers: ")]
        steps.append(f"- {name}: {outcomes[variable]}")
        shown = "\n".join(printed[-_LAST_LINES:]).replace("```", "'''")
        details += ["", f"<details><summary>{name}</summary>", "", "```text", shown, "```", "", "</details>"]
    heading = f"**Real providers: {'passed' if _passed(outcomes) else 'failed'}** ({run})"
    return "\n".join([heading, "", *providers[:1], "", *steps, *details])


def _passed(outcomes: Mapping[str, str]) -> bool:
    return all(outcome == "success" for outcome in outcomes.values())


def report(context: Context, outcomes: Mapping[str, str], folder: Path, *, number: str) -> str:
    """Posts the report and returns one line that says where.

    Args:
        context: has GitHub's token.
        outcomes: as for `body`.
        folder: as for `body`.
        number: the pull request's; empty without one.

    Raises:
        OpsError: GitHub refused, or did not answer.
    """
    text = body(outcomes, folder, context.run_link or context.commit[:12])
    with GitHub(context) as github:
        if number:
            return f"commented: {github.comment(int(number), PURPOSE, text)}"
        if not _passed(outcomes):
            title = "The real providers no longer do what the rehearsal says"
            return f"issue: {github.open_issue(PURPOSE, title, text, label=LABEL)}"
        closed = github.close_issue(PURPOSE, label=LABEL, reason=text)
        return "passed; the issue is closed" if closed else "passed; there was no open issue"


def main() -> None:
    environment = os.environ
    outcomes = {name: environment[name] for name in _STEPS}
    try:
        print(report(Context.read(environment), outcomes, Path(), number=environment.get("NUMBER", "")))
    except OpsError as error:
        sys.exit(f"provider_report: {error}")


if __name__ == "__main__":
    main()
