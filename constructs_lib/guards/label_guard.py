"""Who made it: project and stack, named by each resource that has a place for it."""

from collections.abc import Iterator

from constructs_lib.guards.guard import Guard, StackValues, Values, resources

NOTES = {
    "cloudflare_dns_record": "comment",
    "cloudflare_healthcheck": "description",
    "cloudflare_notification_policy": "description",
    "cloudflare_notification_policy_webhooks": "name",
    "cloudflare_ruleset": "description",
}
"""The argument of each kind that can hold a note. Neon's resources have none (its provider 0.13.0)."""
TAGGED = frozenset({"aws_budgets_budget", "aws_iam_openid_connect_provider", "aws_iam_role", "aws_s3_bucket"})
"""AWS's kinds with tags."""
UNTAGGED = frozenset(
    {
        "aws_iam_role_policy",
        "aws_s3_bucket_lifecycle_configuration",
        "aws_s3_bucket_ownership_controls",
        "aws_s3_bucket_policy",
        "aws_s3_bucket_public_access_block",
        "aws_s3_bucket_server_side_encryption_configuration",
        "aws_s3_bucket_versioning",
    }
)
"""AWS's kinds that can have no tags: parts of another resource, which has them."""


class LabelGuard(Guard):
    """`<project>/<stack>` in each comment or description, and the tags project and stack on what AWS can tag."""

    def __init__(self, stack: StackValues, *, labelled_as: str) -> None:
        """
        Args:
            stack: what the guard looks at.
            labelled_as: `<project>/<stack>`.
        """
        super().__init__(stack)
        self._label = labelled_as

    def findings(self, stack: Values) -> Iterator[str]:
        for kind, address, arguments in resources(stack):
            argument = NOTES.get(kind)
            if argument and self._label not in str(arguments.get(argument, "")):
                yield f"{address}: its {argument} does not name {self._label}; put that into it"
            elif kind in TAGGED:
                yield from self._tags(address, arguments.get("tags", {}))
            elif kind.startswith("aws_") and kind not in UNTAGGED:
                yield f"{address}: is of a new kind; say in constructs_lib/guards/labels.py whether AWS can tag it"

    def _tags(self, address: str, tags: Values) -> Iterator[str]:
        project, stack = self._label.rsplit("/", 1)
        if tags.get("project") != project or tags.get("stack") != stack:
            yield f"{address}: its tags lack project = {project}, stack = {stack}; add them"
