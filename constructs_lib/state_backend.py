"""Where a stack's state is stored, and how another stack reads its outputs."""

from cdktf import DataTerraformRemoteStateS3, S3Backend, TerraformStack
from constructs import Construct


class StateBackend(S3Backend):
    """Stores a stack's state in S3, encrypted and locked with a lock file in S3 (no DynamoDB table)."""

    def __init__(self, stack: TerraformStack, *, bucket: str, region: str, key: str) -> None:
        """
        Args:
            stack: the stack whose state it is.
            bucket: an existing bucket's name.
            region: the bucket's AWS region.
            key: the state's object key.
        """
        super().__init__(stack, bucket=bucket, region=region, key=key, encrypt=True)
        # S3Backend of cdktf 0.21.0 does not know use_lockfile.
        stack.add_override("terraform.backend.s3.use_lockfile", True)


class StackOutputs(DataTerraformRemoteStateS3):
    """Reads another stack's outputs from its state.

    cdktf's automatic references would add outputs of their own (`cross-stack-output-…`) to the other stack, and so a
    change to its first plan. This reads the existing outputs.
    """

    def __init__(self, scope: Construct, id: str, *, bucket: str, region: str, key: str) -> None:
        """
        Args:
            scope: the stack that reads.
            id: the data source's name; use the other stack's.
            bucket: the state bucket's name.
            region: the bucket's AWS region.
            key: the object key of the other stack's state.
        """
        super().__init__(scope, id, bucket=bucket, region=region, key=key)
