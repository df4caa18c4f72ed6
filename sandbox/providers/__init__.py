"""Stand-ins for Terraform's providers: the real schemas, the real plan-time behaviour, and a cloud on loopback."""
