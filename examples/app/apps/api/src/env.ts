/** The bindings of wrangler.jsonc and the Worker's secrets. */
export interface Bindings {
  /** Secret: `postgresql://role:password@host/database?sslmode=require`. */
  DATABASE_URL: string;
  /** Secret: signs sessions. */
  BETTER_AUTH_SECRET: string;
  /** Secret: the API's own address. */
  BETTER_AUTH_URL: string;
  /** The site that may call the API from a browser. */
  WEB_ORIGIN: string;
  GENERAL_RATE_LIMITER: RateLimit;
  AUTH_RATE_LIMITER: RateLimit;
}
