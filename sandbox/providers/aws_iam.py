"""The AWS provider's resources of IAM: an identity provider, roles, and their inline policies."""

from __future__ import annotations

import json

from sandbox.providers.aws_resource import AwsResource, Clients, gone_tags, same_json, tag_attributes, tag_list
from sandbox.providers.documents import Document
from sandbox.providers.plan_rules import PlanRules
from sandbox.providers.values import Value, known

# ---- the identity provider


def _look_at_oidc(aws: Clients, state: Value) -> Document:
    answer = aws.iam.get_open_id_connect_provider(OpenIDConnectProviderArn=state["id"])
    return {
        "id": state["id"],
        "arn": state["id"],
        "client_id_list": answer["ClientIDList"],
        "thumbprint_list": answer["ThumbprintList"],
        "url": answer["Url"],  # without https://
        **tag_attributes(answer.get("Tags", [])),
    }


def _put_oidc(aws: Clients, prior: Value, planned: Value) -> str:
    tags = tag_list(planned["tags"])
    if prior is None:
        answer = aws.iam.create_open_id_connect_provider(
            Url=planned["url"],
            ClientIDList=planned["client_id_list"],
            ThumbprintList=planned["thumbprint_list"] or [],
            Tags=tags,
        )
        return answer["OpenIDConnectProviderArn"]
    arn = {"OpenIDConnectProviderArn": prior["id"]}
    for added in set(planned["client_id_list"]) - set(prior["client_id_list"]):
        aws.iam.add_client_id_to_open_id_connect_provider(**arn, ClientID=added)
    for removed in set(prior["client_id_list"]) - set(planned["client_id_list"]):
        aws.iam.remove_client_id_from_open_id_connect_provider(**arn, ClientID=removed)
    if planned["thumbprint_list"] and planned["thumbprint_list"] != prior["thumbprint_list"]:
        aws.iam.update_open_id_connect_provider_thumbprint(**arn, ThumbprintList=planned["thumbprint_list"])
    if tags:
        aws.iam.tag_open_id_connect_provider(**arn, Tags=tags)
    if keys := gone_tags(prior, planned):
        aws.iam.untag_open_id_connect_provider(**arn, TagKeys=keys)
    return prior["id"]


def _drop_oidc(aws: Clients, state: Value) -> None:
    aws.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=state["id"])


def _same_url(left: str, right: str) -> bool:
    return left.removeprefix("https://") == right.removeprefix("https://")


# ---- roles


def _look_at_role(aws: Clients, state: Value) -> Document:
    name = state["id"]
    role = aws.iam.get_role(RoleName=name)["Role"]
    inline = aws.iam.list_role_policies(RoleName=name)["PolicyNames"]
    attached = aws.iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    return {
        "id": name,
        "arn": role["Arn"],
        "assume_role_policy": json.dumps(role["AssumeRolePolicyDocument"]),
        "create_date": role["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "description": role.get("Description", ""),
        "managed_policy_arns": [policy["PolicyArn"] for policy in attached],
        "max_session_duration": role["MaxSessionDuration"],
        "name": name,
        "name_prefix": "",
        "path": role["Path"],
        "permissions_boundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""),
        "unique_id": role["RoleId"],
        "inline_policy": [{"name": policy, "policy": _inline(aws, name, policy)} for policy in inline],
        **tag_attributes(role.get("Tags", [])),
    }


def _put_role(aws: Clients, prior: Value, planned: Value) -> str:
    name, policy, tags = planned["name"], planned["assume_role_policy"], tag_list(planned["tags"])
    described = known({"Description": planned["description"], "MaxSessionDuration": planned["max_session_duration"]})
    if prior is None:
        aws.iam.create_role(
            RoleName=name, Path=planned["path"], AssumeRolePolicyDocument=policy, Tags=tags, **described
        )
        return name
    if not same_json(prior["assume_role_policy"], policy):
        aws.iam.update_assume_role_policy(RoleName=name, PolicyDocument=policy)
    aws.iam.update_role(RoleName=name, **described)
    if tags:
        aws.iam.tag_role(RoleName=name, Tags=tags)
    if keys := gone_tags(prior, planned):
        aws.iam.untag_role(RoleName=name, TagKeys=keys)
    return name


def _drop_role(aws: Clients, state: Value) -> None:
    aws.iam.delete_role(RoleName=state["id"])


# ---- inline policies; an id is `<role>:<policy>`


def _inline(aws: Clients, role: str, name: str) -> str:
    return json.dumps(aws.iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"])


def _look_at_policy(aws: Clients, state: Value) -> Document:
    role, _, name = state["id"].partition(":")
    policy = _inline(aws, role, name)
    return {"id": state["id"], "role": role, "name": name, "name_prefix": "", "policy": policy}


def _put_policy(aws: Clients, _prior: Value, planned: Value) -> str:
    aws.iam.put_role_policy(RoleName=planned["role"], PolicyName=planned["name"], PolicyDocument=planned["policy"])
    return f"{planned['role']}:{planned['name']}"


def _drop_policy(aws: Clients, state: Value) -> None:
    role, _, name = state["id"].partition(":")
    aws.iam.delete_role_policy(RoleName=role, PolicyName=name)


RESOURCES = {
    "aws_iam_openid_connect_provider": AwsResource(
        "IAM OIDC Provider",
        _look_at_oidc,
        _put_oidc,
        _drop_oidc,
        PlanRules(replace=("url",), keep=None),
        same={"url": _same_url},
    ),
    "aws_iam_role": AwsResource(
        "IAM Role",
        _look_at_role,
        _put_role,
        _drop_role,
        PlanRules(
            replace=("name", "name_prefix", "path"),
            defaults={"force_detach_policies": False, "max_session_duration": 3600, "path": "/"},
            between={"max_session_duration": (3600, 43200)},
            keep=None,
            computed_blocks=("inline_policy",),
        ),
        same={"assume_role_policy": same_json},
    ),
    "aws_iam_role_policy": AwsResource(
        "IAM Role Policy",
        _look_at_policy,
        _put_policy,
        _drop_policy,
        PlanRules(replace=("name", "name_prefix", "role"), keep=None),
        same={"policy": same_json},
    ),
}
