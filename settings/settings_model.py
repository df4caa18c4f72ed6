"""The settings: the tables of the file, and the rules between them."""

from typing import Self

from pydantic import model_validator

from settings.checks.api_checks import check_api
from settings.checks.backup_checks import check_backup
from settings.checks.database_checks import check_database
from settings.checks.edge_checks import check_edge
from settings.checks.environment_checks import check_environments
from settings.checks.move_checks import check_moves
from settings.checks.notification_checks import check_notifications
from settings.checks.release_checks import check_release
from settings.checks.state_checks import check_state
from settings.checks.website_checks import check_website
from settings.settings_shape import SettingsShape


class Settings(SettingsShape):
    """Everything that an owner decides. Frozen; read once, in main, and passed on from there."""

    @model_validator(mode="after")
    def _parts_agree(self) -> Self:
        check_database(self)
        check_environments(self)
        check_api(self)
        check_moves(self)
        check_edge(self)
        check_notifications(self)
        check_website(self)
        check_release(self)
        check_state(self)
        check_backup(self)
        return self
