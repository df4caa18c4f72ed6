/** What wrangler.jsonc and the Worker's secrets give to the code. */
export interface Bindings {
  /** Secret: `postgresql://role:password@host/database?sslmode=require`. */
  DATABASE_URL: string;
  /** The site that may call the API from a browser. */
  WEB_ORIGIN: string;
  CF_VERSION_METADATA: WorkerVersionMetadata;
  GENERAL_RATE_LIMITER: RateLimit;
  AUTH_RATE_LIMITER: RateLimit;
}
