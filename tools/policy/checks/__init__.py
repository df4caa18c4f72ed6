"""Checks of this project's own, one a module. checkov loads no folder without this file."""
