"""What runs around Terraform: plans with a guard, deploys, drift, releases, previews, checks and notices."""
