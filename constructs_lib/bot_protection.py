"""Bot settings of a whole zone."""

from collections.abc import Mapping

from constructs_lib.naming import named

from cdktf_cdktf_provider_cloudflare.bot_management import BotManagement
from constructs import Construct


class BotProtection(Construct):
    """A zone's bot settings. They always exist: Terraform changes them, and a destroy leaves them as they are.

    Attributes:
        settings: the `cloudflare_bot_management`; a zone has one.
    """

    def __init__(self, scope: Construct, id: str, *, zone_id: str, values: Mapping[str, bool | str]) -> None:
        """
        Args:
            scope: the stack.
            id: unique in the scope; the resource's name in Terraform.
            zone_id: the zone's id, sensitive.
            values: the settings to change, by Cloudflare's names, such as `fight_mode` (its API reference, "Bot
                Management"). Which are available depends on the zone's plan.
        """
        super().__init__(scope, id)
        settings = BotManagement(self, "settings", zone_id=zone_id)
        for name, value in values.items():
            settings.add_override(name, value)
        self.settings = named(settings, id)
