"""A runtime of Workers that serves nothing, for tests in which it is beside the point."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sandbox.cloud.document_store import Document
from sandbox.cloud.workers.worker_runtime import Front, RuntimeFailedError


class FakeRuntime:
    """Starts whatever does not say ``broken``, and remembers how requests are routed."""

    fronts: dict[str, Front]

    def __init__(self, home: Path, options: Callable[[str], Document]) -> None:  # noqa: ARG002
        self._options = options
        self.fronts = {}

    def start(self, worker: str, version_id: str) -> int:  # noqa: ARG002
        if "YnJva2Vu" in self._options(version_id)["modules"][0]["contents"]:
            raise RuntimeFailedError("Uncaught SyntaxError")
        return 7

    def route(self, front: Front) -> int:
        self.fronts[front.worker] = front
        return front.port or 4000 + len(self.fronts)

    def remove(self, worker: str) -> None:
        self.fronts.pop(worker, None)

    def stop(self) -> None:
        self.fronts.clear()
