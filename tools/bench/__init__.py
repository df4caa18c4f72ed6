"""How long synth and planning take, compared with their goals. `make bench` runs it."""
