"""Groups of commands of `python -m ops`, each thin: options in, one call, lines out."""
