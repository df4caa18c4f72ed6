"""What a deploy or a destruction prints at its end."""

import pytest

from ops.commands.terraform_commands import _print_outcome  # pyright: ignore[reportPrivateUsage]
from ops.context.run_context import Context
from ops.terraform.deploy import DeployResult
from ops.terraform.plan import PlanExit

_DECLINED = "not confirmed: nothing was applied"


@pytest.mark.parametrize(
    ("result", "printed"),
    [
        (DeployResult(PlanExit.ERROR, problems=(_DECLINED,), declined=True), [_DECLINED]),
        (
            DeployResult(PlanExit.ERROR, ("project",), problems=(_DECLINED,), declined=True),
            [_DECLINED, "fully applied: project"],
        ),
        (
            DeployResult(PlanExit.ERROR, problems=("dev: it failed",)),
            [
                "dev: it failed",
                "a stack that failed may be partly applied: fix the cause, plan again, and deploy again",
                "fully applied: none",
            ],
        ),
    ],
    ids=["declined at once", "declined later", "failed"],
)
def test_only_a_failed_apply_is_called_partly_applied(
    result: DeployResult, printed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert _print_outcome(Context.read({}), result) == PlanExit.ERROR
    assert capsys.readouterr().err.splitlines() == printed
