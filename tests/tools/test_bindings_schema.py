"""The schemas that are made from bindings are what the bindings say of the providers."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.providers.schema import ProviderSchemas
from tests.support import ROOT
from tools import bindings_schema
from tools.bindings_schema import AWS, CLOUDFLARE, SCHEMAS, SOURCES, Source, render


def _resources(source: Source, text: str) -> dict[str, Any]:
    return json.loads(text)["provider_schemas"][source.address]["resource_schemas"]


def test_the_committed_schemas_are_current(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["bindings_schema.py", "--check"])
    assert bindings_schema.main() == 0, capsys.readouterr().err


def test_a_stale_schema_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["bindings_schema.py", "--check"])
    monkeypatch.setattr(bindings_schema, "SCHEMAS", tmp_path)
    monkeypatch.setattr(bindings_schema, "SOURCES", [CLOUDFLARE])
    (tmp_path / CLOUDFLARE.file).write_text("{}")
    assert bindings_schema.main() == 1
    line = f"{CLOUDFLARE.file}: not what the bindings say; run tools/bindings_schema.py\n"
    assert capsys.readouterr().err == line


@pytest.mark.parametrize(
    "kind",
    [
        "cloudflare_notification_policy_webhooks",
        "cloudflare_pages_domain",
        "cloudflare_workers_custom_domain",
        "cloudflare_workers_route",
    ],
)
def test_what_is_made_is_the_providers_own_schema_where_that_is_known(kind: str) -> None:
    """Held to types whose real schema is here: only what bindings can't tell may lack."""
    file = ROOT / "sandbox/providers/schemas/cloudflare-cloudflare-5.16.0.json"
    real = _resources(CLOUDFLARE, file.read_text())[kind]
    for attribute in real["block"]["attributes"].values():
        attribute.pop("sensitive", None)
        attribute.pop("deprecated", None)
    assert _resources(CLOUDFLARE, render(replace(CLOUDFLARE, resources={kind: 0})))[kind] == real


def test_a_type_has_one_schema_alone() -> None:
    """What the real schema has is never written over by what is made."""
    for source in SOURCES:
        real = SCHEMAS / source.file.replace(".bindings.json", ".json")
        if real.name != source.file:
            assert not set(source.resources) & set(_resources(source, real.read_text()))


def test_the_stand_in_knows_both_the_real_types_and_the_made_ones() -> None:
    schemas = ProviderSchemas(CLOUDFLARE.address, "5.16.0")
    assert {"cloudflare_zone_setting", *CLOUDFLARE.resources} <= set(schemas.resources)
    http = schemas.resources["cloudflare_healthcheck"].block.members["http_config"]
    assert (http.nesting, http.computed, http.optional) == ("single", True, True)
    assert http.inside
    assert http.inside.members["header"].type == ["map", ["list", "string"]]
    stale = schemas.resources["cloudflare_bot_management"].block.members["stale_zone_configuration"]
    assert (stale.computed, stale.optional) == (True, False)
    assert stale.inside
    assert stale.inside.members["fight_mode"].type == "bool"


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
