"""Stand-ins for Terraform's providers: real schemas, the real plan-time behavior, and a cloud on loopback."""
