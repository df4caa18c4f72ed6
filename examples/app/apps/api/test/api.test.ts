import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import type { Bindings } from "../src/bindings.ts";
import app from "../src/index.ts";

const execution = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} };

/** A limiter that lets the first `allowed` calls through. */
function limiter(allowed: number): RateLimit {
  let used = 0;
  return { limit: async () => ({ success: used++ < allowed }) };
}

function bindings(changed: Partial<Bindings> = {}): Bindings {
  return {
    DATABASE_URL: "postgresql://nobody:none@127.0.0.1:1/none",
    WEB_ORIGIN: "https://site.example",
    CF_VERSION_METADATA: { id: "version-1", tag: "v1", timestamp: "2026-01-01T00:00:00Z" },
    GENERAL_RATE_LIMITER: limiter(100),
    AUTH_RATE_LIMITER: limiter(5),
    ...changed,
  };
}

test("health says which version answers, and 503 where the database does not", async () => {
  const answer = await app.request("/health", {}, bindings(), execution);
  assert.equal(answer.status, 503);
  assert.deepEqual(await answer.json(), { status: "error", database: "unreachable", version: "version-1", tag: "v1" });
});

test("answers carry the security headers", async () => {
  const answer = await app.request("/health", {}, bindings(), execution);
  assert.match(answer.headers.get("strict-transport-security") ?? "", /max-age=\d+/);
  assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
});

test("the site's origin alone may call the API", async () => {
  const answer = await app.request("/api/auth/session", {}, bindings(), execution);
  assert.equal(answer.headers.get("access-control-allow-origin"), "https://site.example");
});

test("authentication has the stricter limit", async () => {
  const env = bindings();
  const statuses: number[] = [];
  for (let call = 0; call < 6; call++) {
    statuses.push((await app.request("/api/auth/session", {}, env, execution)).status);
  }
  assert.deepEqual(statuses, [501, 501, 501, 501, 501, 429]);
});

test("the general limit holds for the whole API, but not for health", async () => {
  const env = bindings({ GENERAL_RATE_LIMITER: limiter(0) });
  assert.equal((await app.request("/api/expenses", {}, env, execution)).status, 429);
  assert.equal((await app.request("/health", {}, env, execution)).status, 503);
});

test("an expense that is no expense is refused before the database is asked", async () => {
  for (const body of ["", "{}", '{"description": "x", "amountCents": 1.5, "spentOn": "2026-01-01"}']) {
    const answer = await app.request("/api/expenses", { method: "POST", body }, bindings(), execution);
    assert.equal(answer.status, 400, body);
  }
});

test("every environment has the limits of the plan", () => {
  const text = readFileSync(new URL("../wrangler.jsonc", import.meta.url), "utf8").replace(/^\s*\/\/.*$/gm, "");
  const config = JSON.parse(text);
  for (const [name, environment] of Object.entries<any>(config.env)) {
    const limits = environment.ratelimits.map((item: any) => [item.name, item.simple.limit, item.simple.period]);
    assert.deepEqual(limits, [["GENERAL_RATE_LIMITER", 100, 60], ["AUTH_RATE_LIMITER", 5, 60]], name);
  }
  assert.equal(config.observability.enabled, true);
});

test("every migration is in the journal", () => {
  const folder = new URL("../migrations/", import.meta.url);
  const journal = JSON.parse(readFileSync(new URL("meta/_journal.json", folder), "utf8"));
  const files = readdirSync(folder).filter((name) => name.endsWith(".sql")).sort();
  assert.deepEqual(journal.entries.map((entry: any) => `${entry.tag}.sql`), files);
});
