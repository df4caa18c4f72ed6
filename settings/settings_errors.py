"""The errors of a settings file: one line each, never a traceback."""

from collections.abc import Iterator
from datetime import date, datetime, time
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from settings.secret_forms import looks_secret


class SettingsError(Exception):
    """A settings file that can't be used. `str()` has one line for each error: where, what, what to do."""


def explain(file: str, error: ValidationError, model: type[BaseModel]) -> SettingsError:
    """Rewrites pydantic's errors as lines of the form `settings.toml: database.role: what is wrong; what to do`."""
    lines = (f"{file}: {_key(detail)}{_sentence(detail, model)}" for detail in error.errors(include_url=False))
    return SettingsError("\n".join(lines))


def _key(detail: ErrorDetails) -> str:
    path = ".".join(_shown(part) for part in detail["loc"] if part != "[key]")
    return f"{path}: " if path else ""


def _shown(part: int | str) -> str:
    """A part of a key's path, on one line. A secret that was pasted as a key is not shown."""
    text = str(part)
    if looks_secret(text):
        return "…"
    return text if text.isprintable() else repr(text)


def _sentence(detail: ErrorDetails, model: type[BaseModel]) -> str:
    match detail["type"]:
        case "missing":
            return "is missing; add it"
        case "extra_forbidden":
            return _unknown_key(detail, model)
        case "value_error":
            return str(detail["msg"]).removeprefix("Value error, ")
        case "model_type" | "dict_type":
            return f"should be a table, not {_type_name(detail['input'])}; change it"
        case "string_type" if isinstance(detail["input"], date | time | int | float):
            return f"should be text, not {_type_name(detail['input'])}; put the value in quotes"
        case kind:
            # The value itself is not shown: it may be a secret in the wrong place.
            message = f"{detail['msg'][0].lower()}{detail['msg'][1:]}"
            found = f", not {_type_name(detail['input'])}" if kind.endswith("_type") else ""
            return f"{message}{found}; change the value"


def _type_name(value: object) -> str:
    names = {
        bool: "true or false",
        int: "a whole number",
        float: "a number",
        str: "text",
        list: "a list",
        dict: "a table",
        date: "a date",
        datetime: "a date with a time",
        time: "a time",
    }
    return next((name for kind, name in names.items() if type(value) is kind), type(value).__name__)


_SECRET_WORDS = ("token", "secret", "password", "api_key", "account_id", "zone_id", "org_id", "webhook")
_VARIABLES = (
    "cloudflare_api_token",
    "cloudflare_account_id",
    "cloudflare_zone_id",
    "neon_api_key",
    "neon_org_id",
    "discord_webhook_url",
)


def _unknown_key(detail: ErrorDetails, model: type[BaseModel]) -> str:
    key = str(detail["loc"][-1])
    if any(word in key.lower() for word in _SECRET_WORDS):
        variable = _variable_for(key.lower(), tuple(map(str, detail["loc"][:-1])))
        named = f"as the Terraform variable TF_VAR_{variable}" if variable else "through the environment"
        return (
            f"no secret or account id belongs in this file; delete the line and pass it {named} (README, Credentials)"
        )
    known = list(_fields_at(model, detail["loc"][:-1]))
    close = get_close_matches(key, known, n=1)
    advice = f"did you mean {close[0]}?" if close else f"known keys here: {', '.join(known)}"
    return f"unknown key; {advice}"


def _variable_for(key: str, tables: tuple[str, ...]) -> str | None:
    """The Terraform variable for what was typed as a key; None if no variable fits."""
    services = {"cloudflare": "cloudflare", "edge": "cloudflare", "database": "neon", "notifications": "discord"}
    service = next((services[table] for table in tables if table in services), "")
    for wanted in (key, f"{service}_{key}"):
        if wanted in _VARIABLES:
            return wanted
    # A part of one name alone, such as `webhook` or `zone_id`, or of one name of the table's service, such as `token`.
    holding = [name for name in _VARIABLES if key in name]
    holding = [name for name in holding if name.startswith(service)]
    return holding[0] if len(holding) == 1 else None


def _fields_at(model: type[BaseModel], path: tuple[int | str, ...]) -> Iterator[str]:
    """The fields that are allowed at a path, through nested models and dictionaries of models."""
    current: type[BaseModel] | None = model
    steps = list(path)
    while steps and current is not None:
        field = current.model_fields.get(str(steps.pop(0)))
        current, is_dict = _model_in(field.annotation) if field else (None, False)
        if is_dict and steps:
            steps.pop(0)
    yield from current.model_fields if current else ()


def _model_in(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    for argument in getattr(annotation, "__args__", ()):
        found, _ = _model_in(argument)
        if found:
            return found, getattr(annotation, "__origin__", None) is dict
    return None, False
