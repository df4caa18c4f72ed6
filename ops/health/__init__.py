"""Checks of what is deployed and of what a run needs: doctor, smoke test, uptime."""
