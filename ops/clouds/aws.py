"""Clients of AWS's services, with the run's credentials."""

from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from ops.context.run_context import Context


def aws_clients(context: Context, region: str, **retries: Any) -> Callable[[str], Any]:
    """Makes clients by a service's name.

    Args:
        context: has the credentials, or leaves them to the AWS tools' own ways.
        region: an AWS region.
        retries: how often a call is tried, as botocore's Config takes it, such as `total_max_attempts`.
    """
    environment = context.environment
    session: Any = boto3.Session(
        aws_access_key_id=environment.get("AWS_ACCESS_KEY_ID"),
        aws_secret_access_key=environment.get("AWS_SECRET_ACCESS_KEY"),
        aws_session_token=environment.get("AWS_SESSION_TOKEN"),
        region_name=region,
    )
    config = Config(connect_timeout=5, read_timeout=20, retries=retries)  # pyright: ignore[reportArgumentType]
    return lambda service: session.client(service, endpoint_url=context.addresses.aws, config=config)


def bucket_region(client: Any, bucket: str) -> str:
    """The region of a bucket, also if the credentials may not use it; empty if S3 doesn't say.

    Source: the S3 API reference, "HeadBucket": the header is in refusals as well.
    """
    try:
        answer = client.head_bucket(Bucket=bucket)
    except ClientError as error:
        answer = error.response
    return str(answer["ResponseMetadata"]["HTTPHeaders"].get("x-amz-bucket-region") or "")
