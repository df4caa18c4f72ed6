"""What every stack has: a state in S3, the Terraform version, and the guards."""

from typing import Any

from constructs_lib.empty_values import without_empty_values
from constructs_lib.guards import guard
from constructs_lib.providers import require_terraform
from constructs_lib.state_backend import StackOutputs, StateBackend

from cdktf import TerraformStack
from constructs import Construct

from settings import Settings


class BaseStack(TerraformStack):
    """A Terraform stack with its own state at `<project name>/<stack id>/terraform.tfstate`, checked by all guards.

    Attributes:
        label: `<project>/<stack>`, for each resource that can hold it; None if the settings turn labels off.
    """

    def __init__(self, scope: Construct, id: str, *, settings: Settings) -> None:
        """
        Args:
            scope: the app.
            id: the stack's name, on the command line and in the state's key.
            settings: the owner's settings.
        """
        super().__init__(scope, id)
        self._settings = settings
        self._outputs: dict[str, StackOutputs] = {}
        StateBackend(self, bucket=settings.state.bucket, region=settings.state.region, key=settings.state_key(id))
        require_terraform(self)
        environment = settings.environments.get(id)
        # The database of the production site's API has the product's data, with or without `protected`.
        live = {"production"} | ({settings.api.site_environment} if settings.api else set[str]())
        self.label = f"{settings.project.name}/{id}" if settings.project.label_resources else None
        guard(
            self,
            protected=environment is not None and (environment.protected or id in live),
            labeled_as=self.label,
        )

    def to_terraform(self) -> Any:
        """The stack's JSON, without empty lists, maps and blocks. cdktf and the guards call it."""
        return without_empty_values(super().to_terraform())

    def outputs_of(self, stack: str) -> StackOutputs:
        """Reads the outputs of another stack, by its id, from its state."""
        if stack not in self._outputs:
            state = self._settings.state
            key = self._settings.state_key(stack)
            self._outputs[stack] = StackOutputs(self, stack, bucket=state.bucket, region=state.region, key=key)
        return self._outputs[stack]
