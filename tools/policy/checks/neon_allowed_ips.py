"""A leaked password opens nothing where only known addresses may connect."""

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck
from hcl_values import value

EVERYBODY = {"0.0.0.0/0", "::/0"}


class AllowedIps(BaseResourceCheck):
    def __init__(self) -> None:
        super().__init__(
            name="Ensure that only known addresses may connect to the Neon project",
            id="CKV_NEON_5",
            categories=[CheckCategories.NETWORKING],
            supported_resources=["neon_project"],
        )

    def scan_resource_conf(self, conf: dict) -> CheckResult:
        self.evaluated_keys = ["allowed_ips"]
        allowed = value(conf, "allowed_ips")
        return CheckResult.PASSED if allowed and not EVERYBODY & set(allowed) else CheckResult.FAILED


check = AllowedIps()
