"""[backup]: each mistake is one line that names its key, and the limits are those of the description."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from settings import Settings, SettingsError

Change = Callable[[Mapping[str, Any]], Settings]

KEY = "age1e8t2pkevg0w00z6gx6qzfeuv56s39l466959d7vzakcyt5t7xgfq3kgk4u"
OTHER = f"age1{'q' * 58}"
TABLE = {"environments": ["production"], "recipients": [KEY]}


def test_the_table_is_off_by_default_and_has_the_promised_retention(changed: Change) -> None:
    assert changed({}).backup is None
    backup = changed({"backup": TABLE | {"recipients": [KEY, OTHER]}}).backup
    assert backup
    assert (backup.daily, backup.weekly, backup.oldest_hours) == (7, 4, 36)
    assert backup.expiring("shop") == {"backups/shop/daily/": 7, "backups/shop/weekly/": 28}
    assert backup.retained == 19


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"recipients": [KEY]}, "backup.environments: is missing; add it"),
        ({"environments": ["production"]}, "backup.recipients: is missing; add it"),
        (TABLE | {"environments": []}, "backup.environments: list should have at least 1 item"),
        (TABLE | {"recipients": []}, "backup.recipients: list should have at least 1 item"),
        (TABLE | {"environments": ["staging"]}, "backup.environments: there is no environment staging; there are: dev"),
        (TABLE | {"environments": ["dev", "dev"]}, "backup.environments: dev is listed twice; remove one"),
        (TABLE | {"recipients": [KEY, KEY]}, f"backup.recipients: {KEY} is listed twice; remove one"),
        (TABLE | {"recipients": ["me"]}, "backup.recipients.0: 'me' is not a public key of age; use the one that"),
        (TABLE | {"recipients": [KEY.upper()]}, "backup.recipients.0: "),
        (TABLE | {"recipients": [f"{KEY}q"]}, "backup.recipients.0: "),
        (TABLE | {"daily": 0}, "backup.daily: input should be greater than or equal to 1"),
        (TABLE | {"weekly": 53}, "backup.weekly: input should be less than or equal to 52"),
        (TABLE | {"oldest_hours": 337}, "backup.oldest_hours: input should be less than or equal to 336"),
        (TABLE | {"keep": 7}, "backup.keep: unknown key"),
    ],
)
def test_a_mistake_is_one_line_that_names_its_key(changed: Change, values: dict[str, Any], line: str) -> None:
    with pytest.raises(SettingsError) as refused:
        changed({"backup": values})
    (found,) = str(refused.value).splitlines()
    assert found.split("settings.toml: ", 1)[1].startswith(line)


def test_a_secret_key_in_the_place_of_the_public_one_is_not_shown(changed: Change) -> None:
    secret = f"AGE-SECRET-KEY-1{'Q' * 58}"
    with pytest.raises(SettingsError) as refused:
        changed({"backup": TABLE | {"recipients": [secret]}})
    assert "backup.recipients.0: this text is not a public key of age" in str(refused.value)
    assert secret not in str(refused.value)
