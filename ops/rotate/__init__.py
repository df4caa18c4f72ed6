"""Rotates API keys, tokens and database passwords."""
