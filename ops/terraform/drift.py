"""Drift: whether what is deployed still is what the settings say, told in one GitHub issue."""

from collections.abc import Sequence

from ops.clouds.github import GitHub
from ops.context.run_context import Context
from ops.terraform import summary
from ops.terraform.plan import Outcome, PlannedStack, exit_code, plan_folder, plan_stacks
from ops.terraform.stacks import Stack
from ops.terraform.terraform_cli import LOCK_WAIT_SECONDS

PURPOSE = LABEL = "drift"
_EXPLANATION = (
    "A plan of what is deployed is not empty: something was changed outside Terraform, or was merged and not deployed "
    "yet. Look at the changes below; then either deploy (that brings back what the settings say), or write the change "
    "into the settings. This issue is brought up to date by each check, and closed by the first one that finds nothing."
)


def find_drift(
    context: Context, stacks: Sequence[Stack], *, lock_wait: int = LOCK_WAIT_SECONDS
) -> tuple[int, list[PlannedStack]]:
    """Plans stacks, to see whether they are as the settings say.

    Args:
        context: what the run knows.
        stacks: which ones.
        lock_wait: seconds to wait for a state's lock.

    Returns:
        The exit code (0 clean, 2 drift, 1 error) and the plans, whose saved files are gone.
    """
    with plan_folder() as folder:
        # No guard: what it would refuse is drift like any other, and nothing is applied here.
        planned = plan_stacks(context, stacks, folder, lock_wait=lock_wait, holds_data=frozenset())
    return exit_code(planned), planned


def report_drift(context: Context, planned: Sequence[PlannedStack], *, wait_seconds: float = 1.0) -> str | None:
    """Opens or updates the drift issue where there is drift, and closes it where every stack is clean.

    Where a stack could not be planned and no other one has drifted, the issue stays as it is.

    Args:
        context: has GitHub's token and repository.
        planned: the plans of all stacks.
        wait_seconds: the first wait between two tries of a call, see `GitHub`.

    Returns:
        A line that says what was done.

    Raises:
        OpsError: GitHub refused, or did not answer.
    """
    drifted = [result.stack.name for result in planned if result.outcome in (Outcome.CHANGED, Outcome.WAITS)]
    with GitHub(context, wait_seconds=wait_seconds) as github:
        if drifted:
            heading = f"Drift in {', '.join(drifted)}"
            body = f"{_EXPLANATION}\n\n{summary.markdown(context, planned, heading=heading)}"
            return f"drift issue: {github.open_issue(PURPOSE, heading, body, label=LABEL)}"
        if any(result.outcome is Outcome.FAILED for result in planned):
            return None
        reason = f"Every stack is as the settings say again ({context.run_link or context.commit[:12]})."
        return "drift issue closed" if github.close_issue(PURPOSE, label=LABEL, reason=reason) else None
