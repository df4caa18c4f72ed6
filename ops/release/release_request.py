"""What to release: which commit of the app, to which environment, under which id."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from ops.clouds.wrangler import Wrangler
from ops.context.errors import OpsError
from ops.context.run_context import Context
from settings import ApiSettings, ReleaseSettings

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")


@dataclass(frozen=True)
class ReleaseRequest:
    """What to release.

    Attributes:
        context: the run's context, with the app's commit and repository.
        environment: the environment's name.
        app: the root of the app's checkout.
        base: the start of the release's id: by default the first 12 digits of the app's commit.
        commit: the app's commit; `unknown` outside git.
        allow_older: release a commit even if it is older than the one that serves traffic.
        restore_point: create a restore point even if no migration is pending.
        settings: the table [release].
        api: the table [api].
    """

    context: Context
    environment: str
    app: Path
    base: str
    commit: str
    allow_older: bool
    restore_point: bool
    settings: ReleaseSettings
    api: ApiSettings

    @property
    def worker(self) -> str:
        """The Worker's name on Cloudflare."""
        return self.api.worker_name(self.environment)

    @property
    def url(self) -> str:
        """The API's address."""
        return self.context.settings.api_url(self.environment)

    @property
    def links(self) -> dict[str, str]:
        """The addresses that a notice links: the environment's site, and its API."""
        return self.context.settings.public_links(self.environment) | {"API": self.url}

    @property
    def folder(self) -> Path:
        """The folder of the environment's journals."""
        return self.context.releases / self.environment

    def wrangler(self) -> Wrangler:
        """wrangler for the environment's Worker.

        Raises:
            OpsError: the app has no wrangler, or no folder as in release.api_dir.
        """
        return Wrangler(self.context, self.app, worker=self.worker, environment=self.environment)


def read_release_request(
    context: Context,
    environment: str,
    app: Path,
    id: str | None = None,
    *,
    must_be_clean: bool = True,
    allow_older: bool = False,
    restore_point: bool = False,
) -> ReleaseRequest:
    """Reads a request from a command's arguments.

    Args:
        context: what the run knows.
        environment: the environment's name.
        app: the root of the app's checkout.
        id: a name for the release in place of the commit, 1 to 20 letters, digits, dots, hyphens and underscores.
        must_be_clean: refuse uncommitted changes, unless an id is passed.
        allow_older: see `ReleaseRequest`.
        restore_point: see `ReleaseRequest`.

    Raises:
        OpsError: there is no such environment or folder, the settings lack a table, the id is malformed, or the app's
            checkout has uncommitted changes.
    """
    context.environment_settings(environment)
    release, api = context.release_settings, context.api_settings
    if not app.is_dir():
        raise OpsError(f"{app}: no such folder; pass the app's checkout as --app")
    if id is not None and not _ID.fullmatch(id):
        raise OpsError(f"--id: {id!r} is not valid; use 1 to 20 letters, digits, dots, hyphens and underscores")
    commit = _commit(context, app, must_be_clean=must_be_clean and id is None)
    return ReleaseRequest(
        # Notices name the app's commit and repository, not this checkout's.
        context=replace(context, environment=_app_facts(context, commit)),
        environment=environment,
        app=app.absolute(),
        base=id or commit[:12],
        commit=commit,
        allow_older=allow_older,
        restore_point=restore_point,
        settings=release,
        api=api,
    )


def _commit(context: Context, app: Path, *, must_be_clean: bool) -> str:
    """The app's commit: the workflow's, or that of the checkout."""
    commit = context.environment.get("GITHUB_SHA") or _git(context, app, "rev-parse", "HEAD")
    if not must_be_clean:
        return commit or "unknown"
    if not commit:
        raise OpsError(f"{app}: is not a git checkout with a commit; commit it, or name the release with --id")
    if changed := _git(context, app, "status", "--porcelain", "--untracked-files=no", "--", "."):
        raise OpsError(
            f"{app}: {changed.splitlines()[0].strip()}: is not committed; commit it, or name the release with --id"
        )
    return commit


def _git(context: Context, app: Path, *arguments: str) -> str:
    finished = context.run("git", *arguments, cwd=app)
    return finished.stdout.strip() if finished.code == 0 else ""


def _app_facts(context: Context, commit: str) -> dict[str, str]:
    repository = context.settings.repository
    facts = {"GITHUB_REPOSITORY": f"{repository.owner}/{repository.name}", "GITHUB_SHA": commit}
    return facts | dict(context.environment)
