// Applies the migrations that the database lacks: `DATABASE_URL=… node apps/api/migrate.mjs`.
// All pending ones run in one transaction, so a failed one leaves the database as it was.
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import { fileURLToPath } from "node:url";
import pg from "pg";

const LOCK = 7_283_911; // Any number: two migrators of this app must choose the same.

/** pg verifies the certificate for `require` too, and warns at length that it will not for ever: say it outright. */
function verified(address) {
  return address.includes("uselibpqcompat") ? address : address.replace("sslmode=require", "sslmode=verify-full");
}

async function applied(client) {
  const { rows } = await client.query("select to_regclass('drizzle.__drizzle_migrations') is not null as found");
  if (!rows[0].found) return 0;
  const counted = await client.query("select count(*)::int as number from drizzle.__drizzle_migrations");
  return counted.rows[0].number;
}

async function main() {
  if (!process.env.DATABASE_URL) throw new Error("DATABASE_URL is not set");
  const client = new pg.Client({ connectionString: verified(process.env.DATABASE_URL) });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [LOCK]);
    const before = await applied(client);
    await migrate(drizzle(client), { migrationsFolder: fileURLToPath(new URL("migrations", import.meta.url)) });
    const added = (await applied(client)) - before;
    console.log(`migrate: ${added} applied, ${before + added} in all`);
  } finally {
    await client.end();
  }
}

try {
  await main();
} catch (error) {
  // drizzle's own message quotes the statement; the reason is its cause.
  console.error(`migrate: ${error.cause?.message ?? error.message}`);
  process.exitCode = 1;
}
