import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import type { Bindings } from "../src/env.ts";
import app from "../src/index.ts";

/** A limiter that lets the first `allowed` calls through. */
function limiter(allowed: number): RateLimit {
  let used = 0;
  return { limit: async () => ({ success: used++ < allowed }) };
}

/** Bindings whose database answers nobody. */
function bindings(changed: Partial<Bindings> = {}): Bindings {
  return {
    DATABASE_URL: "postgresql://nobody:none@nowhere.invalid/none",
    BETTER_AUTH_SECRET: "only-for-these-tests-0123456789abcdef",
    BETTER_AUTH_URL: "https://api.example",
    WEB_ORIGIN: "https://site.example",
    GENERAL_RATE_LIMITER: limiter(100),
    AUTH_RATE_LIMITER: limiter(5),
    ...changed,
  };
}

test("health is 503 if the database does not answer", async () => {
  const answer = await app.request("/health", {}, bindings());
  assert.equal(answer.status, 503);
  const { timestamp, ...rest } = (await answer.json()) as Record<string, unknown>;
  assert.match(String(timestamp), /^\d{4}-\d{2}-\d{2}T/);
  assert.deepEqual(rest, { status: "unhealthy", version: "unknown", checks: { database: "error" } });
});

test("only the site's origin may call the API", async () => {
  const answer = await app.request("/api/auth/ok", {}, bindings());
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("access-control-allow-origin"), "https://site.example");
});

test("authentication has the stricter limit", async () => {
  const env = bindings();
  const statuses: number[] = [];
  for (let call = 0; call < 6; call++) statuses.push((await app.request("/api/auth/ok", {}, env)).status);
  assert.deepEqual(statuses, [200, 200, 200, 200, 200, 429]);
});

test("the general limit covers the API, but not health", async () => {
  const env = bindings({ GENERAL_RATE_LIMITER: limiter(0) });
  assert.equal((await app.request("/api/expenses", {}, env)).status, 429);
  assert.equal((await app.request("/health", {}, env)).status, 503);
});

test("a malformed expense is refused before the database is asked", async () => {
  for (const body of ["", "{}", '{"description": "x", "amountCents": 1.5, "spentOn": "2026-01-01"}']) {
    const answer = await app.request("/api/expenses", { method: "POST", body }, bindings());
    assert.equal(answer.status, 400, body);
  }
});

test("every migration is in the journal", () => {
  const folder = new URL("../migrations/", import.meta.url);
  const journal = JSON.parse(readFileSync(new URL("meta/_journal.json", folder), "utf8"));
  const files = readdirSync(folder).filter((name) => name.endsWith(".sql")).sort();
  assert.deepEqual(
    journal.entries.map((entry: { tag: string }) => `${entry.tag}.sql`),
    files,
  );
});
