"""A request without TLS is sent to the address with it."""

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck
from hcl_values import value


class AlwaysHttps(BaseResourceCheck):
    def __init__(self) -> None:
        super().__init__(
            name="Ensure that the zone always uses HTTPS",
            id="CKV_CLOUDFLARE_3",
            categories=[CheckCategories.ENCRYPTION],
            supported_resources=["cloudflare_zone_setting"],
        )

    def scan_resource_conf(self, conf: dict) -> CheckResult:
        self.evaluated_keys = ["value"]
        if value(conf, "setting_id") != "always_use_https":
            return CheckResult.UNKNOWN
        return CheckResult.PASSED if value(conf, "value") == "on" else CheckResult.FAILED


check = AlwaysHttps()
