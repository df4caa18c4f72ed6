"""The command that estimates the monthly cost: `python -m ops cost`."""

import typer

from ops.commands.options import Markdown, save
from ops.context.run_context import Context

app = typer.Typer(rich_markup_mode=None)


@app.command()
def cost(ctx: typer.Context, markdown: Markdown = None) -> int:
    """Estimate the monthly cost, with the source of each price.

    Exit codes: 0 within the budget, 3 above the budget, 1 error.
    """
    from datetime import UTC, datetime

    from ops.cost import cost_text, estimate, read_prices

    context: Context = ctx.obj
    settings = context.settings
    found = estimate(settings, read_prices())
    for line in cost_text.lines(found):
        context.console.say(line)
    if markdown:
        save(markdown, cost_text.markdown(found))
    today = datetime.now(UTC).date()
    for line in cost_text.warnings(found, today=today, price_days=settings.budget.price_days):
        context.console.warn(line)
    return 3 if found.is_above_budget else 0
