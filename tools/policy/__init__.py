"""Policy: checkov, with checks of this project's own for Cloudflare and Neon, on what is synthesized."""
