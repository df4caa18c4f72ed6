"""Drift: differences between the deployed resources and the settings, reported in one GitHub issue."""

from collections.abc import Sequence

from ops.clouds.github import GitHub
from ops.context.run_context import Context
from ops.terraform import summary
from ops.terraform.abandoned import abandoned_plans
from ops.terraform.plan import Outcome, PlannedStack, exit_code, plan_folder, plan_stacks
from ops.terraform.stacks import Stack
from ops.terraform.terraform_cli import LOCK_WAIT_SECONDS

_DRIFTED = (Outcome.CHANGED, Outcome.WAITS, Outcome.ABANDONED)
PURPOSE = LABEL = "drift"
_EXPLANATION = (
    "The deployed resources differ from the settings: something was changed outside Terraform, or was merged but not "
    "deployed yet. Review the changes below. Then either deploy, which restores what the settings say, or add the "
    "change to the settings. Each check updates this issue; the first one without drift closes it."
)


def find_drift(
    context: Context, stacks: Sequence[Stack], *, lock_wait: int = LOCK_WAIT_SECONDS, abandoned: bool = True
) -> tuple[int, list[PlannedStack]]:
    """Plans stacks, to find differences from the settings.

    Args:
        context: the run's context.
        stacks: the stacks.
        lock_wait: seconds to wait for a state's lock.
        abandoned: whether states that no stack uses count as drift.

    Returns:
        The exit code (0 clean, 2 drift, 1 error) and the plans, whose saved files are deleted.
    """
    with plan_folder() as folder:
        # No guard: what it would refuse is drift too, and nothing is applied here.
        planned = plan_stacks(context, stacks, folder, lock_wait=lock_wait, guarded=False)
    if abandoned:
        planned += abandoned_plans(context)
    return exit_code(planned), planned


def report_drift(context: Context, planned: Sequence[PlannedStack], *, wait_seconds: float = 1.0) -> str | None:
    """Opens or updates the drift issue if there is drift, and closes it if every stack is clean.

    If a stack could not be planned and no other one has drifted, the issue is unchanged.

    Args:
        context: has GitHub's token and repository.
        planned: the plans of all stacks.
        wait_seconds: seconds before the second try of a call, see `GitHub`.

    Returns:
        A line about what was done; None if nothing was.

    Raises:
        OpsError: GitHub refused, or did not answer.
    """
    drifted = [result.stack.name for result in planned if result.outcome in _DRIFTED]
    with GitHub(context, wait_seconds=wait_seconds) as github:
        if drifted:
            heading = f"Drift in {', '.join(drifted)}"
            body = f"{_EXPLANATION}\n\n{summary.markdown(context, planned, heading=heading)}"
            return f"drift issue: {github.open_issue(PURPOSE, heading, body, label=LABEL)}"
        if any(result.outcome is Outcome.FAILED for result in planned):
            return None
        reason = f"Every stack matches the settings again ({context.run_link or context.commit[:12]})."
        return "drift issue closed" if github.close_issue(PURPOSE, label=LABEL, reason=reason) else None
