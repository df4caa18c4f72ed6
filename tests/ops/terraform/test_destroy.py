"""What a destroy refuses before it plans anything."""

from typing import Any

import pytest

from ops.clouds.stored_states import StoredState
from ops.context.errors import OpsError
from ops.terraform import destroy as destroying
from ops.terraform.destroy import DestroyOptions, destroy
from tests.ops.tiny_app import TinyApp

KEY = "tiny/project/terraform.tfstate"


def reader(key: str) -> dict[str, Any]:
    """A remote state as Terraform writes it into the state of the stack that reads it."""
    config = {"value": {"bucket": "acme-states", "key": key}, "type": "dynamic"}
    attributes = {"backend": "s3", "config": config}
    return {
        "mode": "data",
        "type": "terraform_remote_state",
        "name": "project",
        "instances": [{"attributes": attributes}],
    }


def test_a_stack_that_only_an_abandoned_state_depends_on_is_not_destroyed(
    tiny_app: TinyApp, monkeypatch: pytest.MonkeyPatch
):
    """The last environment was removed from the settings, so no stack reads from project anymore."""
    tiny_app.synth({"project": {"terraform": {"backend": {"s3": {"bucket": "acme-states", "key": KEY}}}}})
    document = {"resources": [reader(KEY)]}
    old = StoredState("dev", "s3://acme-states/tiny/dev/terraform.tfstate", ("neon_branch.this",), document)
    monkeypatch.setattr(destroying, "abandoned_states", lambda _context: [old])  # pyright: ignore[reportUnknownLambdaType]
    with pytest.raises(OpsError, match=r"^project: dev depend on it; destroy them first: python -m ops destroy dev$"):
        destroy(tiny_app.context(), "project", DestroyOptions(confirm=bool))
