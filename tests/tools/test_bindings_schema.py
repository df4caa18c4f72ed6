"""The schema that is made from bindings is what they say of the provider."""

import json
from pathlib import Path

import pytest

from tools import bindings_schema
from tools.bindings_schema import AWS, SCHEMAS


def test_the_committed_schema_is_current(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["bindings_schema.py", "--check"])
    assert bindings_schema.main() == 0, capsys.readouterr().err


def test_a_stale_schema_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["bindings_schema.py", "--check"])
    monkeypatch.setattr(bindings_schema, "SCHEMAS", tmp_path)
    (tmp_path / AWS.file).write_text("{}")
    assert bindings_schema.main() == 1
    line = f"{AWS.file}: not what the bindings say; run tools/bindings_schema.py\n"
    assert capsys.readouterr().err == line


def test_flags_kinds_and_limits_are_those_of_the_provider() -> None:
    document = json.loads((SCHEMAS / AWS.file).read_text())["provider_schemas"][AWS.address]
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
