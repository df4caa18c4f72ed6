"""Rotation of tokens and passwords."""
