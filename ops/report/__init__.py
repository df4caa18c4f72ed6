"""The owner's report: what is deployed, with drift and cost."""
