"""S3, STS, IAM and Budgets on loopback: moto's server, in a process of its own that ends with its parent.

Usage: python -m sandbox.s3 <file>; it writes its address to the file once it accepts requests.

moto holds everything in memory. If MOTO_RECORDER_FILEPATH names a file, each request that changes something is added to
it (moto's page "Recorder"), and those in it are repeated at first: the same objects, with versions of other ids.
"""

import json
import os
import sys
import threading
import time
from pathlib import Path

from moto.core.request import Request
from moto.moto_api import recorder
from moto.server import ThreadedMotoServer

from sandbox.aws_additions import install
from sandbox.process import watch_parent

_READS = {"GET", "HEAD"}


def _only_writes(recording: Path) -> None:
    """Drops the requests that change nothing, so that a recording does not grow with what was read."""
    lines = recording.read_text(encoding="utf-8").splitlines() if recording.exists() else []
    kept = [line for line in lines if json.loads(line)["method"] not in _READS]
    beside = recording.with_suffix(".new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in kept)
    beside.replace(recording)


def _continue_recording(url: str, recording: Path) -> None:
    _only_writes(recording)
    recorder.replay_recording(url)
    record, lock = recorder._record_request, threading.Lock()  # pyright: ignore[reportPrivateUsage]

    def one_at_a_time(request: Request, body: bytes | None = None) -> None:
        with lock:  # moto writes a request in several parts
            record(request, body)

    recorder._record_request = one_at_a_time  # pyright: ignore[reportPrivateUsage]
    recorder.start_recording()


def main(file: Path) -> None:
    """Serves until the process that started it ends."""
    install()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    if recording := os.environ.get("MOTO_RECORDER_FILEPATH"):
        _continue_recording(url, Path(recording))
    partial = file.with_suffix(".partial")
    partial.write_text(json.dumps({"url": url, "pid": os.getpid()}), encoding="utf-8")
    partial.replace(file)
    watch_parent(lambda: os._exit(0))
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
