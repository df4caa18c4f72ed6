"""Answers of the local cloud compared with the schemas that the clouds publish.

`answer_schemas/` is written by `python -m tools.cloud_schemas`; each file names the package and its version. Neon's
document says which statuses an operation has; Cloudflare's package says nothing of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from jsonschema import Draft202012Validator, FormatChecker, ValidationError

FOLDER = Path(__file__).with_name("answer_schemas")
_FORMATS = FormatChecker(["date-time", "email"])


class AnswerSchemas:
    """The answers of one cloud.

    Args:
        name: of the file in `answer_schemas/`.
    """

    def __init__(self, name: str) -> None:
        document = json.loads((FOLDER / f"{name}.json").read_text())
        self.source: str = document["source"]
        self._operations, self._definitions = document["operations"], document["$defs"]
        self._is_neon = name == "neon"

    def knows(self, operation: str) -> bool:
        return operation in self._operations

    def problems(self, operation: str, status: int, answer: Any) -> list[str]:
        """What an answer without an error breaks; empty for an operation that the package lacks.

        Args:
            operation: method and the path's template, with `{}` for each part that varies.
            status: below 400.
            answer: the parsed body, None without one.
        """
        known = self._operations.get(operation, {})
        if not known:
            return []
        if self._is_neon:
            if str(status) not in known:
                return [f"status {status} is not among {', '.join(sorted(known))}"]
            schema = known[str(status)]
            return [] if schema is None and answer is None else self._errors(schema or {}, answer)
        if "answer" in known:
            return self._errors(known["answer"], answer)
        if answer is None:
            return ["an answer without a body"]
        result = answer["result"]
        if "result" in known:
            return self._errors(known["result"], result)
        if isinstance(result, list):
            return self._errors({"type": "array", "items": known["items"]}, result)
        # Lists of Workers are objects: one with the list in it, or the only one of its page.
        listed = {"type": "object", "additionalProperties": {"type": "array", "items": known["items"]}}
        return self._errors({"anyOf": [listed, known["items"]]}, result)

    def _errors(self, schema: Mapping[str, Any], value: Any) -> list[str]:
        validator = Draft202012Validator({**schema, "$defs": self._definitions}, format_checker=_FORMATS)
        return sorted({text for error in validator.iter_errors(value) for text in _texts(error)})


def error_problems(api: str, status: int, answer: Any) -> list[str]:
    """What the envelope of an error breaks.

    Args:
        api: `neon` or `cloudflare`.
        status: 400 or above.
        answer: the parsed body.
    """
    if status >= 500:
        return [f"status {status}: {json.dumps(answer)[:120]}"]
    if api == "neon":
        right = isinstance(answer, dict) and {"code", "message"} <= answer.keys() and answer["message"]
        return [] if right else ["an error without code and message"]
    if not isinstance(answer, dict) or answer.get("success") is not False or not answer.get("errors"):
        return ["an error without success and errors"]
    wrong = [error for error in answer["errors"] if not isinstance(error["code"], int) or error["code"] < 1000]
    return [f"an error with the code {error['code']!r}" for error in wrong]


@cache
def answer_schemas(api: str) -> AnswerSchemas:
    """The schemas of `neon` or `cloudflare`."""
    return AnswerSchemas(api)


def _texts(error: ValidationError) -> list[str]:
    """An error's text; for alternatives, those of the one that comes closest."""
    if error.context:
        branches: dict[Any, list[ValidationError]] = {}
        for inner in error.context:
            branches.setdefault(inner.schema_path[0], []).append(inner)
        nearest = min(branches.values(), key=lambda errors: (sum(map(_is_of_another_kind, errors)), len(errors)))
        return [text for inner in nearest for text in _texts(inner)]
    place = "".join(f"/{step}" for step in error.absolute_path)
    return [f"{re.sub(r'/[0-9]+(?=/|$)', '/[]', place) or '/'}: {error.message[:160]}"]


def _is_of_another_kind(error: ValidationError) -> bool:
    return cast(str, error.validator) in ("type", "const", "enum")
