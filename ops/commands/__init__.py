"""The commands of `python -m ops`. Each reads its options, calls one module, and prints the result."""
