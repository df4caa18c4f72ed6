import { betterAuth } from "better-auth";
import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { database } from "./database.ts";
import type { Bindings } from "./env.ts";
import * as schema from "./schema.ts";

/** Accounts with e-mail address and password. Made for each request: a Worker's bindings come with the request. */
export function auth(env: Bindings) {
  return betterAuth({
    baseURL: env.BETTER_AUTH_URL,
    secret: env.BETTER_AUTH_SECRET,
    trustedOrigins: [env.WEB_ORIGIN],
    database: drizzleAdapter(database(env), { provider: "pg", schema }),
    emailAndPassword: { enabled: true },
  });
}
