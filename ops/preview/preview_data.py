"""The rows of a preview's database: a copy of the parent's, a masked copy, or none but the record of migrations."""

from pathlib import Path

from ops.clouds.postgres import connected
from ops.context.run_context import Context
from ops.release.migrations import run_in_app

# Where drizzle and Prisma record what they have applied: without these rows they would apply everything again, to
# existing tables. Source: drizzle-orm 0.45, pg-core/dialect.js; Prisma's page "The _prisma_migrations table".
_RECORDS = (("drizzle", "__drizzle_migrations"), ("public", "_prisma_migrations"))


def prepare_data(context: Context, app: Path, *, uri: str, source_uri: str) -> None:
    """Makes a preview's database fit for a pull request's code, before anything else uses it. It can be run again.

    Args:
        context: has the settings.
        app: the app repository's root.
        uri: the preview's address.
        source_uri: the address of the database that it was created from; only read, and only with schema_only.

    Raises:
        OpsError: release.preview_mask_command failed, or a database can't be reached.
    """
    release = context.release_settings
    if release.preview_data == "schema_only":
        _copy_records(context, uri, source_uri)
    if release.preview_mask_command:
        run_in_app(context, app, release.preview_mask_command, label="mask", secrets={"DATABASE_URL": uri})


def _copy_records(context: Context, uri: str, source_uri: str) -> None:
    from psycopg import sql

    mask = context.console.mask
    with connected(uri, mask) as target, connected(source_uri, mask) as source:
        for schema, table in _RECORDS:
            name = sql.Identifier(schema, table)
            known = source.execute("select to_regclass(%s)", [f"{schema}.{table}"]).fetchone()
            if known is None or known[0] is None:
                continue
            if target.execute(sql.SQL("select 1 from {} limit 1").format(name)).fetchone():
                # An earlier run copied them; the preview's own migrations may be among them by now.
                continue
            with (
                target.transaction(),
                source.cursor().copy(sql.SQL("copy {} to stdout").format(name)) as rows,
                target.cursor().copy(sql.SQL("copy {} from stdin").format(name)) as copied,
            ):
                for row in rows:
                    copied.write(row)
