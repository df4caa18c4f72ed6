"""Terraform's states when something is wrong: locks, earlier versions, and resources that one no longer knows."""
