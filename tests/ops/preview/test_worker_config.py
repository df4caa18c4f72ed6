"""A preview's Worker takes no domain, schedule, queue or workflow of another one."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops import preview
from ops.context.errors import OpsError
from ops.preview.worker_config import preview_configuration, without_taken
from tests.ops.preview_cloud import PreviewCloud

TAKEN: dict[str, Any] = {
    "route": "app.example.dev/api/*",
    "routes": [{"pattern": "api.example.dev", "custom_domain": True}],
    "triggers": {"crons": ["0 3 * * *"]},
    "queues": {"producers": [{"queue": "mail", "binding": "MAIL"}], "consumers": [{"queue": "mail"}]},
    "workflows": [{"name": "orders", "binding": "ORDERS", "class_name": "Orders"}],
}
JSONC = """{
  // production's: "routes": []
  "name": "api", /* not , } here */
  "main": "index.ts", "compatibility_date": "2025-09-27",
  "vars": { "ORIGIN": "https://example.dev//x", "TEXT": "a, }", },
  "workers_dev": false,
  "triggers": { "crons": ["*/5 * * * *"] },
  "env": {
    "dev": { "vars": { "A": "1" }, "workers_dev": false,
      "routes": [{ "pattern": "api.example.dev", "custom_domain": true },] },
    "production": { "routes": ["example.dev/*"] },
  },
}"""


def test_routes_schedules_consumers_and_workflows_are_left_out_everywhere() -> None:
    app = {"name": "api", "main": "a.js", **TAKEN, "env": {"dev": {**TAKEN, "vars": {"A": "1"}}, "production": TAKEN}}
    kept, removed = without_taken(app, "dev")
    producers = {"producers": [{"queue": "mail", "binding": "MAIL"}]}
    table = {"triggers": {}, "queues": producers, "workers_dev": True}
    assert kept == {"name": "api", "main": "a.js", **table, "env": {"dev": {**table, "vars": {"A": "1"}}}}
    paths = ["route", "routes", "triggers.crons", "queues.consumers", "workflows"]
    assert removed == [*paths, *(f"env.dev.{path}" for path in paths)]


def test_a_configuration_that_takes_nothing_stays_as_it_is() -> None:
    app = {"name": "api", "routes": [], "workers_dev": True, "env": {"dev": {"vars": {"A": "1"}, "workers_dev": True}}}
    assert without_taken(app, "dev") == ({name: app[name] for name in app if name != "routes"}, [])


def test_a_preview_has_durable_objects_of_its_own_and_takes_none() -> None:
    """A transfer moves the objects of production's Worker, with what they store, and can't be undone by a preview."""
    moved = {"from": "Room", "from_script": "api-production", "to": "Room"}
    migrations = [{"tag": "v1", "new_sqlite_classes": ["Hall"]}, {"tag": "v2", "transferred_classes": [moved]}]
    kept, removed = without_taken({"migrations": migrations, "env": {"dev": {"migrations": migrations}}}, "dev")
    own = [migrations[0], {"tag": "v2", "new_sqlite_classes": ["Room"]}]
    assert kept["migrations"] == kept["env"]["dev"]["migrations"] == own
    assert removed == ["migrations.transferred_classes", "env.dev.migrations.transferred_classes"]
    assert without_taken({"migrations": migrations[:1]}, "dev")[1] == []


@given(
    st.dictionaries(st.sampled_from(["vars", "d1_databases", "kv_namespaces", "ratelimits", *TAKEN]), st.integers()),
    st.sampled_from(["dev", "production", "other"]),
)
def test_nothing_else_is_left_out(table: dict[str, int], environment: str) -> None:
    kept, removed = without_taken({**table, "env": {"dev": table}}, environment)
    whole = {name for name in ("route", "routes", "workflows") if name in table}
    assert set(kept) - {"env", "workers_dev"} == set(table) - whole
    assert ("env" in kept) == (environment == "dev")
    assert {path for path in removed if not path.startswith("env.")} == {name for name in whole if table[name]}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("wrangler.jsonc", JSONC),
        ("wrangler.toml", 'name = "api"\n[triggers]\ncrons = ["*/5 * * * *"]\n[env.dev]\nroutes = ["example.dev/*"]\n'),
    ],
)
def test_the_file_is_beside_the_apps_and_removed(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with preview_configuration(tmp_path / name, "dev") as (file, removed):
        assert file.parent == tmp_path
        written = json.loads(file.read_text())
        assert removed == ["triggers.crons", "env.dev.routes"]
    assert written["workers_dev"] is written["env"]["dev"]["workers_dev"] is True
    assert "production" not in written["env"]
    assert "routes" not in written["env"]["dev"]
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_a_file_that_cannot_be_read_deploys_no_preview(tmp_path: Path) -> None:
    (tmp_path / "wrangler.jsonc").write_text("{ not json")
    with pytest.raises(OpsError), preview_configuration(tmp_path / "wrangler.jsonc", "dev"):
        pass


def test_a_build_tools_redirection_is_followed(tmp_path: Path) -> None:
    (tmp_path / "wrangler.toml").write_text('name = "api"\n')
    (tmp_path / ".wrangler/deploy").mkdir(parents=True)
    (tmp_path / ".wrangler/deploy/config.json").write_text('{"configPath": "../../dist/wrangler.json"}')
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist/wrangler.json").write_text('{"name": "built", "routes": ["example.dev/*"]}')
    with preview_configuration(tmp_path / "wrangler.toml", "dev") as (file, removed):
        assert (file.parent, removed) == (tmp_path / "dist", ["routes"])


def test_a_preview_is_deployed_without_the_apps_domain_and_says_so_once(
    preview_cloud: PreviewCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = preview_cloud.app / "apps/api"
    (folder / "wrangler.jsonc").write_text(JSONC)
    preview.up(preview_cloud.context(), preview_cloud.pull_request(), preview_cloud.app)
    said = capsys.readouterr()
    line = "API: deployed without triggers.crons, env.dev.routes, which a preview would take from another Worker"
    assert (said.out + said.err).count(line) == 1
    configuration = preview_cloud.deployed_configuration()
    assert configuration["workers_dev"] is True
    assert "crons" not in configuration["triggers"]
    assert configuration["env"] == {"dev": {"vars": {"A": "1"}, "workers_dev": True}}
    assert sorted(each.name for each in folder.iterdir()) == ["node_modules", "wrangler.jsonc"]
