"""Variables and left-over files that would point Terraform to another state or plan."""

import json
import subprocess

import pytest

from ops.context.errors import OpsError
from ops.terraform.deploy import DeployOptions, deploy
from ops.terraform.plan import PlanExit, exit_code, plan_folder, plan_stacks
from ops.terraform.stacks import read_stacks
from ops.terraform.terraform_environment import ignored, terraform_environment
from tests.ops.tiny_app import TinyApp, data


def plan(app: TinyApp, **environment: str) -> int:
    context = app.context(**environment)
    with plan_folder() as folder:
        return exit_code(plan_stacks(context, read_stacks(context), folder, lock_wait=0))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TF_WORKSPACE", "staging"),
        ("TF_DATA_DIR", "shared"),
        ("TF_CLI_ARGS", "-refresh=false"),
        ("TF_CLI_ARGS_plan", "-destroy"),
        ("TF_CLI_ARGS_apply", "-target=x.y"),
        ("TF_CLI_ARGS_force-unlock", "-force"),
    ],
)
def test_what_would_change_the_state_or_the_plan_is_refused(tiny_app: TinyApp, name: str, value: str):
    tiny_app.synth({"project": data(main="1")})
    with pytest.raises(OpsError, match=f"^{name} is set: .*; unset it and run the command again$"):
        plan(tiny_app, **{name: value})


def test_a_selected_workspace_is_ignored_with_a_warning(tiny_app: TinyApp, capsys: pytest.CaptureFixture[str]):
    tiny_app.synth({"project": data(main="1")})
    folder = tiny_app.out / "stacks/project"
    for command in (["init"], ["workspace", "new", "staging"]):
        terraform = ["terraform", f"-chdir={folder}", *command]
        subprocess.run(terraform, env=tiny_app.environment, check=True, capture_output=True)
    left = folder / ".terraform/environment"
    assert left.read_text() == "staging"
    context = tiny_app.context()
    assert deploy(context, read_stacks(context), DeployOptions(lock_wait=0)).code == PlanExit.NOTHING
    assert "project: ignores the workspace staging, selected in" in capsys.readouterr().err
    assert tiny_app.resources("project") == {"main": "1"}, "the state of the default workspace"
    left.write_text("default")
    assert ignored({}, read_stacks(context)) == []


def test_a_variable_that_no_stack_has_is_dropped_with_a_warning(tiny_app: TinyApp):
    declared = {"variable": {"zone": {"type": "string"}}}
    tiny_app.synth({"project": data(main="1"), "dev": declared, "state": {"variable": {"role": {}}}})
    names = "TF_VAR_zone TF_VAR_role TF_VAR_zonne TF_VAR_neon_api_key TF_VAR_discord_webhook_url OTHER"
    environment: dict[str, str] = dict.fromkeys(names.split(), "x")
    context = tiny_app.context()
    project, dev = (read_stacks(context, [name])[0] for name in ("project", "dev"))
    lines = ignored(environment, read_stacks(context, apart=True))
    assert lines == ["TF_VAR_zonne: ignored, since no stack has such a variable"]
    assert "TF_VAR_zone" not in terraform_environment(environment, project)
    assert {"TF_VAR_zone", "OTHER"} <= terraform_environment(environment, dev).keys()


def test_options_of_commands_that_ops_never_runs_are_dropped(tiny_app: TinyApp):
    tiny_app.synth({"project": data(main="1")})
    (project,) = read_stacks(tiny_app.context())
    kept = terraform_environment({"TF_CLI_ARGS_providers_lock": "-fs-mirror=x", "TF_WORKSPACE": "default"}, project)
    assert not [name for name in kept if name.startswith("TF_CLI_ARGS")]
    assert kept["TF_WORKSPACE"] == "default"


def test_a_stack_that_cannot_be_read_has_no_variables(tiny_app: TinyApp):
    tiny_app.synth({"project": data(main="1")})
    (project,) = read_stacks(tiny_app.context())
    (project.folder / "cdk.tf.json").write_text("{")
    assert json.dumps(terraform_environment({"TF_VAR_x": "secret"}, project)).count("secret") == 0
