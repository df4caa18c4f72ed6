"""The owner's page: what is deployed, with cost and drift."""
