"""Terraform around the synthesized stacks: plan, guard, deploy, drift, outputs."""
