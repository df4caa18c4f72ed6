"""An alarm on the AWS account's costs."""

from collections.abc import Mapping

from constructs_lib.naming import named

from cdktf_cdktf_provider_aws.budgets_budget import BudgetsBudget, BudgetsBudgetNotification
from constructs import Construct

from settings.state_settings import AccountBudgetSettings

ALARMS = ((80, "ACTUAL"), (100, "ACTUAL"), (100, "FORECASTED"))
"""When an e-mail is sent: the percentage of the limit, of the actual or the forecast cost."""


class CostAlarm(Construct):
    """A monthly budget of the whole account. It sends e-mails; it stops nothing."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        settings: AccountBudgetSettings,
        tags: Mapping[str, str],
    ) -> None:
        """
        Args:
            scope: the stack.
            id: unique in the scope.
            name: the budget's name, unique in the account.
            settings: the table [state.manage.budget].
            tags: project and stack.
        """
        super().__init__(scope, id)
        named(
            BudgetsBudget(
                self,
                "budget",
                name=name,
                budget_type="COST",
                limit_amount=str(settings.limit_usd),
                limit_unit="USD",
                time_unit="MONTHLY",
                notification=[
                    BudgetsBudgetNotification(
                        comparison_operator="GREATER_THAN",
                        threshold=threshold,
                        threshold_type="PERCENTAGE",
                        notification_type=kind,
                        subscriber_email_addresses=settings.emails,
                    )
                    for threshold, kind in ALARMS
                ],
                tags=dict(tags),
            ),
            "monthly",
        )
