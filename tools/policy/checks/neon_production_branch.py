"""Neon itself refuses to delete or reset a protected branch, also when Terraform is not asked."""

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck
from hcl_values import stack, value


class ProductionBranch(BaseResourceCheck):
    def __init__(self) -> None:
        super().__init__(
            name="Ensure that production's own Neon branch is protected, by Neon and by Terraform",
            id="CKV_NEON_4",
            categories=[CheckCategories.BACKUP_AND_RECOVERY],
            supported_resources=["neon_branch"],
        )

    def scan_resource_conf(self, conf: dict) -> CheckResult:
        self.evaluated_keys = ["protected", "lifecycle/prevent_destroy"]
        if stack(conf) != "production":
            return CheckResult.UNKNOWN
        kept = value(conf, "protected") == "yes" and value(conf, "lifecycle", "prevent_destroy") is True
        return CheckResult.PASSED if kept else CheckResult.FAILED


check = ProductionBranch()
