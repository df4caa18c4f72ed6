"""SQL over HTTP: one query, or several in one transaction, in a POST request.

Source: neondatabase/neon, proxy/src/serverless/sql_over_http.rs at 01481d3: headers, bodies, errors and their statuses.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import conninfo, pq
from psycopg.pq.abc import PGconn, PGresult

from sandbox.cloud.neon_serverless.hosts import Endpoint, Endpoints, endpoint_id
from sandbox.cloud.neon_serverless.pg_text import parameter, value_of

# Neon's changelog of 2023-08-16: "The maximum response size for queries over HTTP was raised from 1 MB to 10 MB."
MOST_BYTES = 10 * 1024 * 1024
_ISOLATION_LEVELS = {
    "Serializable": "SERIALIZABLE",
    "ReadUncommitted": "READ UNCOMMITTED",
    "ReadCommitted": "READ COMMITTED",
    "RepeatableRead": "REPEATABLE READ",
}
_FIELDS = {
    "message": pq.DiagnosticField.MESSAGE_PRIMARY,
    "code": pq.DiagnosticField.SQLSTATE,
    "detail": pq.DiagnosticField.MESSAGE_DETAIL,
    "hint": pq.DiagnosticField.MESSAGE_HINT,
    "position": pq.DiagnosticField.STATEMENT_POSITION,
    "internalPosition": pq.DiagnosticField.INTERNAL_POSITION,
    "internalQuery": pq.DiagnosticField.INTERNAL_QUERY,
    "severity": pq.DiagnosticField.SEVERITY,
    "where": pq.DiagnosticField.CONTEXT,
    "table": pq.DiagnosticField.TABLE_NAME,
    "column": pq.DiagnosticField.COLUMN_NAME,
    "schema": pq.DiagnosticField.SCHEMA_NAME,
    "dataType": pq.DiagnosticField.DATATYPE_NAME,
    "constraint": pq.DiagnosticField.CONSTRAINT_NAME,
    "file": pq.DiagnosticField.SOURCE_FILE,
    "line": pq.DiagnosticField.SOURCE_LINE,
    "routine": pq.DiagnosticField.SOURCE_FUNCTION,
}
_CONNECT_SECONDS = 30


class SqlError(Exception):
    """A refused request.

    Attributes:
        status: of the response.
        fields: its body.
    """

    def __init__(self, status: int, message: str, fields: Mapping[str, str | None] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.fields = dict.fromkeys(_FIELDS) | {"message": message, "code": ""} | dict(fields or {})


@dataclass(frozen=True)
class _Options:
    raw: bool
    array_mode: bool


def answer(headers: Mapping[str, str], body: bytes, endpoints: Endpoints) -> tuple[dict[str, str], bytes]:
    """What a request's queries return; it blocks until Postgres has answered.

    Args:
        headers: the request's, with names in lower case.
        body: the request's.
        endpoints: all endpoints.

    Returns:
        Headers and body of the response, whose status is 200.

    Raises:
        SqlError: the request is malformed, or Postgres refused a query.
    """
    if len(body) > MOST_BYTES:
        raise SqlError(413, f"request is too large (max is {MOST_BYTES} bytes)")
    payload = _payload(body)
    options = _Options(
        headers.get("neon-raw-text-output") == "true",
        headers.get("neon-array-mode") == "true",
    )
    begin, echoed = _transaction(headers)
    with contextlib.closing(_connect(headers.get("neon-connection-string", ""), endpoints)) as session:
        # libpq's own interface, which passes text both ways and leaves types alone.
        connection = session.pgconn
        if "queries" not in payload:
            return {}, _limited(_run(connection, payload, options))
        queries = payload["queries"]
        results = _in_transaction(connection, begin, lambda: [_run(connection, query, options) for query in queries])
        return echoed, _limited({"results": results})


def _payload(body: bytes) -> dict[str, Any]:
    try:
        payload: Any = json.loads(body)
        queries: Any = payload.get("queries", [payload])
        well_formed = all(isinstance(q["query"], str) and isinstance(q.get("params", []), list) for q in queries)
    except (ValueError, TypeError, KeyError):
        well_formed = False
        payload = {}
    if not well_formed:
        raise SqlError(400, "could not parse the HTTP request body: it has no `query` and `params`, and no `queries`")
    return payload


def _transaction(headers: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The command that begins a batch's transaction, and the headers that repeat its options."""
    begin, echoed = ["BEGIN"], dict[str, str]()
    level = headers.get("neon-batch-isolation-level")
    if level is not None:
        if level not in _ISOLATION_LEVELS:
            raise SqlError(400, "invalid isolation level")
        begin.append(f"ISOLATION LEVEL {_ISOLATION_LEVELS[level]}")
        echoed["neon-batch-isolation-level"] = level
    for name, words in (("neon-batch-read-only", "READ ONLY"), ("neon-batch-deferrable", "DEFERRABLE")):
        if headers.get(name) == "true":
            begin.append(words)
            echoed[name] = "true"
    return " ".join(begin), echoed


