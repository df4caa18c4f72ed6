"""GitHub's comments and issues, and a Discord webhook, on loopback."""

import json
import re
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

Document = dict[str, Any]
Answer = tuple[int, Any]


class Receiver:
    """A loopback HTTP server that answers by one function and keeps what it was asked."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, Document | None]] = []
        self.authorization: set[str] = set()
        self.hosts: list[str] = []
        self.headers: dict[str, str] = {}
        # Answers to give instead, each once, before the real ones.
        self.faults: list[Answer] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                receiver.requests.append((self.command, self.path, body))
                receiver.hosts.append(self.headers.get("Host", ""))
                receiver.authorization.add(self.headers.get("Authorization", ""))
                with receiver.lock:
                    faulty = receiver.faults.pop(0) if receiver.faults else None
                    status, document = faulty or receiver.answer(self.command, self.path, body)
                content = json.dumps(document).encode() if document is not None else b""
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:
                del format, args

        self.lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, method: str, path: str, body: Document | None) -> Answer:
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def sent(self, *methods: str) -> list[tuple[str, str, Document | None]]:
        return [request for request in self.requests if request[0] in methods]


class GitHubServer(Receiver):
    """As much of GitHub's API as comments, issues and workflow runs need; the caller is a workflow's own token.

    Attributes:
        runs: the workflow runs by their ids, as GitHub describes them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.comments: dict[int, Document] = {}
        self.issues: dict[int, Document] = {}
        self.runs: dict[int, Document] = {}
        self.before_next_post: Callable[[], None] = lambda: None

    def environment(self) -> dict[str, str]:
        return {"GITHUB_API_URL": self.url, "GITHUB_TOKEN": "ghs_secretsecret", "GITHUB_REPOSITORY": "owner/infra"}

    def add_comment(self, body: str, user: Document | None = None) -> Document:
        number = max(self.comments, default=0) + 1
        user = user or {"login": "github-actions[bot]", "type": "Bot"}
        self.comments[number] = {"id": number, "body": body, "user": user, "html_url": f"{self.url}/c/{number}"}
        return self.comments[number]

    def add_run(self, id: int, workflow: str, status: str, conclusion: str | None = None) -> None:
        """Adds a run on main of a workflow, which is named by its file."""
        self.runs[id] = {
            "id": id,
            "run_number": id,
            "workflow_id": sum(map(ord, workflow)),
            "path": f".github/workflows/{workflow}",
            "head_branch": "main",
            "status": status,
            "conclusion": conclusion,
            "html_url": f"{self.url}/runs/{id}",
        }

    def answer(self, method: str, path: str, body: Document | None) -> Answer:
        parts = urlsplit(path)
        route = re.sub(r"^/repos/owner/(infra|app)", "", parts.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if route.startswith("/actions/"):
            return self._actions(method, route, query)
        if parts.path == "/user":
            return 403, {"message": "Resource not accessible by integration"}
        if match := re.fullmatch(r"/issues/comments/(\d+)", route):
            return self._change(self.comments, int(match[1]), method, body)
        if re.fullmatch(r"/issues/\d+/comments", route):
            if method == "GET":
                return 200, _page(list(self.comments.values()), query)
            self.before_next_post()
            return 201, self.add_comment((body or {})["body"])
        if match := re.fullmatch(r"/issues/(\d+)", route):
            return self._change(self.issues, int(match[1]), method, body)
        if route == "/issues" and method == "GET":
            wanted = [
                issue
                for issue in self.issues.values()
                if issue["state"] == query.get("state", "open") and query.get("labels", "") in issue["labels"]
            ]
            return 200, _page(wanted, query)
        if route == "/issues":
            number = len(self.issues) + 1
            bot = {"login": "github-actions[bot]", "type": "Bot"}
            issue = {"number": number, "state": "open", "user": bot, "html_url": f"{self.url}/i/{number}"}
            self.issues[number] = issue | (body or {})
            return 201, self.issues[number]
        return 404, {"message": "Not Found"}

    def _actions(self, method: str, route: str, query: dict[str, str]) -> Answer:
        if match := re.fullmatch(r"/actions/workflows/([^/]+)/runs", route):
            runs = [run for run in self.runs.values() if match[1] in (str(run["workflow_id"]), run["path"][18:])]
            if not runs:
                return 404, {"message": "Not Found"}
            runs = [run for run in runs if run["head_branch"] == query.get("branch", run["head_branch"])]
            newest = sorted(runs, key=lambda run: run["id"], reverse=True)
            return 200, {"total_count": len(newest), "workflow_runs": _page(newest, query)}
        match = re.fullmatch(r"/actions/runs/(-?\d+)(/cancel)?", route)
        run = self.runs.get(int(match[1])) if match else None
        if match is None or run is None:
            return 404, {"message": "Not Found"}
        if method == "GET":
            return 200, run
        if run["status"] == "completed":
            return 409, {"message": "Cannot cancel a workflow run that is completed."}
        run |= {"status": "completed", "conclusion": "cancelled"}
        return 202, {}

    def _change(self, kept: dict[int, Document], number: int, method: str, body: Document | None) -> Answer:
        if number not in kept:
            return 404, {"message": "Not Found"}
        if method == "DELETE":
            del kept[number]
            return 204, None
        kept[number] |= body or {}
        return 200, kept[number]


class Discord(Receiver):
    """A webhook."""

    def environment(self) -> dict[str, str]:
        return {"DISCORD_WEBHOOK_URL": f"{self.url}/api/webhooks/1/secret-webhook-token"}

    def answer(self, method: str, path: str, body: Document | None) -> Answer:
        del method, path, body
        return 200, {"id": "1"}

    @property
    def embeds(self) -> list[Document]:
        return [body["embeds"][0] for _, _, body in self.sent("POST") if body]


def _page(items: list[Document], query: dict[str, str]) -> list[Document]:
    size, page = int(query.get("per_page", "30")), int(query.get("page", "1"))
    return items[(page - 1) * size : page * size]
