"""The API's own address in the zone, instead of the one on workers.dev."""

from constructs_lib.naming import named

from cdktf import TerraformResource
from cdktf_cdktf_provider_cloudflare.workers_custom_domain import WorkersCustomDomain
from cdktf_cdktf_provider_cloudflare.workers_route import WorkersRoute
from constructs import Construct


class ApiDomain(Construct):
    """A host name that is served by a Worker alone. Cloudflare creates its DNS record and certificate.

    The Worker must exist: it is deployed by wrangler, not here.

    Attributes:
        resources: the Terraform resources.
    """

    def __init__(self, scope: Construct, id: str, *, account_id: str, zone_id: str, worker: str, domain: str) -> None:
        """
        Args:
            scope: the stack.
            id: unique in the scope.
            account_id: the Cloudflare account's id, sensitive.
            zone_id: the DNS zone's id, sensitive.
            worker: the deployed Worker's name.
            domain: the host name, in the zone.
        """
        super().__init__(scope, id)
        resource = WorkersCustomDomain(
            self,
            "domain",
            account_id=account_id,
            zone_id=zone_id,
            hostname=domain,
            service=worker,
            # The API fills it in. Left out, the provider (5.16.0, 5.18.0) replaces the domain on every plan.
            environment="production",
        )
        self.resources: list[TerraformResource] = [named(resource, "api")]


class ApiRoute(Construct):
    """Paths of a proxied host that are routed to a Worker.

    Attributes:
        resources: the Terraform resources.
    """

    def __init__(self, scope: Construct, id: str, *, zone_id: str, worker: str, pattern: str) -> None:
        """
        Args:
            scope: the stack.
            id: unique in the scope.
            zone_id: the DNS zone's id, sensitive.
            worker: the deployed Worker's name.
            pattern: host and path, such as `app.example.com/api/*` (Cloudflare docs, "Routes").
        """
        super().__init__(scope, id)
        route = WorkersRoute(self, "route", zone_id=zone_id, pattern=pattern, script=worker)
        self.resources: list[TerraformResource] = [named(route, "api")]
