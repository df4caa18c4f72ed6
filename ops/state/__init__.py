"""Repairs Terraform's states: locks, earlier versions, and resources that a state has lost."""
