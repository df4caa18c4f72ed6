import { parseExpense } from "@intent/shared";
import { desc, sql } from "drizzle-orm";
import { type Context, Hono } from "hono";
import { rateLimiter } from "hono-rate-limiter";
import { cors } from "hono/cors";
import { auth } from "./auth.ts";
import { database } from "./database.ts";
import type { Bindings } from "./env.ts";
import { expenses } from "./schema.ts";

type Env = { Bindings: Bindings };

const app = new Hono<Env>();

app.use("/api/*", cors({ origin: (_, context: Context<Env>) => context.env.WEB_ORIGIN, credentials: true }));
app.use("/api/*", limited((env) => env.GENERAL_RATE_LIMITER));
app.use("/api/auth/*", limited((env) => env.AUTH_RATE_LIMITER));

/** Monitors ask this often, so it has no limit. */
app.get("/health", async (context) => {
  const facts = { timestamp: new Date().toISOString(), version: process.env.GIT_SHA || "unknown" };
  try {
    await database(context.env).execute(sql`select 1`);
    return context.json({ status: "healthy", ...facts, checks: { database: "ok" } });
  } catch (error) {
    console.error("health: the database does not answer:", error instanceof Error ? error.message : "unknown error");
    return context.json({ status: "unhealthy", ...facts, checks: { database: "error" } }, 503);
  }
});

app.on(["GET", "POST"], "/api/auth/*", (context) => auth(context.env).handler(context.req.raw));

app.get("/api/expenses", async (context) => {
  const rows = await database(context.env).select().from(expenses).orderBy(desc(expenses.spentOn)).limit(100);
  return context.json(rows);
});

app.post("/api/expenses", async (context) => {
  const wanted = parseExpense(await context.req.json().catch(() => null));
  if (wanted === null) {
    return context.json({ error: "description, amountCents (an integer) and spentOn (YYYY-MM-DD) are required" }, 400);
  }
  const [row] = await database(context.env).insert(expenses).values(wanted).returning();
  return context.json(row, 201);
});

function limited(binding: (env: Bindings) => RateLimit) {
  return rateLimiter<Env>({
    binding: (context) => binding(context.env),
    keyGenerator: (context) => context.req.header("cf-connecting-ip") ?? "unknown",
    message: { error: "too many requests" },
  });
}

export default app;
