"""The S3 bucket of Terraform's states."""

from collections.abc import Mapping

from constructs_lib.aws_policy import Statement, policy_document
from constructs_lib.naming import named

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration import (
    S3BucketLifecycleConfiguration,
    S3BucketLifecycleConfigurationRule,
    S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload,
    S3BucketLifecycleConfigurationRuleExpiration,
    S3BucketLifecycleConfigurationRuleFilter,
    S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration,
)
from cdktf_cdktf_provider_aws.s3_bucket_ownership_controls import (
    S3BucketOwnershipControls,
    S3BucketOwnershipControlsRule,
)
from cdktf_cdktf_provider_aws.s3_bucket_policy import S3BucketPolicy
from cdktf_cdktf_provider_aws.s3_bucket_public_access_block import S3BucketPublicAccessBlock
from cdktf_cdktf_provider_aws.s3_bucket_server_side_encryption_configuration import (
    S3BucketServerSideEncryptionConfigurationA,
    S3BucketServerSideEncryptionConfigurationRuleA,
    S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA,
)
from cdktf_cdktf_provider_aws.s3_bucket_versioning import (
    S3BucketVersioningA,
    S3BucketVersioningVersioningConfiguration,
)
from constructs import Construct

from settings.backup_settings import DELETED_DAYS

KEPT_VERSIONS = 10
"""Older versions of an object that are retained at any age, so that a state can always be restored."""
UNFINISHED_UPLOAD_DAYS = 7


class ManagedStateBucket(Construct):
    """A private, versioned and encrypted bucket that requires TLS. It is never destroyed.

    Attributes:
        bucket: the `aws_s3_bucket`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        states: str,
        noncurrent_version_days: int,
        expiring: Mapping[str, int],
        tags: Mapping[str, str],
    ) -> None:
        """
        Args:
            scope: the stack.
            id: unique in the scope.
            name: the bucket's name.
            states: the prefix of the states' keys. Another product may store its own in the bucket, and decides itself
                how long they are retained.
            noncurrent_version_days: how long older versions of an object are retained, in days; 1 or more.
            expiring: how long backups are retained whose key begins with a prefix, in days, by prefix; the prefixes
                differ in their last part.
            tags: project and stack.
        """
        super().__init__(scope, id)
        self.bucket = named(
            S3Bucket(
                self,
                "bucket",
                bucket=name,
                tags=dict(tags),
                lifecycle=TerraformResourceLifecycle(prevent_destroy=True),
            ),
            "state",
        )
        self._keep_versions(states, noncurrent_version_days, expiring)
        self._encrypt()
        self._close()

    def _keep_versions(self, states: str, days: int, expiring: Mapping[str, int]) -> None:
        versioning = named(
            S3BucketVersioningA(
                self,
                "versioning",
                bucket=self.bucket.id,
                versioning_configuration=S3BucketVersioningVersioningConfiguration(status="Enabled"),
            ),
            "state",
        )
        named(
            S3BucketLifecycleConfiguration(
                self,
                "lifecycle",
                bucket=self.bucket.id,
                rule=[
                    S3BucketLifecycleConfigurationRule(
                        id="older-versions",
                        status="Enabled",
                        filter=[S3BucketLifecycleConfigurationRuleFilter(prefix=states)],
                        noncurrent_version_expiration=[
                            S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration(
                                noncurrent_days=days, newer_noncurrent_versions=KEPT_VERSIONS
                            )
                        ],
                        abort_incomplete_multipart_upload=[
                            S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload(
                                days_after_initiation=UNFINISHED_UPLOAD_DAYS
                            )
                        ],
                    ),
                    *(_expiry(prefix, days) for prefix, days in expiring.items()),
                ],
                # Rules for older versions need versioning to be on (provider docs).
                depends_on=[versioning],
            ),
            "state",
        )

    def _encrypt(self) -> None:
        # With S3's own key: a KMS key costs a dollar a month, and adds no access control here.
        by_default = S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA(
            sse_algorithm="AES256"
        )
        named(
            S3BucketServerSideEncryptionConfigurationA(
                self,
                "encryption",
                bucket=self.bucket.id,
                rule=[
                    S3BucketServerSideEncryptionConfigurationRuleA(apply_server_side_encryption_by_default=by_default)
                ],
            ),
            "state",
        )

    def _close(self) -> None:
        named(
            S3BucketOwnershipControls(
                self,
                "ownership",
                bucket=self.bucket.id,
                rule=S3BucketOwnershipControlsRule(object_ownership="BucketOwnerEnforced"),
            ),
            "state",
        )
        private = named(
            S3BucketPublicAccessBlock(
                self,
                "private",
                bucket=self.bucket.id,
                block_public_acls=True,
                block_public_policy=True,
                ignore_public_acls=True,
                restrict_public_buckets=True,
            ),
            "state",
        )
        everything = [self.bucket.arn, f"{self.bucket.arn}/*"]
        named(
            S3BucketPolicy(
                self,
                "policy",
                bucket=self.bucket.id,
                policy=policy_document(
                    Statement(
                        sid="OnlyOverTls",
                        effect="Deny",
                        principals="*",
                        actions=["s3:*"],
                        resources=everything,
                        conditions={"Bool": {"aws:SecureTransport": "false"}},
                    ),
                    Statement(
                        sid="OnlyOverTls12",
                        effect="Deny",
                        principals="*",
                        actions=["s3:*"],
                        resources=everything,
                        conditions={"NumericLessThan": {"s3:TlsVersion": "1.2"}},
                    ),
                ),
                # S3 refuses two such changes of one bucket at the same time (409, OperationAborted).
                depends_on=[private],
            ),
            "state",
        )


def _expiry(prefix: str, days: int) -> S3BucketLifecycleConfigurationRule:
    """A rule that deletes objects. S3 keeps a deleted one as an older version: for a week, so that it can be restored.

    Where rules overlap, the shorter time counts (Amazon S3 User Guide, "Conflicting lifecycle configurations").
    """
    return S3BucketLifecycleConfigurationRule(
        id=f"{prefix.split('/')[-2]}-backups",
        status="Enabled",
        filter=[S3BucketLifecycleConfigurationRuleFilter(prefix=prefix)],
        expiration=[S3BucketLifecycleConfigurationRuleExpiration(days=days)],
        noncurrent_version_expiration=[
            S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration(noncurrent_days=DELETED_DAYS)
        ],
    )
