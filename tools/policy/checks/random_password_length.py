"""A secret that nobody can guess: 32 characters, as Better Auth asks (its docs, "Options: secret")."""

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck
from hcl_values import value

SHORTEST = 32  # characters


class PasswordLength(BaseResourceCheck):
    def __init__(self) -> None:
        super().__init__(
            name="Ensure that a generated secret has 32 characters or more",
            id="CKV_RANDOM_1",
            categories=[CheckCategories.SECRETS],
            supported_resources=["random_password"],
        )

    def scan_resource_conf(self, conf: dict) -> CheckResult:
        self.evaluated_keys = ["length"]
        length = value(conf, "length")
        return CheckResult.PASSED if isinstance(length, int) and length >= SHORTEST else CheckResult.FAILED


check = PasswordLength()
