"""AWS's resource types. Sources: the schema of hashicorp/aws 6.25.0, and each resource's page in its documentation."""

from collections.abc import Mapping
from typing import Any

from catalog.entry_list import EntryList
from catalog.policy_grants import grants_more
from catalog.resource_type import NOT_CREATED, TAGS, Lookup, Protection, ResourceType
from catalog.weakening import (
    appears,
    becomes,
    disappears,
    expires_sooner,
    leaves,
    lowers,
    raises,
    ranks_lower,
    shortens,
    values_at,
    widens,
)
from settings.backup_settings import BACKUP_PREFIX

_BY_BUCKET = Lookup(service="aws", id="{bucket}")
_PUBLIC = "lets the states become public"
_ACLS = "lets ACLs decide who may read the states"


_FOREIGN_TAGS = EntryList(argument="tags", entry="tag", keys=(), own_keys=frozenset({"project", "stack", "managed-by"}))
"""The tags that others set, such as a cost center: an import takes over the resource, and its tags."""


def _of_states(rule: Mapping[str, Any]) -> bool:
    """Whether a lifecycle rule is about the states: not about the backups, which are meant to expire."""
    prefixes = values_at(rule, "filter.prefix")
    return not prefixes or not all(str(prefix).startswith(f"{BACKUP_PREFIX}/") for prefix in prefixes)


def _expires_states(rule: Mapping[str, Any]) -> bool:
    """Whether a lifecycle rule is about the states and in force."""
    return _of_states(rule) and rule.get("status") != "Disabled"


