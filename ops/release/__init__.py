"""Releases of the app, from the checks to the notice, and rollbacks."""

from ops.release.release_request import ReleaseRequest, read_release_request
from ops.release.release_run import ReleaseExit, release
from ops.release.rollback import roll_back

__all__ = ["ReleaseExit", "ReleaseRequest", "read_release_request", "release", "roll_back"]
