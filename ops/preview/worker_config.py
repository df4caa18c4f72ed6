"""The Worker configuration of a preview: the app's, without what would be taken from an environment.

Wrangler claims a route's custom domain even if another Worker serves it, and it sets the schedules of
`triggers.crons`; deleting the preview's Worker removes both. A queue has one consumer, and a workflow belongs to one
Worker. A migration with `transferred_classes` moves another Worker's Durable Objects, with what they store. Source:
Cloudflare docs, "Wrangler configuration", "Routes and domains", "Cron Triggers", "Queues", "Workflows" and "Durable
Objects migrations".
"""

import json
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ops.context.app_folder import read_wrangler_configuration
from ops.context.errors import OpsError

_REDIRECT = ".wrangler/deploy/config.json"
# Each is a key of the configuration or of one of its environments; after a dot, a key in that table.
_TRANSFERRED = "transferred_classes"
_TAKES = ("route", "routes", "triggers.crons", "queues.consumers", "workflows")


def without_taken(configuration: Mapping[str, Any], environment: str) -> tuple[dict[str, Any], list[str]]:
    """A preview's configuration, and the paths of what was left out of it.

    Args:
        configuration: the app's configuration.
        environment: the table in `env` that the preview is deployed with; the others are left out.
    """
    shared = {name: value for name, value in configuration.items() if name != "env"}
    tables = configuration.get("env")
    own = tables.get(environment) if isinstance(tables, Mapping) else None
    base, removed = _without(shared)
    if isinstance(own, Mapping):
        named, more = _without(own)
        removed += [f"env.{environment}.{path}" for path in more]
        base["env"] = {environment: {**named, "workers_dev": True}}
    # A preview has no other address than the one on workers.dev.
    return {**base, "workers_dev": True}, removed


def _without(table: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    kept, removed = dict(table), list[str]()
    for path in _TAKES:
        name, _, inner = path.partition(".")
        value = kept.get(name)
        if not inner and name in kept:
            del kept[name]
        elif isinstance(value, Mapping) and inner in value:
            kept[name] = {key: each for key, each in value.items() if key != inner}
            value = value[inner]
        else:
            continue
        if value:
            removed.append(path)
    migrations = kept.get("migrations")
    if isinstance(migrations, list) and any(_transfers(each) for each in migrations):
        kept["migrations"] = [_with_own_classes(each) if _transfers(each) else each for each in migrations]
        removed.append(f"migrations.{_TRANSFERRED}")
    return kept, removed


def _transfers(migration: Any) -> bool:
    return isinstance(migration, Mapping) and bool(migration.get(_TRANSFERRED))


def _with_own_classes(migration: Mapping[str, Any]) -> dict[str, Any]:
    """A migration that creates the classes, empty, which it would take from another Worker."""
    own = [each["to"] for each in migration[_TRANSFERRED] if isinstance(each, Mapping) and "to" in each]
    kept = {name: value for name, value in migration.items() if name != _TRANSFERRED}
    return {**kept, "new_sqlite_classes": [*kept.get("new_sqlite_classes", []), *own]}


@contextmanager
def preview_configuration(source: Path, environment: str) -> Generator[tuple[Path, list[str]]]:
    """Writes a preview's configuration beside the app's while open, since its paths are relative to its file.

    Args:
        source: the app's configuration; a build tool's redirection beside it is followed, as wrangler does.
        environment: as in `without_taken`.

    Returns:
        The file, and the paths of what was left out.

    Raises:
        OpsError: the app's configuration can't be read, or leads to a file that does not exist.
    """
    source = _redirected(source)
    configuration, removed = without_taken(read_wrangler_configuration(source), environment)
    with tempfile.NamedTemporaryFile(
        "w", dir=source.parent, prefix=".wrangler-preview-", suffix=".json", encoding="utf-8"
    ) as file:
        # TOML has dates, which wrangler reads as text.
        json.dump(configuration, file, default=str)
        file.flush()
        yield Path(file.name), removed


def _redirected(source: Path) -> Path:
    redirect = source.parent / _REDIRECT
    if not redirect.is_file():
        return source
    target = (redirect.parent / str(read_wrangler_configuration(redirect).get("configPath") or "")).resolve()
    if not target.is_file():
        raise OpsError(f"{redirect}: leads to {target}, which is no file; build the app first")
    return target
