"""The rules of [state.manage]: who is told of the account's costs."""

from settings.settings_shape import SettingsShape


def check_state(settings: SettingsShape) -> None:
    """The rules that span tables.

    Raises:
        ValueError: one line: where, what, what to do.
    """
    manage = settings.state.manage
    if manage is None or manage.budget is None:
        return
    emails = manage.budget.emails
    where = "state.manage.budget.emails"
    if not emails:
        raise ValueError(f"{where}: nobody would be told; add an address, or remove [state.manage.budget]")
    if len(emails) > 10:
        raise ValueError(f"{where}: {len(emails)} addresses are more than AWS tells (10); remove some")
    doubled = next((email for email in emails if emails.count(email) > 1), None)
    if doubled:
        raise ValueError(f"{where}: {doubled} is named twice; remove one")
