"""The outputs of deployed stacks that the app gets: the database's address, and the Worker's secrets."""

from typing import Any

from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.terraform.stacks import read_stacks
from ops.terraform.terraform_cli import Terraform


def worker_secrets(context: Context, environment: str) -> dict[str, str]:
    """The secrets of an environment's Worker. They are added to the mask.

    Those that the environment's stack creates (its output `worker_secrets`) take precedence. Each other name in
    release.secrets is read from the environment variable of that name, except DATABASE_URL: that is always the
    environment's own database.

    Args:
        context: has the settings, the stacks and the environment.
        environment: the environment's name.

    Raises:
        OpsError: a stack is not deployed, or a variable is not set.
    """
    release = context.settings.release
    wanted = release.secrets if release else []
    made: dict[str, str] = {}
    if context.settings.environments[environment].secrets is not None:
        made = _output(context, environment, "worker_secrets")
        context.console.mask.add(*made.values())
    missing = [name for name in wanted if name not in made and name != "DATABASE_URL"]
    unset = [name for name in missing if name not in context.environment]
    if unset:
        raise OpsError(f"{', '.join(unset)}: listed in release.secrets, but not set; pass it in the environment")
    secrets = made | {name: context.environment[name] for name in missing}
    if "DATABASE_URL" in wanted and "DATABASE_URL" not in secrets:
        secrets["DATABASE_URL"] = database_url(context, environment)
    context.console.mask.add(*secrets.values())
    return secrets


def database_url(context: Context, environment: str) -> str:
    """The address of an environment's own database, with role and password. It is added to the mask.

    Args:
        context: has the settings and the stacks.
        environment: the environment's name.

    Raises:
        OpsError: its stack is not deployed.
    """
    if context.settings.environments[environment].database is not None:
        uri = _output(context, environment, "database_uri")
    else:
        uri = _output(context, "project", "project_connection_uri")
    context.console.mask.add(uri)
    return uri


def _output(context: Context, stack: str, name: str) -> Any:
    outputs = Terraform(context, read_stacks(context, [stack])[0]).outputs()
    if name not in outputs:
        raise OpsError(f"stack {stack} has no output {name}; deploy it first: python -m ops deploy {stack}")
    return outputs[name]
