"""The AWS schema of the rehearsal is what the bindings say of the provider."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from tests.support import ROOT

_spec = importlib.util.spec_from_file_location("aws_schema", ROOT / "tools/aws_schema.py")
assert _spec
assert _spec.loader
aws_schema: Any = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(aws_schema)


def test_the_committed_schema_is_current(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["aws_schema.py", "--check"])
    assert aws_schema.main() == 0, capsys.readouterr().err


def test_a_stale_schema_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["aws_schema.py", "--check"])
    monkeypatch.setattr(aws_schema, "ROOT", tmp_path)
    monkeypatch.setattr(aws_schema, "SCHEMA", tmp_path / "old.json")
    (tmp_path / "old.json").write_text("{}")
    assert aws_schema.main() == 1
    assert capsys.readouterr().err == "old.json: not what the bindings say; run tools/aws_schema.py\n"


def test_flags_kinds_and_limits_are_those_of_the_provider() -> None:
    document = json.loads(aws_schema.SCHEMA.read_text())["provider_schemas"]["registry.terraform.io/hashicorp/aws"]
    bucket = document["resource_schemas"]["aws_s3_bucket"]["block"]
    assert bucket["attributes"]["arn"] == {"computed": True, "type": "string"}
    assert bucket["attributes"]["bucket"] == {"computed": True, "optional": True, "type": "string"}
    assert bucket["attributes"]["tags"] == {"optional": True, "type": ["map", "string"]}
    assert bucket["block_types"]["grant"]["nesting_mode"] == "set"
    assert bucket["block_types"]["timeouts"]["nesting_mode"] == "single"
    oidc = document["resource_schemas"]["aws_iam_openid_connect_provider"]["block"]["attributes"]
    assert oidc["client_id_list"] == {"required": True, "type": ["set", "string"]}
    assert oidc["thumbprint_list"] == {"computed": True, "optional": True, "type": ["list", "string"]}
    versioning = document["resource_schemas"]["aws_s3_bucket_versioning"]["block"]["block_types"]
    configuration = versioning["versioning_configuration"]
    assert (configuration["min_items"], configuration["max_items"]) == (1, 1)
    historical = document["resource_schemas"]["aws_budgets_budget"]["block"]["block_types"]["auto_adjust_data"]
    options = historical["block"]["block_types"]["historical_options"]["block"]["attributes"]
    assert options["lookback_available_periods"] == {"computed": True, "type": "number"}
    assert "alias" not in document["provider"]["block"]["attributes"]
    assert len(document["provider"]["block"]["block_types"]["endpoints"]["block"]["attributes"]) > 300
