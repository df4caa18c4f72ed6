"""The rules between tables, a module for each part of the settings.

Each check takes the whole settings and raises a ValueError of one line: where, what, what to do. A message names its
key itself, since pydantic reports the whole file for it.
"""
