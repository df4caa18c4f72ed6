"""@neondatabase/serverless as the reference app installs it, against a local cloud: from Node, and from a Worker."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from sandbox.process import ROOT, LocalService
from sandbox.world import node_environment

API = ROOT / "examples" / "app" / "apps" / "api"
DRIVER = API / "node_modules" / "@neondatabase" / "serverless"
RUNNER = ROOT / "sandbox" / "cloud" / "workers" / "runner" / "node_modules" / "miniflare"
REST = "c-2.us-east-2.aws.neon.localhost"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (DRIVER.is_dir() and RUNNER.is_dir()), reason="the app's packages are not installed: run `make app`"
    ),
]

# Each case runs by itself and returns what JSON can hold; `failure` is what an error says for itself.
CASES = r"""
const failure = async (promise) => {
  try { await promise; return "no error"; }
  catch (error) { return { name: error.name, code: error.code, message: error.message, detail: error.detail ?? null,
                           position: error.position ?? null, constraint: error.constraint ?? null }; }
};
const wrong = url.replace(/:[^:@]*@/, ":wrong@");
const pooled = url.replace(/@([^.]+)\./, "@$1-pooler.");
const cases = {
  types: async () => {
    const [row] = await sql`select 1::int2 a, 2::int4 b, ${"9007199254740993"}::int8 c, 1.5::float8 d, 'NaN'::float4 e,
      true f, null g, '2026-01-02'::date h, '{"k":[1,null]}'::jsonb i, 1.10::numeric j, 'x'::text k`;
    return { ...row, h: row.h instanceof Date };
  },
  arrays: async () => (await sql.query("select $1::int[] a, $2::text[] b, $3::text[][] c",
    [[1, null, 3], ["x,y", 'q"', null], [["a"], ["b"]]]))[0],
  json_parameter: async () => (await sql`select ${{ a: [1, "x"] }}::jsonb as j`)[0].j,
  bytea: async () => (await sql`select ${Buffer.from([0, 1, 254, 255])}::bytea as b`)[0].b.toString("hex"),
  array_mode: async () => sql.query("select $1::int, 2 as two", [1], { arrayMode: true }),
  full_results: async () => {
    const { fields, rowCount, command, rows } = await sql.query("select 1 as one", [], { fullResults: true });
    return { fields: fields.map(({ name, dataTypeID }) => [name, dataTypeID]), rowCount, command, rows };
  },
  write: async () => {
    await sql`drop table if exists t`;
    await sql`create table t (id int primary key, v text)`;
    const { command, rowCount } = await sql.query("insert into t values (1, 'a'), (2, 'b')", [], { fullResults: true });
    return [command, rowCount, await sql`select * from t order by id`];
  },
  transaction: async () => {
    const results = await sql.transaction([sql`insert into t values (3, 'c')`, sql`select count(*)::int n from t`,
      sql`select current_setting('transaction_isolation') i`], { isolationLevel: "Serializable" });
    return results;
  },
  transaction_rolls_back: async () => {
    const error = await failure(
      sql.transaction([sql`insert into t values (9, 'z')`, sql`insert into t values (1, 'again')`]));
    return [error.code, error.constraint, (await sql`select count(*)::int n from t where id = 9`)[0].n];
  },
  read_only: async () => (await failure(sql.transaction([sql`delete from t`], { readOnly: true }))).code,
  deferrable: async () => sql.transaction([sql`select current_setting('transaction_deferrable') d`],
    { isolationLevel: "Serializable", readOnly: true, deferrable: true }),
  bad_isolation: async () => failure(sql.transaction([sql`select 1`], { isolationLevel: "Chaos" })),
  error: async () => failure(sql`select nope`),
  two_statements: async () => (await failure(sql.query("select 1; select 2"))).code,
  wrong_password: async () => failure(neon(wrong)`select 1`),
  unknown_endpoint: async () => failure(neon(url.replace(/@[^.]+\./, "@ep-nobody-00000000."))`select 1`),
  unknown_database: async () => failure(neon(url.replace(/\/\w+\?/, "/nothing?"))`select 1`),
  pooled_host: async () => neon(pooled)`select 1 as one`,
  big: async () => (await sql`select repeat('x', 9000000) as x`)[0].x.length,
  too_big: async () => failure(sql`select repeat('x', 11000000) as x`),
  websocket: async () => {
    const pool = new Pool({ connectionString: url });
    const client = await pool.connect();
    try {
      await client.query("begin");
      const before = await client.query("select $1::int as n, pg_backend_pid() as pid", [7]);
      const same = await client.query("select pg_backend_pid() as pid");
      await client.query("rollback");
      const big = await client.query("select repeat('y', 300000) as y");
      return [before.rows[0].n, before.rows[0].pid === same.rows[0].pid, big.rows[0].y.length];
    } finally { client.release(); await pool.end(); }
  },
  websocket_error: async () => {
    const pool = new Pool({ connectionString: pooled });
    try { return (await failure(pool.query("select nope"))).code; } finally { await pool.end(); }
  },
  websocket_wrong_password: async () => (await failure(new Pool({ connectionString: wrong }).query("select 1"))).code,
};
const results = {};
for (const [name, run] of Object.entries(cases)) {
  results[name] = await run().catch((error) => `${error.name}: ${error.message}`);
}
"""
NODE = """
import { createRequire } from "node:module";
const { neon, Pool } = createRequire(process.argv[1])("@neondatabase/serverless");
const url = process.env.DATABASE_URL;
const sql = neon(url);
%s
console.log(JSON.stringify(results));
"""
WORKER = """
import { neon, Pool } from "./driver.mjs";
import { Buffer } from "node:buffer";
export default { async fetch(request, env) {
  const url = env.DATABASE_URL;
  const sql = neon(url);
  %s
  return Response.json(results);
} };
"""
_REFUSED = {"detail": None, "position": None, "constraint": None, "name": "NeonDbError"}
EXPECTED = {
    "types": {
        "a": 1, "b": 2, "c": "9007199254740993", "d": 1.5, "e": None, "f": True, "g": None, "h": True,
        "i": {"k": [1, None]}, "j": "1.10", "k": "x",
    },
    "arrays": {"a": [1, None, 3], "b": ["x,y", 'q"', None], "c": [["a"], ["b"]]},
    "json_parameter": {"a": [1, "x"]},
    "bytea": "0001feff",
    "array_mode": [[1, 2]],
    "full_results": {"fields": [["one", 23]], "rowCount": 1, "command": "SELECT", "rows": [{"one": 1}]},
    "write": ["INSERT", 2, [{"id": 1, "v": "a"}, {"id": 2, "v": "b"}]],
    "transaction": [[], [{"n": 3}], [{"i": "serializable"}]],
    "transaction_rolls_back": ["23505", "t_pkey", 0],
    "read_only": "25006",
    "deferrable": [[{"d": "on"}]],
    "bad_isolation": {**_REFUSED, "code": "", "message": "invalid isolation level"},
    "error": {**_REFUSED, "code": "42703", "message": 'column "nope" does not exist', "position": "8"},
    "two_statements": "42601",
    "wrong_password": {**_REFUSED, "code": "", "message": 'password authentication failed for user "neondb_owner"'},
    "unknown_endpoint": {
        **_REFUSED,
        "code": "",
        "message": "The requested endpoint could not be found, or you don't have access to it. "
        "Please check the provided ID and try again.",
    },
    "unknown_database": {**_REFUSED, "code": "", "message": 'database "nothing" does not exist'},
    "pooled_host": [{"one": 1}],
    "big": 9_000_000,
    "websocket": [7, True, 300_000],
    "websocket_error": "42703",
    "websocket_wrong_password": "28P01",
}  # fmt: skip


@dataclass(frozen=True)
class Neon:
    """A local cloud with a Neon project.

    Attributes:
        home: the cloud's folder.
        url: the cloud's address.
        database: the connection string of the project's database, by its endpoint's name.
        key: for Neon's API.
        token: for Cloudflare's API.
    """

    home: Path
    url: str
    database: str
    key: str
    token: str


@pytest.fixture(scope="module")
def neon(tmp_path_factory: pytest.TempPathFactory) -> Generator[Neon]:
    home = tmp_path_factory.mktemp("neon")
    (home / "seed.json").write_text(json.dumps({"account_id": "acc1", "workers_subdomain": "acme"}))
    key, token = f"napi_{secrets.token_hex(24)}", secrets.token_hex(20)
    environment = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ} | {
        "HOME": str(home),
        "SANDBOX_NEON_API_KEY": key,
        "SANDBOX_CLOUDFLARE_API_TOKEN": token,
    }
    cloud = LocalService(
        "sandbox.cloud",
        ["--home", str(home)],
        answer=home / "cloud.json",
        log=home / "cloud.log",
        environment=environment,
    )
    try:
        cloud.wait()
        project = httpx.post(
            f"{cloud.url}/api/v2/projects",
            json={"project": {"name": "driver"}},
            headers={"Authorization": f"Bearer {key}"},
            timeout=60,
        ).raise_for_status()
        parts = urlsplit(project.json()["connection_uris"][0]["connection_uri"])
        host = f"{project.json()['endpoints'][0]['id']}.{REST}"
        address = f"postgresql://{parts.username}:{parts.password}@{host}{parts.path}?sslmode=require"
        yield Neon(home, cloud.url, address, key, token)
    finally:
        cloud.stop()


def in_node(neon: Neon, script: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "DATABASE_URL": neon.database,
        **node_environment(neon.home),
    }
    command = ["node", "--input-type=module", "--eval", script, str(API / "package.json")]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


def in_worker(neon: Neon, script: str) -> Any:
    metadata = {
        "main_module": "index.mjs",
        "compatibility_date": "2025-09-27",
        "compatibility_flags": ["nodejs_compat"],
        "bindings": [{"type": "secret_text", "name": "DATABASE_URL", "text": neon.database}],
    }
    kind = "application/javascript+module"
    files = {
        "metadata": (None, json.dumps(metadata), "application/json"),
        "index.mjs": ("index.mjs", script, kind),
        "driver.mjs": ("driver.mjs", (DRIVER / "index.mjs").read_bytes(), kind),
    }
    headers = {"Authorization": f"Bearer {neon.token}"}
    script_url = f"{neon.url}/client/v4/accounts/acc1/workers/scripts/driver"
    httpx.put(script_url, files=files, headers=headers, timeout=60).raise_for_status()
    httpx.post(f"{script_url}/subdomain", json={"enabled": True}, headers=headers, timeout=60).raise_for_status()
    served = httpx.get(f"{neon.url}/_sandbox/addresses").json()
    return httpx.get(served["https://driver.acme.workers.dev"], timeout=120).raise_for_status().json()


def check(results: dict[str, Any]) -> None:
    too_big = results.pop("too_big")
    assert too_big["name"] == "NeonDbError"
    assert "507" in too_big["message"]
    assert results == EXPECTED


def test_every_feature_of_the_driver_from_node(neon: Neon) -> None:
    done = in_node(neon, NODE % CASES)
    assert (done.returncode, done.stderr) == (0, "")
    check(json.loads(done.stdout))


def test_every_feature_of_the_driver_from_a_worker(neon: Neon) -> None:
    check(in_worker(neon, WORKER % CASES))


def test_without_the_loader_no_endpoint_is_reached(neon: Neon) -> None:
    """The loader is what brings a Node program here; the certificate alone does not."""
    environment = {name: value for name, value in node_environment(neon.home).items() if name != "NODE_OPTIONS"}
    script = NODE % "const results = await sql`select 1`.catch((error) => error.name);"
    command = ["node", "--input-type=module", "--eval", script, str(API / "package.json")]
    environment |= {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "DATABASE_URL": neon.database}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert json.loads(done.stdout) == "NeonDbError"


@pytest.mark.parametrize(
    ("headers", "body", "status", "says"),
    [
        ({}, {"query": "select 1"}, 400, "missing required header"),
        ({"Neon-Connection-String": "mysql://a:b@c/d"}, {"query": "select 1"}, 400, "invalid connection string"),
        ({"Neon-Connection-String": "postgres://a@c.localhost/d"}, {"query": "select 1"}, 400, "missing password"),
        ({}, {"sql": "select 1"}, 400, "could not parse"),
        ({}, {"queries": 7}, 400, "could not parse"),
    ],
)
def test_a_malformed_request_is_refused(
    neon: Neon, headers: dict[str, str], body: object, status: int, says: str
) -> None:
    answer = httpx.post(f"{neon.url}/sql", json=body, headers={"Host": f"api.{REST}", **headers})
    assert answer.status_code == status
    assert says in answer.json()["message"]


def test_other_hosts_have_no_such_routes(neon: Neon) -> None:
    assert httpx.post(f"{neon.url}/sql", json={"query": "select 1"}).status_code == 404
    assert httpx.get(f"{neon.url}/", headers={"Host": f"api.{REST}"}).status_code == 404
