"""The rules of [state.manage]: the roles' names, and who gets the account's cost alarm."""

from settings.settings_shape import SettingsShape
from settings.state_settings import ManagedStateSettings

LONGEST_ROLE_NAME = 64
"""Characters in the name of an IAM role (AWS's API reference, "CreateRole")."""


def check_state(settings: SettingsShape) -> None:
    """Checks the rules between tables.

    Raises:
        ValueError: one line: where, what, what to do.
    """
    manage = settings.state.manage
    if manage is not None:
        _check_role_names(settings)
        _check_repositories(settings, manage)
    if manage is None or manage.budget is None:
        return
    emails = manage.budget.emails
    where = "state.manage.budget.emails"
    if not emails:
        raise ValueError(f"{where}: there is no recipient; add an address, or remove [state.manage.budget]")
    if len(emails) > 10:
        raise ValueError(f"{where}: {len(emails)} addresses are more than AWS allows (10); remove some")
    doubled = next((email for email in emails if emails.count(email) > 1), None)
    if doubled:
        raise ValueError(f"{where}: {doubled} is listed twice; remove one")


def _check_repositories(settings: SettingsShape, manage: ManagedStateSettings) -> None:
    known = {manage.infrastructure_repository, settings.repository.full_name}
    for name in manage.github_ids:
        if name not in known:
            raise ValueError(
                f"state.manage.github_ids: {name} is none of the repositories; there are: {', '.join(sorted(known))}"
            )


def _check_role_names(settings: SettingsShape) -> None:
    released = [f"release-{name}" for name in settings.environments] if settings.api else []
    for role in (f"{settings.project.name}-{end}" for end in ("deploy", *released)):
        _check_length(role)


def _check_length(role: str) -> None:
    if len(role) > LONGEST_ROLE_NAME:
        raise ValueError(
            f"project.name: the IAM role {role} would have {len(role)} characters, and AWS allows {LONGEST_ROLE_NAME}; "
            "shorten the name, or remove [state.manage]"
        )
