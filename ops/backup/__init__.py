"""Backups: encrypted dumps of an environment's database in the state bucket's account, and their restore."""
