"""Without history there is no way back from a dropped table. Six hours are what every plan of Neon's has."""

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck
from hcl_values import value

SIX_HOURS = 21_600  # seconds


class History(BaseResourceCheck):
    def __init__(self) -> None:
        super().__init__(
            name="Ensure that the Neon project can be restored to any moment of the last six hours",
            id="CKV_NEON_1",
            categories=[CheckCategories.BACKUP_AND_RECOVERY],
            supported_resources=["neon_project"],
        )

    def scan_resource_conf(self, conf: dict) -> CheckResult:
        self.evaluated_keys = ["history_retention_seconds"]
        seconds = value(conf, "history_retention_seconds")
        return CheckResult.PASSED if isinstance(seconds, int) and seconds >= SIX_HOURS else CheckResult.FAILED


check = History()
