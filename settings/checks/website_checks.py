"""The rules of [website]: each build variable has one home."""

from collections.abc import Iterable

from settings.settings_shape import SettingsShape


def check_website(settings: SettingsShape) -> None:
    """Checks that no variable is described twice.

    Raises:
        ValueError: one line: where, what, what to do.
    """
    website = settings.website
    if website is None:
        return
    own = {website.api_url_variable: "api_url_variable"} if settings.api else {}
    homes: list[tuple[dict[str, str], list[tuple[str, Iterable[str]]]]] = [
        (own, [("variables", website.variables), ("secret_variables", website.secret_variables)]),
        (
            {},
            [
                ("preview_variables", website.preview_variables),
                ("preview_secret_variables", website.preview_secret_variables),
            ],
        ),
    ]
    for taken, tables in homes:
        for table, names in (*tables, ("unmanaged_variables", website.unmanaged_variables)):
            for name in names:
                if name in taken:
                    raise ValueError(f"website.{table}: {name} is also in {taken[name]}; remove one")
                taken[name] = table
