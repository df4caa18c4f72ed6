"""Cloudflare asks a host, over and over, whether it is well."""

from collections.abc import Sequence
from dataclasses import dataclass

from constructs_lib.naming import named

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_cloudflare.healthcheck import Healthcheck, HealthcheckHttpConfig
from constructs import Construct

_HTTPS_PORT = 443


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked, and what is a good answer.

    Attributes:
        host: the host name, in the zone.
        path: the path on it.
        expected_codes: the HTTP statuses of a good answer; `2xx` stands for all that begin with 2.
        interval_seconds: between two checks; 60 at least on Pro, 15 on Business.
        timeout_seconds: how long an answer may take.
        retries: how often it is asked again at once after a time-out.
        consecutive_fails: after so many bad checks in a row the host counts as unhealthy.
    """

    host: str
    path: str
    expected_codes: Sequence[str]
    interval_seconds: int
    timeout_seconds: int
    retries: int
    consecutive_fails: int


class HealthCheck(Construct):
    """A health check over HTTPS, from the region that Cloudflare chooses (three of its data centres).

    Attributes:
        check_id: the check's id, for a notification's filter.
    """

    def __init__(self, scope: Construct, id: str, *, zone_id: str, environment: str, owner: str, asked: Asked) -> None:
        """
        Args:
            scope: the stack.
            id: unique in the scope.
            zone_id: the zone's id, sensitive.
            environment: whose API it is; the resource's name in Terraform.
            owner: the project and stack, `<project>/<stack>`, for the name and the description.
            asked: what is asked.
        """
        super().__init__(scope, id)
        check = named(
            Healthcheck(
                self,
                "check",
                zone_id=zone_id,
                # Letters, digits, hyphens and underscores only (Cloudflare's API reference, "Health Checks").
                name=f"{owner.partition('/')[0]}-{environment}-api",
                # Always given: left out it comes back as an empty text, and every plan shows a change.
                description=f"{environment}'s API, made by Terraform, {owner}",
                address=asked.host,
                type="HTTPS",
                interval=asked.interval_seconds,
                timeout=asked.timeout_seconds,
                retries=asked.retries,
                consecutive_fails=asked.consecutive_fails,
                http_config=HealthcheckHttpConfig(
                    # The provider's default is 80, for HTTPS as well.
                    port=_HTTPS_PORT,
                    method="GET",
                    path=asked.path,
                    expected_codes=list(asked.expected_codes),
                    header={"Host": [asked.host]},
                ),
                # Left to Cloudflare, which may answer the regions that it chose.
                lifecycle=TerraformResourceLifecycle(ignore_changes=["check_regions"]),
            ),
            environment,
        )
        self.check_id = check.id
