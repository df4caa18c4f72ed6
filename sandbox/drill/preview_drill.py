"""Step j: a pull request's preview on the rehearsed infrastructure: opened, updated, swept around it, and removed."""

import json
from typing import Any

import httpx
import psycopg

from sandbox.drill.app_run import AppRun, check_out
from sandbox.drill.drill_report import DrillError, DrillStep
from sandbox.world import IDS

_GIT_BRANCH = "feature/tea"
_EXPENSE = {"description": "a preview's tea", "amountCents": 250, "spentOn": "2026-11-24"}


class PreviewedPullRequest:
    """A pull request of the app, with its checkout, and the clouds as somebody who looks at them sees them.

    Attributes:
        number: its number.
        branch: its preview's Neon branch.
        folder: the app's checkout at its branch.
        parent: the environment whose data a preview begins with.
    """

    def __init__(self, run: AppRun, parent: str) -> None:
        """
        Args:
            run: the app in its world, whose infrastructure is deployed.
            parent: the environment whose data a preview begins with.
        """
        self.run, self.parent = run, parent
        world, repository = run.world, run.settings.repository
        self._path = f"/repos/{repository.owner}/{repository.name}"
        world.environment |= {
            "GITHUB_API_URL": f"{world.cloud}/api/v3",
            "GITHUB_TOKEN": "ghs_of_the_rehearsal_and_of_nothing_else_1",
        }
        run.secrets.append(world.environment["GITHUB_TOKEN"])
        self.number = self.open(_GIT_BRANCH)
        self.branch = f"preview-pr-{self.number}"
        self.folder = world.home / "pull-request"
        check_out(self.folder, run.settings)

    def github(self, method: str, path: str, document: object = None) -> Any:
        """Calls the world's GitHub about the app's repository."""
        world = self.run.world
        headers = {"Authorization": f"Bearer {world.environment['GITHUB_TOKEN']}"}
        url = f"{world.cloud}/api/v3{self._path}{path}"
        return httpx.request(method, url, json=document, headers=headers, timeout=60).raise_for_status().json()

    def open(self, branch: str) -> int:
        """Opens another pull request; returns its number."""
        return self.github("POST", "/pulls", {"title": branch, "head": branch, "base": "main"})["number"]

    def up(self) -> str:
        """Runs `python -m ops preview up`, which must succeed; returns what it printed."""
        return self.expect("preview", "up", "--pr", str(self.number), "--app", str(self.folder))

    def expect(self, *arguments: str) -> str:
        """Runs `python -m ops`, which must succeed; returns what it printed."""
        done = self.run.ops(*arguments)
        if done.returncode != 0:
            raise DrillError(f"exit code {done.returncode}: {(done.stdout + done.stderr)[-2000:]}")
        return done.stdout

    def comments(self) -> list[str]:
        """The pull request's comments."""
        return [comment["body"] for comment in self.github("GET", f"/issues/{self.number}/comments")]

    def served(self) -> str | None:
        """Where the preview's Worker is served on this machine."""
        api = self.run.settings.api
        assert api is not None  # noqa: S101  (previewed looked)
        addresses = httpx.get(f"{self.run.world.cloud}/_sandbox/addresses", timeout=60).json()
        return addresses.get(f"https://{api.worker}-pr-{self.number}.{api.workers_subdomain}.workers.dev")

    def branches(self) -> dict[str, str]:
        """The Neon branches: ids by name."""
        with self.run.world.neon() as client:
            found = client.get(f"/projects/{self.project()}/branches").json()["branches"]
        return {branch["name"]: branch["id"] for branch in found}

    def project(self) -> str:
        """The Neon project's id."""
        with self.run.world.neon() as client:
            return client.get("/projects").json()["projects"][0]["id"]

    def uri(self, branch: str, role: str) -> str:
        """The address at which a role connects to a Neon branch."""
        name = self.run.settings.database.name
        query = {"branch_id": self.branches()[branch], "role_name": role, "database_name": name}
        with self.run.world.neon() as client:
            answer = client.get(f"/projects/{self.project()}/connection_uri", params=query).raise_for_status()
        return answer.json()["uri"]

    def descriptions(self, branch: str, role: str) -> list[str]:
        """The descriptions of the expenses on a Neon branch; empty if it has no such table."""
        with psycopg.connect(self.uri(branch, role), hostaddr="127.0.0.1") as connection:
            if connection.execute("SELECT to_regclass('public.expenses')").fetchone() == (None,):
                return []
            return [row[0] for row in connection.execute("SELECT description FROM expenses").fetchall()]

    def expenses(self) -> list[str]:
        """What the preview's Worker answers as the expenses."""
        answer = httpx.get(f"{self.served()}/api/expenses", timeout=60).raise_for_status()
        return [row["description"] for row in answer.json()]


def previewed(run: AppRun) -> PreviewedPullRequest | None:
    """A pull request to preview, or None if no environment's data may be copied to a preview."""
    fitting = [
        name
        for name, environment in run.settings.environments.items()
        if environment.database and not environment.protected and name != run.environment
    ]
    return PreviewedPullRequest(run, fitting[0]) if len(fitting) == 1 else None


