"""What every stack has: a state in S3 and the Terraform versions it runs on."""

from constructs_lib.backend import StackOutputs, StateBackend, state_key
from constructs_lib.providers import require_terraform

from cdktf import TerraformStack
from constructs import Construct

from settings import Settings


class Stack(TerraformStack):
    """A Terraform stack with its own state at `<project name>/<stack id>/terraform.tfstate`."""

    def __init__(self, scope: Construct, id: str, *, settings: Settings) -> None:
        """
        Args:
            scope: the app.
            id: the stack's name, on the command line and in the state's key.
            settings: the owner's settings.
        """
        super().__init__(scope, id)
        self._settings = settings
        StateBackend(
            self, bucket=settings.state.bucket, region=settings.state.region, key=state_key(settings.project.name, id)
        )
        require_terraform(self)

    def outputs_of(self, stack: str) -> StackOutputs:
        """Reads the outputs of another stack, by its id, from its state."""
        state = self._settings.state
        key = state_key(self._settings.project.name, stack)
        return StackOutputs(self, stack, bucket=state.bucket, region=state.region, key=key)
