"""What a compute may cost is decided here, not by Neon's defaults."""

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck
from hcl_values import value

LARGEST = 16  # compute units; Neon autoscales no further (Neon docs, "Autoscaling")


class ComputeLimit(BaseResourceCheck):
    def __init__(self) -> None:
        super().__init__(
            name="Ensure that each Neon compute has a limit to its size",
            id="CKV_NEON_2",
            categories=[CheckCategories.GENERAL_SECURITY],
            supported_resources=["neon_endpoint", "neon_project"],
        )

    def scan_resource_conf(self, conf: dict) -> CheckResult:
        block = ("default_endpoint_settings",) if self.entity_type == "neon_project" else ()
        self.evaluated_keys = ["/".join((*block, "autoscaling_limit_max_cu"))]
        size = value(conf, *block, "autoscaling_limit_max_cu")
        return CheckResult.PASSED if isinstance(size, int | float) and 0 < size <= LARGEST else CheckResult.FAILED


check = ComputeLimit()
