"""The local cloud: the Neon and Cloudflare APIs in one process on loopback, with real Postgres databases behind."""