def opened(step: DrillStep, pull: PreviewedPullRequest) -> None:
    """Step j1: a preview with a copy of the parent's rows; its writes show up nowhere else."""
    run, settings = pull.run, pull.run.settings
    parent, role, own = settings.branch_name(pull.parent), settings.role_name(pull.parent), pull.branch
    with psycopg.connect(pull.uri(parent, role), hostaddr="127.0.0.1") as connection:
        connection.execute("CREATE TABLE teas (name text)")
        connection.execute("INSERT INTO teas VALUES ('of the parent')")
    if settings.website:
        push = {"account": IDS["account_id"], "project": settings.project.name, "branch": _GIT_BRANCH, "files": {}}
        run.world.control("pages/push", push)
    pull.up()
    (comment,) = pull.comments()
    well = "### Preview\n" in comment and "(healthy)" in comment
    step.prove(well, "ops preview up: one comment with its address", comment)
    with psycopg.connect(pull.uri(own, role), hostaddr="127.0.0.1") as connection:
        copied = connection.execute("SELECT name FROM teas").fetchall() == [("of the parent",)]
        migrated = connection.execute("SELECT count(*) > 0 FROM drizzle.__drizzle_migrations").fetchone() == (True,)
    step.prove(copied and migrated, f"its database has {pull.parent}'s rows, and the migrations ran on it")
    answer = httpx.post(f"{pull.served()}/api/expenses", json=_EXPENSE, timeout=60)
    written = answer.status_code == 201 and pull.expenses() == [_EXPENSE["description"]]
    step.prove(written, "its Worker writes to and reads from that database", f"{answer.status_code}, {pull.expenses()}")
    main = settings.database.branch
    elsewhere = pull.descriptions(parent, role) + pull.descriptions(main, settings.database.role)
    step.prove(_EXPENSE["description"] not in elsewhere, f"that row is neither in {parent} nor in {main}")
    passwords = [pull.uri(branch, role).split("@")[0] for branch in (own, parent)]
    step.prove(passwords[0] != passwords[1], f"its password is not {pull.parent}'s")


def updated(step: DrillStep, pull: PreviewedPullRequest) -> None:
    """Step j2: a push updates Worker and comment, and keeps the rows; a sweep leaves open previews alone."""
    source = pull.folder / "apps/api/src/index.ts"
    source.write_text(
        source.read_text(encoding="utf-8").replace('"too many requests"', '"too many requests, says the preview"'),
        encoding="utf-8",
    )
    pull.up()
    step.prove(_EXPENSE["description"] in pull.expenses(), "ops preview up again: its rows are unchanged")
    step.prove(len(pull.comments()) == 1, "still one comment")
    forgotten = f"preview-pr-{pull.open('feature/forgotten')}"
    left = {"name": forgotten, "parent_id": pull.branches()[pull.run.settings.branch_name(pull.parent)]}
    with pull.run.world.neon() as client:
        client.post(f"/projects/{pull.project()}/branches", json={"branch": left}).raise_for_status()
    pull.github("PATCH", f"/pulls/{forgotten.rpartition('-')[2]}", {"state": "closed"})
    pull.expect("preview", "sweep")
    names = pull.branches()
    step.prove(
        forgotten not in names and pull.branch in names and pull.served() is not None,
        "ops preview sweep: a closed pull request's branch is deleted, the open one's preview stays",
    )


def takes_nothing(step: DrillStep, pull: PreviewedPullRequest) -> None:
    """Step j3: routes, custom domains and schedules of the app's configuration stay with production's Worker."""
    run = pull.run
    file = pull.folder / "apps/api/wrangler.jsonc"
    before = file.read_text(encoding="utf-8")
    zone = run.settings.cloudflare.zone if run.settings.cloudflare else "example.com"
    taken = {"routes": [{"pattern": f"api.{zone}", "custom_domain": True}], "triggers": {"crons": ["0 * * * *"]}}
    file.write_text(json.dumps(json.loads(before) | taken | {"workers_dev": False}, indent=2), encoding="utf-8")
    printed = pull.up()
    named = "routes" in printed and "triggers.crons" in printed
    step.prove(named, "ops preview up names the route and the schedule that it leaves out", printed)
    account = f"/accounts/{IDS['account_id']}/workers"
    with run.world.cloudflare() as cloudflare:
        domains = [
            each["hostname"] for each in cloudflare.get(f"{account}/domains").raise_for_status().json()["result"]
        ]
    step.prove(f"api.{zone}" not in domains, "production's domain is not the preview's", ", ".join(domains))
    step.prove(pull.served() is not None, 'it answers on workers.dev, whatever "workers_dev" says')
    file.write_text(before, encoding="utf-8")


def removed(step: DrillStep, pull: PreviewedPullRequest) -> None:
    """Step j4: Worker and branch are deleted, the comment says so, again is no error, no secret was printed."""
    uri = pull.uri(pull.branch, pull.run.settings.role_name(pull.parent))
    secrets = [*pull.run.secrets, uri, uri.split("@")[0].rpartition(":")[2]]
    for _ in range(2):
        pull.expect("preview", "down", "--pr", str(pull.number))
    gone = pull.served() is None and pull.branch not in pull.branches()
    step.prove(gone, "ops preview down, twice: Worker and branch are deleted")
    (comment,) = pull.comments()
    step.prove("### Preview: removed" in comment, "the same comment says that it is removed", comment)
    output = f"{pull.run.printed}\n{comment}"
    step.prove(not any(secret in output for secret in secrets), "no secret in the output or the comment")
