"""How long synth takes, held against what is expected of it. `make bench` runs it."""
