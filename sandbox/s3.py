"""S3, STS, IAM and Budgets on loopback: moto's server, in a process of its own that ends with its parent.

Usage: python -m sandbox.s3 <file>; it writes its address to the file once it accepts requests.
"""

import json
import os
import sys
import time
from pathlib import Path

from moto.server import ThreadedMotoServer

from sandbox.aws_additions import install
from sandbox.process import watch_parent


def main(file: Path) -> None:
    """Serves until the process that started it ends."""
    install()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    partial = file.with_suffix(".partial")
    partial.write_text(json.dumps({"url": f"http://{host}:{port}", "pid": os.getpid()}))
    partial.replace(file)
    watch_parent(lambda: os._exit(0))
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
