"""hashicorp/aws: what the stack `state` is made of, in S3, IAM and Budgets.

The real provider is built on terraform-plugin-sdk, apart from the bucket's lifecycle configuration. What is computed,
replaced or taken as equal follows its Go code; what is sent goes through boto3, to the address in AWS_ENDPOINT_URL.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from provider_pins import PINS
from sandbox.providers import aws_budgets, aws_iam, aws_s3
from sandbox.providers.aws_resource import Clients
from sandbox.providers.provider import Problem, Provider
from sandbox.providers.provider_http import require_loopback
from sandbox.providers.values import Value, known


@dataclass(frozen=True)
class _Session:
    """Clients for one region, all at one address on this machine."""

    session: boto3.Session
    url: str

    def client(self, service: str) -> Any:
        path_style = {"addressing_style": "path"} if service == "s3" else None
        config = Config(s3=path_style, retries={"total_max_attempts": 3, "mode": "standard"})
        return self.session.client(service, endpoint_url=self.url, config=config)


class AwsProvider(Provider):
    address = "registry.terraform.io/hashicorp/aws"
    version = PINS.providers["aws"].version
    legacy_sdk = True

    def __init__(self) -> None:
        self.data_sources = {}
        self.resources = {**aws_s3.RESOURCES, **aws_iam.RESOURCES, **aws_budgets.RESOURCES}

    def validate(self, config: Value) -> None:
        for block in ("assume_role", "assume_role_with_web_identity", "default_tags", "endpoints", "ignore_tags"):
            if config[block]:
                raise Problem(
                    f"{block} is not emulated by the stand-in provider",
                    "The stand-in provider does not know this block.",
                )

    def configure(self, config: Value) -> Clients:
        configured = known(config)
        region = configured.get("region") or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        if not region:
            raise Problem("Invalid provider configuration", "Set the provider's region, or AWS_REGION.")
        url = require_loopback(os.environ.get("AWS_ENDPOINT_URL", "https://aws.amazon.com"), "AWS_ENDPOINT_URL")
        session = _Session(
            boto3.Session(
                aws_access_key_id=configured.get("access_key"),
                aws_secret_access_key=configured.get("secret_key"),
                aws_session_token=configured.get("token"),
                region_name=region,
            ),
            url,
        )
        try:
            account = session.client("sts").get_caller_identity()["Account"]
        except (BotoCoreError, ClientError) as error:
            detail = f"No valid credential sources found: {error}"
            raise Problem("Retrieving AWS account details: validating provider credentials", detail) from error
        return Clients(session.client("s3"), session.client("iam"), session.client("budgets"), account, region)


PROVIDER = AwsProvider()
