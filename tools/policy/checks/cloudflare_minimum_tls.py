"""TLS 1.0 and 1.1 are broken (RFC 8996); Cloudflare takes both unless it is told not to."""

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck
from hcl_values import value


class MinimumTls(BaseResourceCheck):
    def __init__(self) -> None:
        super().__init__(
            name="Ensure that the zone takes TLS 1.2 or newer only",
            id="CKV_CLOUDFLARE_2",
            categories=[CheckCategories.ENCRYPTION],
            supported_resources=["cloudflare_zone_setting"],
        )

    def scan_resource_conf(self, conf: dict) -> CheckResult:
        self.evaluated_keys = ["value"]
        if value(conf, "setting_id") != "min_tls_version":
            return CheckResult.UNKNOWN
        return CheckResult.PASSED if value(conf, "value") in ("1.2", "1.3") else CheckResult.FAILED


check = MinimumTls()
