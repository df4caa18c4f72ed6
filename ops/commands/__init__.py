"""The commands of `python -m ops`. Each is thin: it reads options, calls one module, and prints what came of it."""
