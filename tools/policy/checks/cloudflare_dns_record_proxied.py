"""Visitors reach the site through Cloudflare, never past it."""

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck
from hcl_values import value

CAN_BE_PROXIED = ("A", "AAAA", "CNAME")


class DnsRecordProxied(BaseResourceCheck):
    def __init__(self) -> None:
        super().__init__(
            name="Ensure that a DNS record leads through Cloudflare's proxy",
            id="CKV_CLOUDFLARE_1",
            categories=[CheckCategories.NETWORKING],
            supported_resources=["cloudflare_dns_record"],
        )

    def scan_resource_conf(self, conf: dict) -> CheckResult:
        self.evaluated_keys = ["proxied"]
        if value(conf, "type") not in CAN_BE_PROXIED:
            return CheckResult.UNKNOWN
        return CheckResult.PASSED if value(conf, "proxied") is True else CheckResult.FAILED


check = DnsRecordProxied()
