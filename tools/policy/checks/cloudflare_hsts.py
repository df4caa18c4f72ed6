"""Browsers come back with TLS only. Shorter than half a year does not count (Mozilla, HTTP Observatory, "HSTS")."""

import re

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck
from hcl_values import arguments, blocks, value

HALF_A_YEAR = 15_768_000  # seconds


class StrictTransportSecurity(BaseResourceCheck):
    def __init__(self) -> None:
        super().__init__(
            name="Ensure that each group of response headers has HSTS for half a year or longer",
            id="CKV_CLOUDFLARE_4",
            categories=[CheckCategories.ENCRYPTION],
            supported_resources=["cloudflare_ruleset"],
        )

    def scan_resource_conf(self, conf: dict) -> CheckResult:
        self.evaluated_keys = ["rules"]
        if value(conf, "phase") != "http_response_headers_transform":
            return CheckResult.UNKNOWN
        rules = blocks(conf, "rules")
        return CheckResult.PASSED if rules and all(map(_is_strict, rules)) else CheckResult.FAILED


def _is_strict(rule: dict) -> bool:
    headers = arguments(value(rule, "action_parameters", "headers"))
    header = next((name for name in headers if name.lower() == "strict-transport-security"), "")
    age = re.search(r"max-age=(\d+)", str(value(headers, header, "value")))
    return value(rule, "enabled") is True and age is not None and int(age.group(1)) >= HALF_A_YEAR


check = StrictTransportSecurity()
