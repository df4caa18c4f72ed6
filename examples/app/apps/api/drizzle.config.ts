// Read by `npx drizzle-kit generate --config apps/api/drizzle.config.ts`, which writes the next migration after a change of the schema.
export default {
  dialect: "postgresql",
  schema: "apps/api/src/schema.ts",
  out: "apps/api/migrations",
};
