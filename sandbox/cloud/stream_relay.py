"""Passing a connection on: two ways that run until one of them ends."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


async def until_one_ends(*ways: Coroutine[Any, Any, object]) -> None:
    """Runs the ways of a connection side by side; when one ends, the others are canceled.

    How a way ends, also with an error, is not reported: either side may leave at any time.
    """
    tasks = [asyncio.create_task(way) for way in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Writes what is read, until the reader's side closes."""
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
