"""A site's build variables end up in what visitors load, so nothing secret belongs there."""

import re

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck
from hcl_values import arguments, value

SECRET = re.compile(r"SECRET|TOKEN|PASSWORD|PASSWD|CREDENTIAL|PRIVATE|API_?KEY|DATABASE_URL|WEBHOOK", re.IGNORECASE)


class PagesVariables(BaseResourceCheck):
    def __init__(self) -> None:
        super().__init__(
            name="Ensure that no build variable of the site has a secret's name",
            id="CKV_CLOUDFLARE_5",
            categories=[CheckCategories.SECRETS],
            supported_resources=["cloudflare_pages_project"],
        )

    def scan_resource_conf(self, conf: dict) -> CheckResult:
        self.evaluated_keys = ["deployment_configs"]
        names = [
            name
            for environment in ("production", "preview")
            for name in arguments(value(conf, "deployment_configs", environment, "env_vars"))
        ]
        return CheckResult.FAILED if any(map(SECRET.search, names)) else CheckResult.PASSED


check = PagesVariables()
