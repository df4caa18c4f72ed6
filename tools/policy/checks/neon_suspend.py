"""A compute that never sleeps is paid for all month."""

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck
from hcl_values import value

NEVER = -1


class Suspend(BaseResourceCheck):
    def __init__(self) -> None:
        super().__init__(
            name="Ensure that an idle Neon compute is suspended",
            id="CKV_NEON_3",
            categories=[CheckCategories.GENERAL_SECURITY],
            supported_resources=["neon_endpoint", "neon_project"],
        )

    def scan_resource_conf(self, conf: dict) -> CheckResult:
        block = ("default_endpoint_settings",) if self.entity_type == "neon_project" else ()
        self.evaluated_keys = ["/".join((*block, "suspend_timeout_seconds"))]
        # Left out, it is Neon's own five minutes.
        return CheckResult.FAILED if value(conf, *block, "suspend_timeout_seconds") == NEVER else CheckResult.PASSED


check = Suspend()
