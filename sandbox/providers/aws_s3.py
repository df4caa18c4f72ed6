"""The AWS provider's resources of S3: a bucket, and its settings, each of which is a resource of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from sandbox.providers.aws_resource import AwsResource, Clients, gone_tags, same_json, tag_attributes, tag_list
from sandbox.providers.documents import Document
from sandbox.providers.plan_rules import PlanRules
from sandbox.providers.provider import Problem
from sandbox.providers.values import Value, known

# S3's website endpoints have a zone of their own for each region (AWS docs, "Amazon S3 endpoints and quotas").
HOSTED_ZONES = {"us-east-1": "Z3AQBSTGFYJSTF", "eu-central-1": "Z21DNDUVLTQW6Q", "eu-west-1": "Z1BKCTXD74EZPE"}
BUCKET_BLOCKS = (
    "cors_rule",
    "grant",
    "lifecycle_rule",
    "logging",
    "object_lock_configuration",
    "replication_configuration",
    "server_side_encryption_configuration",
    "versioning",
    "website",
)
# What the provider sets where it is left out (its docs, "transition_default_minimum_object_size").
SMALLEST_TRANSITION = "all_storage_classes_128K"


def _without(call: Callable[[], Any], *codes: str) -> Any:
    """What a call answers, or None where it fails with one of the codes."""
    try:
        return call()
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in codes:
            return None
        raise


# ---- the bucket


def _look_at_bucket(aws: Clients, state: Value) -> Document:
    name = state["id"]
    aws.s3.head_bucket(Bucket=name)
    region = aws.s3.get_bucket_location(Bucket=name).get("LocationConstraint") or "us-east-1"
    tags = _without(lambda: aws.s3.get_bucket_tagging(Bucket=name), "NoSuchTagSet") or {"TagSet": []}
    policy = _without(lambda: aws.s3.get_bucket_policy(Bucket=name), "NoSuchBucketPolicy") or {"Policy": ""}
    versioning = aws.s3.get_bucket_versioning(Bucket=name)
    encryption = _without(
        lambda: aws.s3.get_bucket_encryption(Bucket=name), "ServerSideEncryptionConfigurationNotFoundError"
    )
    grants = [
        {
            "id": grant["Grantee"].get("ID", ""),
            "type": grant["Grantee"]["Type"],
            "uri": grant["Grantee"].get("URI", ""),
            "permissions": [grant["Permission"]],
        }
        for grant in aws.s3.get_bucket_acl(Bucket=name)["Grants"]
    ]
    return {
        "id": name,
        "arn": f"arn:aws:s3:::{name}",
        "bucket": name,
        "bucket_domain_name": f"{name}.s3.amazonaws.com",
        "bucket_prefix": "",
        "bucket_region": region,
        "bucket_regional_domain_name": f"{name}.s3.{region}.amazonaws.com",
        "hosted_zone_id": HOSTED_ZONES.get(region, ""),
        "object_lock_enabled": False,
        "policy": policy["Policy"],
        "region": region,
        "request_payer": "BucketOwner",
        "acceleration_status": "",
        "versioning": [
            {"enabled": versioning.get("Status") == "Enabled", "mfa_delete": versioning.get("MFADelete") == "Enabled"}
        ],
        "server_side_encryption_configuration": [
            {"rule": [_encryption_rule(rule) for rule in encryption["ServerSideEncryptionConfiguration"]["Rules"]]}
        ]
        if encryption
        else [],
        "grant": grants,
        **tag_attributes(tags["TagSet"]),
    }


def _put_bucket(aws: Clients, prior: Value, planned: Value) -> str:
    name = planned["bucket"]
    if prior is None:
        # us-east-1 alone answers 200 when the bucket is there already, so the real provider looks first.
        if _without(lambda: aws.s3.head_bucket(Bucket=name), "404", "NoSuchBucket"):
            raise Problem(f"creating S3 Bucket ({name}): BucketAlreadyExists")
        elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": aws.region}}
        aws.s3.create_bucket(Bucket=name, **({} if aws.region == "us-east-1" else elsewhere))
    if planned["tags"]:
        aws.s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tag_list(planned["tags"])})
    elif gone_tags(prior, planned):
        aws.s3.delete_bucket_tagging(Bucket=name)
    return name


def _drop_bucket(aws: Clients, state: Value) -> None:
    name = state["id"]
    if state["force_destroy"]:
        for page in aws.s3.get_paginator("list_object_versions").paginate(Bucket=name):
            for found in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                aws.s3.delete_object(Bucket=name, Key=found["Key"], VersionId=found["VersionId"])
    aws.s3.delete_bucket(Bucket=name)


# ---- its settings


@dataclass(frozen=True)
class _Setting:
    """A bucket's setting: its block or attributes, in Terraform's form and in S3's.

    Attributes:
        look: the attributes of the setting, from a client and the bucket's name; None where it is not set.
        put: sets it, from a client, the bucket's name and what is planned.
        drop: takes it away.
    """

    look: Callable[[Any, str], Document | None]
    put: Callable[[Any, str, Value], Any]
    drop: Callable[[Any, str], Any]

    def look_at(self, aws: Clients, state: Value) -> Document | None:
        name = state["id"]
        found = self.look(aws.s3, name)
        return None if found is None else {"id": name, "bucket": name, "region": aws.region, **found}

    def put_on(self, aws: Clients, _prior: Value, planned: Value) -> str:
        self.put(aws.s3, planned["bucket"], planned)
        return planned["bucket"]

    def drop_from(self, aws: Clients, state: Value) -> None:
        self.drop(aws.s3, state["id"])


def _setting(title: str, setting: _Setting, **more: Any) -> AwsResource:
    rules = more.pop("rules", PlanRules(replace=("bucket", "expected_bucket_owner"), keep=None))
    return AwsResource(title, setting.look_at, setting.put_on, setting.drop_from, rules, **more)


def _look_at_versioning(s3: Any, name: str) -> Document | None:
    answer = s3.get_bucket_versioning(Bucket=name)
    if "Status" not in answer:
        return None
    return {"versioning_configuration": [{"status": answer["Status"], "mfa_delete": answer.get("MFADelete", "")}]}


def _put_versioning(s3: Any, name: str, planned: Value) -> None:
    status = planned["versioning_configuration"][0]["status"]
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": status})


def _encryption_rule(rule: Document) -> Document:
    default = rule["ApplyServerSideEncryptionByDefault"]
    return {
        "apply_server_side_encryption_by_default": [
            {"sse_algorithm": default["SSEAlgorithm"], "kms_master_key_id": default.get("KMSMasterKeyID", "")}
        ],
        "bucket_key_enabled": rule.get("BucketKeyEnabled", False),
    }


def _look_at_encryption(s3: Any, name: str) -> Document:
    configuration = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]
    return {"rule": [_encryption_rule(rule) for rule in configuration["Rules"]]}


def _put_encryption(s3: Any, name: str, planned: Value) -> None:
    rules = [
        {
            "ApplyServerSideEncryptionByDefault": known(
                {
                    "SSEAlgorithm": rule["apply_server_side_encryption_by_default"][0]["sse_algorithm"],
                    "KMSMasterKeyID": rule["apply_server_side_encryption_by_default"][0]["kms_master_key_id"],
                }
            ),
            "BucketKeyEnabled": bool(rule["bucket_key_enabled"]),
        }
        for rule in planned["rule"]
    ]
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules})


PUBLIC_ACCESS = {
    "block_public_acls": "BlockPublicAcls",
    "block_public_policy": "BlockPublicPolicy",
    "ignore_public_acls": "IgnorePublicAcls",
    "restrict_public_buckets": "RestrictPublicBuckets",
}


def _look_at_public_access(s3: Any, name: str) -> Document:
    found = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    return {attribute: found[key] for attribute, key in PUBLIC_ACCESS.items()}


def _put_public_access(s3: Any, name: str, planned: Value) -> None:
    wanted = {key: bool(planned[attribute]) for attribute, key in PUBLIC_ACCESS.items()}
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=wanted)


def _look_at_ownership(s3: Any, name: str) -> Document:
    rules = s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"]
    return {"rule": [{"object_ownership": rule["ObjectOwnership"]} for rule in rules]}


def _put_ownership(s3: Any, name: str, planned: Value) -> None:
    rules = [{"ObjectOwnership": rule["object_ownership"]} for rule in planned["rule"]]
    s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls={"Rules": rules})


# ---- its lifecycle: of all that a rule can say, what expires

LIFECYCLE_PARTS = {
    "abort_incomplete_multipart_upload": (
        "AbortIncompleteMultipartUpload",
        {"days_after_initiation": "DaysAfterInitiation"},
    ),
    "expiration": ("Expiration", {"days": "Days", "expired_object_delete_marker": "ExpiredObjectDeleteMarker"}),
    "filter": ("Filter", {"prefix": "Prefix"}),
    "noncurrent_version_expiration": (
        "NoncurrentVersionExpiration",
        {"newer_noncurrent_versions": "NewerNoncurrentVersions", "noncurrent_days": "NoncurrentDays"},
    ),
}


def _look_at_lifecycle(s3: Any, name: str) -> Document:
    rules = [
        {
            "id": rule["ID"],
            "status": rule["Status"],
            "prefix": rule.get("Prefix", ""),
            **{
                part: [{attribute: rule[key].get(inner) for attribute, inner in names.items()}] if key in rule else []
                for part, (key, names) in LIFECYCLE_PARTS.items()
            },
        }
        for rule in s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    ]
    return {"rule": rules, "expected_bucket_owner": "", "transition_default_minimum_object_size": SMALLEST_TRANSITION}


def _put_lifecycle(s3: Any, name: str, planned: Value) -> None:
    rules: list[Document] = []
    for rule in planned["rule"]:
        if rule["transition"] or rule["noncurrent_version_transition"]:
            raise Problem("transitions are not part of the rehearsal", "The stand-in provider only lets things expire.")
        sent: Document = {"ID": rule["id"], "Status": rule["status"]}
        for part, (key, names) in LIFECYCLE_PARTS.items():
            if rule[part]:
                sent[key] = {
                    inner: value
                    for attribute, inner in names.items()
                    if (value := _plain(rule[part][0][attribute])) is not None
                }
        rules.append(sent)
    s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})


def _plain(value: Value) -> Value:
    return value if isinstance(value, str | int | bool) else None


RESOURCES = {
    "aws_s3_bucket": AwsResource(
        "S3 Bucket",
        _look_at_bucket,
        _put_bucket,
        _drop_bucket,
        PlanRules(
            replace=("bucket", "bucket_prefix", "region"),
            defaults={"force_destroy": False},
            keep=None,
            computed_blocks=BUCKET_BLOCKS,
        ),
    ),
    "aws_s3_bucket_versioning": _setting(
        "S3 Bucket Versioning",
        _Setting(
            _look_at_versioning,
            _put_versioning,
            lambda s3, name: s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended"}),
        ),
    ),
    "aws_s3_bucket_server_side_encryption_configuration": _setting(
        "S3 Bucket Server-side Encryption Configuration",
        _Setting(_look_at_encryption, _put_encryption, lambda s3, name: s3.delete_bucket_encryption(Bucket=name)),
    ),
    "aws_s3_bucket_policy": _setting(
        "S3 Bucket Policy",
        _Setting(
            lambda s3, name: {"policy": s3.get_bucket_policy(Bucket=name)["Policy"]},
            lambda s3, name, planned: s3.put_bucket_policy(Bucket=name, Policy=planned["policy"]),
            lambda s3, name: s3.delete_bucket_policy(Bucket=name),
        ),
        rules=PlanRules(replace=("bucket",), keep=None),
        same={"policy": same_json},
    ),
    "aws_s3_bucket_public_access_block": _setting(
        "S3 Bucket Public Access Block",
        _Setting(
            _look_at_public_access, _put_public_access, lambda s3, name: s3.delete_public_access_block(Bucket=name)
        ),
        rules=PlanRules(replace=("bucket",), defaults=dict.fromkeys(PUBLIC_ACCESS, False), keep=None),
    ),
    "aws_s3_bucket_ownership_controls": _setting(
        "S3 Bucket Ownership Controls",
        _Setting(_look_at_ownership, _put_ownership, lambda s3, name: s3.delete_bucket_ownership_controls(Bucket=name)),
        rules=PlanRules(replace=("bucket",), keep=None),
    ),
    "aws_s3_bucket_lifecycle_configuration": _setting(
        "S3 Bucket Lifecycle Configuration",
        _Setting(_look_at_lifecycle, _put_lifecycle, lambda s3, name: s3.delete_bucket_lifecycle(Bucket=name)),
    ),
}
