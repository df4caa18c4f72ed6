"""A changed state.bucket or project.name, which leads to an empty state, says where the state is."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ops.context.run_context import Context
from ops.terraform.stacks import Stack
from ops.terraform.terraform_cli import Terraform, TerraformError

BACKEND = {"bucket": "states", "key": "shop/dev/terraform.tfstate", "region": "us-east-1"}


def moved(folder: Path, **changed: str) -> Stack:
    """A stack whose last init was with another backend; Terraform compares them before it asks S3 for anything."""
    (folder / ".terraform").mkdir()
    document = {"terraform": {"backend": {"s3": {**BACKEND, **changed}}}}
    (folder / "cdk.tf.json").write_text(json.dumps(document), encoding="utf-8")
    record = {"version": 3, "backend": {"type": "s3", "config": BACKEND, "hash": 1}}
    (folder / ".terraform/terraform.tfstate").write_text(json.dumps(record), encoding="utf-8")
    return Stack("dev", folder, frozenset())


@pytest.mark.parametrize(
    ("changed", "address"),
    [
        ({"bucket": "others"}, "s3://others/shop/dev/terraform.tfstate"),
        ({"key": "shop2/dev/terraform.tfstate"}, "s3://states/shop2/dev/terraform.tfstate"),
    ],
)
def test_a_moved_state_is_named_and_terraforms_advice_to_begin_with_an_empty_one_is_not(
    changed: dict[str, str], address: str, tmp_path: Path, make_context: Callable[..., Context]
) -> None:
    with pytest.raises(TerraformError) as error:
        Terraform(make_context(), moved(tmp_path, **changed)).init()
    old = "s3://states/shop/dev/terraform.tfstate"
    assert str(error.value).startswith(
        f"dev: its state is at {old}, but the settings now say {address}; set state.bucket and project.name back"
    )
    assert f"aws s3 cp {old} {address}" in str(error.value)
    assert "reconfigure" not in str(error.value)


def test_another_change_of_the_backend_is_terraforms_own_error(
    tmp_path: Path, make_context: Callable[..., Context]
) -> None:
    with pytest.raises(TerraformError, match="Backend configuration changed"):
        Terraform(make_context(), moved(tmp_path, region="eu-west-1")).init()
