"""Multipart bodies, as wrangler uploads Workers."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.requests import Request

from sandbox.cloud.document_store import Document


@dataclass(frozen=True)
class FilePart:
    """One file of a form."""

    filename: str
    content_type: str
    content: bytes


def is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith("multipart/form-data")


async def read_form(request: Request) -> Document:
    """The fields of a form by name: a string, or a FilePart. If a name repeats, the last one counts."""
    fields: Document = {}
    async with request.form() as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                value = FilePart(value.filename or name, value.content_type or "", await value.read())
            fields[name] = value
    return fields
