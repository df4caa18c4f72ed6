"""The app with one more stack, an S3 bucket on AWS: `python -m tools.bench.aws_app SETTINGS`."""

import sys
from pathlib import Path

import constructs_lib  # noqa: F401  # pyright: ignore[reportUnusedImport]  (first: it makes the bindings load quickly)

from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket

import main as app
from settings import load_settings

if __name__ == "__main__":
    settings = load_settings(Path(sys.argv[1]))
    stacks = app.build(settings)
    aws = TerraformStack(stacks, "aws")
    AwsProvider(aws, "aws", region=settings.state.region)
    S3Bucket(aws, "bucket", bucket=settings.state.bucket)
    stacks.synth()