def _connect(address: str, endpoints: Endpoints) -> psycopg.Connection:
    if not address:
        raise SqlError(400, "missing required header: neon-connection-string")
    parts = urlsplit(address)
    user, database = unquote(parts.username or ""), unquote(parts.path.removeprefix("/"))
    if parts.scheme not in ("postgres", "postgresql") or not parts.hostname or not user or not database:
        raise SqlError(400, "invalid connection string: a role, a host and a database are required")
    if parts.password is None:
        raise SqlError(400, "missing password")
    endpoint = find_endpoint(parts.hostname, endpoints)
    text = conninfo.make_conninfo(
        host="127.0.0.1", port=endpoint.port, user=user, password=unquote(parts.password), dbname=database,
        sslmode="disable", gssencmode="disable", options="", connect_timeout=_CONNECT_SECONDS,
    )  # fmt: skip
    try:
        # Not `PGconn.connect`, which blocks every other thread, the endpoint's among them.
        connection = psycopg.connect(text, autocommit=True)
    except psycopg.OperationalError as error:
        refusal = str(error).strip().rpartition("FATAL:")[2].strip()
        # The server knows the role and the database by their branch as well.
        raise SqlError(400, refusal.replace(f'"{endpoint.branch_id}/', '"')) from None
    return connection


def find_endpoint(host: str, endpoints: Endpoints) -> Endpoint:
    """The endpoint of a host name.

    Raises:
        SqlError: there isn't one, or it is disabled.
    """
    endpoint = endpoints(endpoint_id(host))
    if endpoint is None:
        text = (
            "The requested endpoint could not be found, or you don't have access to it. Please check the provided ID "
        )
        raise SqlError(400, f"{text}and try again.")
    if endpoint.disabled:
        raise SqlError(400, "The endpoint has been disabled. Enable it using the Neon API and retry.")
    return endpoint


def _in_transaction(connection: PGconn, begin: str, work: Callable[[], list[Any]]) -> list[Any]:
    _checked(connection.exec_(begin.encode()))
    try:
        results = work()
    except SqlError:
        connection.exec_(b"ROLLBACK")
        raise
    _checked(connection.exec_(b"COMMIT"))
    return results


def _run(connection: PGconn, query: Mapping[str, Any], options: _Options) -> dict[str, Any]:
    values = [parameter(value) for value in query.get("params", [])]
    result = _checked(connection.exec_params(query["query"].encode(), values))
    array_mode = query.get("arrayMode")
    array_mode = options.array_mode if array_mode is None else bool(array_mode)
    fields = [
        {
            "name": (result.fname(column) or b"").decode(),
            "dataTypeID": result.ftype(column),
            "tableID": result.ftable(column),
            "columnID": result.ftablecol(column),
            "dataTypeSize": result.fsize(column),
            "dataTypeModifier": result.fmod(column),
            "format": "text",
        }
        for column in range(result.nfields)
    ]
    rows: list[Any] = []
    size = 0
    for number in range(result.ntuples):
        row = [
            None if value is None else value.decode() if options.raw else value_of(value.decode(), result.ftype(column))
            for column, value in enumerate(result.get_value(number, column) for column in range(result.nfields))
        ]
        rows.append(row if array_mode else {field["name"]: value for field, value in zip(fields, row, strict=True)})
        size += sum(len(value) for value in row if isinstance(value, str))
        if size > MOST_BYTES:
            raise _too_large()
    command, count = _command(result)
    return {"rowAsArray": array_mode, "fields": fields, "rows": rows, "command": command, "rowCount": count}


def _command(result: PGresult) -> tuple[str, int | None]:
    """A command's tag, such as `INSERT 0 1`: its name, and how many rows it concerns."""
    name, *numbers = (result.command_status or b"").decode().split(" ")
    return name, int(numbers[-1]) if numbers and numbers[-1].isdigit() else None


def _checked(result: PGresult) -> PGresult:
    if result.status in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK, pq.ExecStatus.EMPTY_QUERY):
        return result
    found = {name: result.error_field(field) for name, field in _FIELDS.items()}
    fields = {name: None if value is None else value.decode(errors="replace") for name, value in found.items()}
    message = fields["message"] or result.error_message.decode(errors="replace").strip()
    raise SqlError(400, message, fields | {"message": message})


def _limited(document: dict[str, Any]) -> bytes:
    body = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
    if len(body) > MOST_BYTES:
        raise _too_large()
    return body


def _too_large() -> SqlError:
    return SqlError(507, f"response is too large (max is {MOST_BYTES} bytes)")
