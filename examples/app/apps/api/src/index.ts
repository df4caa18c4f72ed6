import { desc } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { type Context, Hono, type Next } from "hono";
import { cors } from "hono/cors";
import { secureHeaders } from "hono/secure-headers";
import pg from "pg";
import type { Bindings } from "./bindings.ts";
import { expenses } from "./schema.ts";

type Env = { Bindings: Bindings };

const CONNECT_TIMEOUT_MILLISECONDS = 5000;

const app = new Hono<Env>();

app.use(secureHeaders());
app.use("/api/*", cors({ origin: (_, context: Context<Env>) => context.env.WEB_ORIGIN }));
app.use("/api/*", (context, next) => limit(context, next, context.env.GENERAL_RATE_LIMITER));
app.use("/api/auth/*", (context, next) => limit(context, next, context.env.AUTH_RATE_LIMITER));

/** Whether the Worker reaches its database, and which version answers. It is not limited: monitors ask often. */
app.get("/health", async (context) => {
  const { id, tag } = context.env.CF_VERSION_METADATA;
  try {
    await withDatabase(context, (client) => client.query("select 1"));
    return context.json({ status: "ok", database: "ok", version: id, tag });
  } catch (error) {
    console.error("health: the database does not answer:", error instanceof Error ? error.message : "unknown error");
    return context.json({ status: "error", database: "unreachable", version: id, tag }, 503);
  }
});

app.get("/api/expenses", async (context) => {
  const rows = await withDatabase(context, (client) =>
    drizzle(client).select().from(expenses).orderBy(desc(expenses.spentOn)).limit(100),
  );
  return context.json(rows);
});

app.post("/api/expenses", async (context) => {
  const wanted = parseExpense(await context.req.json().catch(() => null));
  if (wanted === null) {
    return context.json({ error: "description, amountCents (a whole number) and spentOn (YYYY-MM-DD) are needed" }, 400);
  }
  const [row] = await withDatabase(context, (client) => drizzle(client).insert(expenses).values(wanted).returning());
  return context.json(row, 201);
});

/** The place of the real app's authentication: here it shows the stricter limit alone. */
app.all("/api/auth/*", (context) => context.json({ error: "the reference app has no accounts" }, 501));

async function limit(context: Context<Env>, next: Next, limiter: RateLimit): Promise<Response | void> {
  const { success } = await limiter.limit({ key: context.req.header("cf-connecting-ip") ?? "unknown" });
  return success ? next() : context.json({ error: "too many requests" }, 429);
}

/** One connection a request: a Worker may not share a socket between requests. Neon's pooler makes that cheap. */
async function withDatabase<T>(context: Context<Env>, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: context.env.DATABASE_URL,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MILLISECONDS,
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    context.executionCtx.waitUntil(client.end());
  }
}

function parseExpense(body: unknown): typeof expenses.$inferInsert | null {
  const { description, amountCents, spentOn, category } = (body ?? {}) as Record<string, unknown>;
  if (typeof description !== "string" || !description.trim() || !Number.isInteger(amountCents)) return null;
  if (typeof spentOn !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(spentOn)) return null;
  const chosen = typeof category === "string" ? category : undefined;
  return { description: description.trim(), amountCents: amountCents as number, spentOn, category: chosen };
}

export default app;
