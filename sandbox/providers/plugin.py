"""A provider's process, as HashiCorp's go-plugin starts one: handshake on standard output, gRPC on a socket."""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

from tf.gen import tfplugin_pb2 as pb

from sandbox.providers.protocol import PluginService

# Terraform's own cookie (terraform, internal/plugin6/serve.go): a guard against a start by hand, no secret.
MAGIC_COOKIE = ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2")
MORE_THAN_TERRAFORMS_PARALLELISM = 12


def serve(service: PluginService, watch: Callable[[Callable[[], object]], None]) -> None:
    """Serve a provider until Terraform asks it to leave, or is gone; the process should end then.

    Args:
        service: the provider's service.
        watch: calls its argument once Terraform is gone.
    """
    if os.environ.get(MAGIC_COOKIE[0]) != MAGIC_COOKIE[1]:
        sys.exit("This is a Terraform provider of the rehearsal: Terraform starts it, through a filesystem mirror.")
    done = threading.Event()
    watch(done.set)
    # Ctrl-C reaches the whole process group; Terraform finishes what is under way and then says when to leave.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda _number, _frame: done.set())
    if "PLUGIN_CLIENT_CERT" in os.environ:
        sys.exit("A provider of the rehearsal serves without TLS: set TF_DISABLE_PLUGIN_TLS, as its environment does.")
    folder = Path(tempfile.mkdtemp(prefix="tf-provider-"))
    try:
        server = _start(service, folder, done)
        print(f"1|6|unix|{folder}/socket|grpc|", flush=True)
        done.wait()
        server.stop(None)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def import_grpc() -> Any:
    """The module grpc, without its asyncio half: that is a third of its import, and nothing here uses it."""
    sys.modules.setdefault("grpc.aio", ModuleType("grpc.aio"))
    return importlib.import_module("grpc")


def _start(service: PluginService, folder: Path, done: threading.Event) -> Any:
    """Start the server on a socket in a folder that is its user's alone, so that it needs no TLS; returns it."""
    grpc = import_grpc()

    def unary(call: str, handler: Any) -> Any:
        def handle(request: Any, context: Any) -> Any:
            # Terraform is connected: without the socket's name, a killed process leaves nothing behind.
            shutil.rmtree(folder, ignore_errors=True)
            return handler(request, context)

        request_type: Any = getattr(pb, call).Request
        response_type: Any = getattr(pb, call).Response
        return grpc.unary_unary_rpc_method_handler(handle, request_type.FromString, response_type.SerializeToString)

    def shut_down(_request: bytes, _context: Any) -> bytes:
        threading.Timer(0.02, done.set).start()  # after this answer is out
        return b""

    def no_output(_request: bytes, _context: Any) -> Iterator[bytes]:
        return iter(())

    services = {
        "tfplugin6.Provider": {name: unary(name, handler) for name, handler in service.handlers().items()},
        "plugin.GRPCController": {"Shutdown": grpc.unary_unary_rpc_method_handler(shut_down)},
        "plugin.GRPCStdio": {"StreamStdio": grpc.unary_stream_rpc_method_handler(no_output)},
    }
    options = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
    server = grpc.server(ThreadPoolExecutor(MORE_THAN_TERRAFORMS_PARALLELISM), options=options)
    server.add_generic_rpc_handlers(
        [grpc.method_handlers_generic_handler(name, methods) for name, methods in services.items()]
    )
    server.add_insecure_port(f"unix:{folder}/socket")
    server.start()
    return server
