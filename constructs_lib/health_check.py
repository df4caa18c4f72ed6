"""A health check by Cloudflare."""

from constructs_lib.naming import named

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_cloudflare.healthcheck import Healthcheck, HealthcheckHttpConfig
from constructs import Construct

from settings import HealthCheckSettings

_HTTPS_PORT = 443


class HealthCheck(Construct):
    """A health check over HTTPS, from the region that Cloudflare chooses (three of its data centres).

    Attributes:
        check_id: the check's id, for a notification's filter.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        zone_id: str,
        environment: str,
        owner: str,
        host: str,
        path: str,
        settings: HealthCheckSettings,
    ) -> None:
        """
        Args:
            scope: the stack.
            id: unique in the scope.
            zone_id: the zone's id, sensitive.
            environment: the environment; the resource's name in Terraform.
            owner: the project and stack, `<project>/<stack>`, for the name and the description.
            host: the host name to request, in the zone.
            path: the path to request.
            settings: the table [environments.<name>.api.health_check].
        """
        super().__init__(scope, id)
        check = named(
            Healthcheck(
                self,
                "check",
                zone_id=zone_id,
                # Letters, digits, hyphens and underscores only (Cloudflare's API reference, "Health Checks").
                name=f"{owner.partition('/')[0]}-{environment}-api",
                # Always set: left out, it comes back as an empty text, and every plan shows a change.
                description=f"{environment}'s API, made by Terraform, {owner}",
                address=host,
                type="HTTPS",
                interval=settings.interval_seconds,
                timeout=settings.timeout_seconds,
                retries=settings.retries,
                consecutive_fails=settings.consecutive_fails,
                http_config=HealthcheckHttpConfig(
                    # The provider's default is 80, for HTTPS as well.
                    port=_HTTPS_PORT,
                    method="GET",
                    path=path,
                    expected_codes=settings.expected_codes,
                    header={"Host": [host]},
                ),
                # Left to Cloudflare, which may answer the regions that it chose.
                lifecycle=TerraformResourceLifecycle(ignore_changes=["check_regions"]),
            ),
            environment,
        )
        self.check_id = check.id
