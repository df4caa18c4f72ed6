"""Conformance: the same plans with the stand-in providers and, as recorded, with the real ones."""
