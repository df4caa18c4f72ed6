"""The local cloud's answers and refusals, compared with the published specifications of Neon and Cloudflare."""
