"""What the rehearsal proves, step by step, with real Terraform on a local cloud."""
