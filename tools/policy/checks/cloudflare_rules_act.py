"""A firewall rule that is off, or only logs, protects nothing."""

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck
from hcl_values import blocks, value

PHASES = ("http_request_firewall_custom", "http_ratelimit")
ACTIONS = ("block", "challenge", "js_challenge", "managed_challenge")


class RulesAct(BaseResourceCheck):
    def __init__(self) -> None:
        super().__init__(
            name="Ensure that each firewall rule and rate limit is on, and stops requests",
            id="CKV_CLOUDFLARE_6",
            categories=[CheckCategories.APPLICATION_SECURITY],
            supported_resources=["cloudflare_ruleset"],
        )

    def scan_resource_conf(self, conf: dict) -> CheckResult:
        self.evaluated_keys = ["rules"]
        if value(conf, "phase") not in PHASES:
            return CheckResult.UNKNOWN
        acts = [value(rule, "enabled") is True and value(rule, "action") in ACTIONS for rule in blocks(conf, "rules")]
        return CheckResult.PASSED if acts and all(acts) else CheckResult.FAILED


check = RulesAct()