AWS_TYPES = (
    ResourceType(
        type="aws_s3_bucket",
        holds="every state, with its earlier versions",
        protections=(
            Protection(
                argument="force_destroy",
                weakens=becomes(True),
                effect="lets the bucket be destroyed with everything in it",
            ),
        ),
        entries=(_FOREIGN_TAGS,),
        label=TAGS,
        lookup=_BY_BUCKET,
        prices=("s3.storage", "s3.writes", "s3.reads"),
    ),
    ResourceType(
        type="aws_s3_bucket_versioning",
        protections=(
            Protection(
                argument="versioning_configuration.status",
                weakens=leaves("Enabled"),
                effect="stops keeping earlier versions of the states",
            ),
            Protection(
                argument="versioning_configuration.mfa_delete",
                weakens=leaves("Enabled"),
                effect="lets versions of the states be deleted without a second factor",
            ),
        ),
        when_destroyed="stops keeping earlier versions of the states",
        lookup=_BY_BUCKET,
    ),
    ResourceType(
        type="aws_s3_bucket_lifecycle_configuration",
        protections=(
            Protection(
                argument="rule.noncurrent_version_expiration.noncurrent_days",
                of=_expires_states,
                weakens=expires_sooner,
                effect="deletes earlier versions of the states sooner",
            ),
            Protection(
                argument="rule.noncurrent_version_expiration.newer_noncurrent_versions",
                of=_of_states,
                weakens=lowers,
                effect="keeps fewer earlier versions of the states",
            ),
            Protection(
                argument="rule.expiration.days",
                of=_expires_states,
                weakens=expires_sooner,
                effect="deletes the states after some days",
            ),
            Protection(
                argument="rule.expiration.date",
                of=_expires_states,
                weakens=appears,
                effect="deletes the states on a date",
            ),
            Protection(
                argument="rule.filter.prefix",
                of=_expires_states,
                weakens=widens,
                effect="deletes earlier versions of more objects",
            ),
            Protection(
                argument="rule.transition.storage_class",
                of=_expires_states,
                weakens=becomes("GLACIER", "DEEP_ARCHIVE"),
                effect="moves the states where Terraform can't read them",
            ),
            Protection(
                argument="rule.expiration.days",
                of=lambda rule: not _of_states(rule),
                weakens=shortens,
                effect="deletes backups sooner",
            ),
        ),
        entries=(
            EntryList(
                argument="rule",
                entry="rule",
                keys=("id",),
                own_keys=frozenset({"older-versions", "daily-backups", "weekly-backups"}),
            ),
        ),
        lookup=_BY_BUCKET,
    ),
    ResourceType(
        type="aws_s3_bucket_server_side_encryption_configuration",
        protections=(
            Protection(
                argument="rule.apply_server_side_encryption_by_default.sse_algorithm",
                weakens=ranks_lower("AES256", "aws:kms", "aws:kms:dsse"),
                effect="encrypts new states less strongly",
            ),
            Protection(
                argument="rule.apply_server_side_encryption_by_default.kms_master_key_id",
                weakens=disappears,
                effect="encrypts new states with another key",
            ),
            Protection(
                argument="rule.blocked_encryption_types",
                weakens=disappears,
                effect="lets programs encrypt states with keys of their own",
            ),
        ),
        when_destroyed="leaves the encryption of new states to AWS's default",
        lookup=_BY_BUCKET,
    ),
    ResourceType(
        type="aws_s3_bucket_policy",
        protections=(
            Protection(
                argument="policy",
                weakens=grants_more,
                effect="lets more people or programs reach the states, or reach them without TLS",
            ),
        ),
        when_destroyed="lets the states be reached without TLS",
        entries=(
            EntryList(
                argument="policy",
                entry="statement",
                keys=("Sid",),
                inside="Statement",
                own_keys=frozenset({"OnlyOverTls", "OnlyOverTls12"}),
            ),
        ),
        lookup=_BY_BUCKET,
    ),
    ResourceType(
        type="aws_s3_bucket_public_access_block",
        protections=tuple(
            Protection(argument=argument, weakens=leaves(True), effect=_PUBLIC)
            for argument in (
                "block_public_acls",
                "block_public_policy",
                "ignore_public_acls",
                "restrict_public_buckets",
            )
        ),
        when_destroyed=_PUBLIC,
        lookup=_BY_BUCKET,
    ),
    ResourceType(
        type="aws_s3_bucket_ownership_controls",
        protections=(
            Protection(
                argument="rule.object_ownership",
                weakens=leaves("BucketOwnerEnforced"),
                effect=_ACLS,
            ),
        ),
        when_destroyed=_ACLS,
        lookup=_BY_BUCKET,
    ),
    ResourceType(
        type="aws_iam_openid_connect_provider",
        entries=(_FOREIGN_TAGS,),
        label=TAGS,
        lookup=Lookup(service="aws", id="{found[Arn]}"),
    ),
    ResourceType(
        type="aws_iam_role",
        protections=(
            Protection(
                argument="assume_role_policy",
                weakens=grants_more,
                effect="lets more repositories or jobs take the role",
            ),
            Protection(
                argument="permissions_boundary",
                weakens=disappears,
                effect="lifts the limit on what the role may do",
            ),
            Protection(
                argument="max_session_duration",
                weakens=raises,
                effect="lets a session of the role last longer",
            ),
            Protection(
                argument="managed_policy_arns",
                weakens=appears,
                effect="gives the role more policies",
            ),
            Protection(
                argument="inline_policy.policy",
                weakens=grants_more,
                effect="lets the role do more with the states",
            ),
        ),
        entries=(_FOREIGN_TAGS,),
        label=TAGS,
        lookup=Lookup(service="aws", id="{name}"),
    ),
    ResourceType(
        type="aws_iam_role_policy",
        protections=(
            Protection(
                argument="policy",
                weakens=grants_more,
                effect="lets the role do more with the states",
            ),
        ),
        lookup=Lookup(service="aws", id="{role}:{name}"),
    ),
    ResourceType(
        type="aws_budgets_budget",
        entries=(_FOREIGN_TAGS,),
        label=TAGS,
        lookup=Lookup(service="aws", id="{found[AccountId]}:{name}"),
        prices=("aws.budget",),
    ),
    ResourceType(
        type="aws_dynamodb_table",
        holds="its items",
        protections=(
            Protection(
                argument="deletion_protection_enabled",
                weakens=leaves(True),
                effect="lets the table be deleted",
            ),
            Protection(
                argument="point_in_time_recovery.enabled",
                weakens=leaves(True),
                effect="stops continuous backups of the table",
            ),
        ),
        label=TAGS,
        no_lookup=NOT_CREATED,
    ),
)
