import { neon } from "@neondatabase/serverless";
import { drizzle } from "drizzle-orm/neon-http";
import type { Bindings } from "./env.ts";
import * as schema from "./schema.ts";

/** The database: each query is one HTTPS request to the endpoint's host, so nothing is left open after a request. */
export function database(env: Bindings) {
  return drizzle(neon(env.DATABASE_URL), { schema });
}
