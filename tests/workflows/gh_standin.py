"""A stand-in for GitHub's command line: as much of `gh` as docs/pipelines.md uses, on the API at GH_STANDIN_URL.

gh fills in {owner}/{repo}, sends -f and --input as JSON, and ends with 1 and GitHub's message after a refusal (gh's
manual, `gh api`, `gh secret set`, `gh variable set`, `gh repo create`).
"""

import argparse
import http.client
import json
import os
import re
import sys
from typing import Any


def call(method: str, path: str, body: object = None) -> Any:
    path = path.replace("{owner}/{repo}", os.environ["GH_REPO"])
    connection = http.client.HTTPConnection(os.environ["GH_STANDIN_URL"].removeprefix("http://"))
    connection.request(method, f"/{path}", None if body is None else json.dumps(body))
    answer = connection.getresponse()
    document = json.loads(answer.read() or b"null")
    if answer.status >= 400:
        sys.exit(f"gh: {document['message']} (HTTP {answer.status})")
    return document


def selected(expression: str, document: Any) -> str:
    """As much of jq as docs/pipelines.md uses: a path, or a text with paths in it."""

    def value(path: str) -> str:
        found = document
        for name in path.split("."):
            found = found[name]
        return str(found)

    if expression.startswith('"'):
        return json.loads(re.sub(r"\\\(\.([\w.]+)\)", lambda match: value(match[1]), expression))
    return value(expression.removeprefix("."))


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="gh")
    kinds = parser.add_subparsers(dest="kind", required=True)
    api = kinds.add_parser("api")
    api.add_argument("path")
    api.add_argument("--method", default="")
    api.add_argument("--input")
    api.add_argument("--jq")
    api.add_argument("-f", action="append", default=[])
    for kind in ("secret", "variable"):
        named = kinds.add_parser(kind).add_subparsers(required=True).add_parser("set")
        named.add_argument("name")
        named.add_argument("--body")
        named.add_argument("--env")
        named.add_argument("--repo", default=os.environ["GH_REPO"])
    create = kinds.add_parser("repo").add_subparsers(required=True).add_parser("create")
    create.add_argument("name")
    visibility = create.add_mutually_exclusive_group(required=True)
    visibility.add_argument("--private", action="store_true")
    visibility.add_argument("--public", action="store_true")
    create.add_argument("--source", required=True)
    create.add_argument("--push", action="store_true", required=True)
    asked = parser.parse_args(arguments)
    if asked.kind == "api":
        body = json.load(sys.stdin) if asked.input else dict(field.split("=", 1) for field in asked.f) or None
        answer = call(asked.method or ("POST" if body else "GET"), asked.path, body)
        print(selected(asked.jq, answer) if asked.jq else json.dumps(answer))
    elif asked.kind == "repo":
        call("POST", "user/repos", {"name": asked.name, "private": asked.private})
    else:
        place = f"repos/{asked.repo}/" + (f"environments/{asked.env}" if asked.env else "actions")
        if asked.kind == "variable":
            call("POST", f"{place}/variables", {"name": asked.name, "value": asked.body})
        else:
            call("PUT", f"{place}/secrets/{asked.name}", {"encrypted_value": "…"})


if __name__ == "__main__":
    main(sys.argv[1:])
