"""What a healthy answer of the app is: by release.healthy_fields, required_headers and version_field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from settings import ReleaseSettings, Settings

_LONGEST_VALUE = 80


@dataclass(frozen=True)
class HealthContract:
    """What the answer of a health check must be. Its status must be 200.

    Attributes:
        fields: values that its JSON must have, by their path, such as `checks.database`.
        headers: names of headers that it must have, in lower case.
        version_field: the path in its JSON of the value that shows which version answered.
    """

    fields: Mapping[str, str | int | bool] = field(default_factory=dict[str, str | int | bool], hash=False)
    headers: tuple[str, ...] = ()
    version_field: str = "version"

    def problem(self, answer: httpx.Response, version: str = "") -> str:
        """What is wrong with an answer; empty if nothing is.

        Args:
            answer: the answer of the health check.
            version: the value that `version_field` must have; any if empty.
        """
        document = _document(answer)
        wrong = [
            f"{path} is {_shown(found)}, not {_shown(wanted)}"
            for path, wanted in self.fields.items()
            if type(found := _value(document, path)) is not type(wanted) or found != wanted
        ]
        if answer.status_code != 200:
            # A path that answers no JSON, such as a 404, says nothing by its missing fields.
            return "; ".join([f"status {answer.status_code}", *(wrong if document is not None else [])])
        if wrong:
            return "; ".join(wrong)
        missing = [name for name in self.headers if name not in answer.headers]
        if missing:
            return f"the response lacks the header {', '.join(missing)}"
        if version and (found := _value(document, self.version_field)) != version:
            return f"{self.version_field} is {_shown(found)}, not {_shown(version)}"
        return ""


def health_contract(settings: Settings) -> HealthContract:
    """The contract that the settings describe; without [release], status 200 is enough."""
    release: ReleaseSettings | None = settings.release
    if release is None:
        return HealthContract()
    headers = tuple(name.lower() for name in release.required_headers)
    return HealthContract(release.healthy_fields, headers, release.version_field)


def _document(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def _value(document: Any, path: str) -> Any:
    for name in path.split("."):
        if not isinstance(document, dict):
            return None
        document = document.get(name)
    return document


def _shown(value: Any) -> str:
    return "missing" if value is None else repr(value)[:_LONGEST_VALUE]
