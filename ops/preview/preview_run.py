"""A pull request's preview: a database branch, a Worker of its own, the site's preview, and a comment.

Each step creates only what is missing, so the next run finishes an interrupted one.
"""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ops.clouds.cloudflare import Cloudflare, PagesPreview
from ops.clouds.github import GitHub, PullRequest
from ops.clouds.neon import Branch, BranchLimitError, Neon, OtherParentError
from ops.clouds.wrangler import Wrangler
from ops.context.errors import OpsError
from ops.context.run_context import Context
from ops.health.app_checks import require_environment
from ops.health.smoke import probe_of, smoke
from ops.preview import comment as comments
from ops.preview import parts
from ops.preview.comment import LivePreview
from ops.preview.parts import Preview
from ops.preview.plan_room import no_branch_left, require_room
from ops.preview.preview_data import prepare_data
from ops.preview.worker_config import preview_configuration
from ops.release.migration_run import migrate

_DATABASE, _AUTH_SECRET, _AUTH_URL = "DATABASE_URL", "BETTER_AUTH_SECRET", "BETTER_AUTH_URL"
_FORK = "it is from a fork, whose code gets no secrets"


def up(context: Context, number: int, app: Path) -> LivePreview | None:
    """Creates or updates a pull request's preview, and the comment that describes it.

    Args:
        context: the run's context.
        number: the pull request.
        app: the root of the app's repository, at the pull request's commit, with its packages installed.

    Returns:
        The preview; None if the pull request is from a fork, which gets none.

    Raises:
        OpsError: a step failed; the comment says so as well. What was created remains for the next run to finish.
    """
    if context.from_fork:
        _refuse_fork(context, number)
        return None
    preview = parts.preview(context, number)
    context = _of_app(context, app)
    wrangler = Wrangler(context, app, worker=preview.worker, environment=preview.parent)
    given = _given_secrets(context)
    with _github(context) as github, Neon(context) as neon, Cloudflare(context) as cloudflare:
        pull = github.pull_request(number)
        if pull.from_fork:
            _refuse_fork(context, number)
            return None
        if not pull.is_open:
            raise OpsError(f"pull request {number} is closed; only open ones have previews")
        try:
            made = _make(context, preview, pull, app, given, neon=neon, cloudflare=cloudflare, wrangler=wrangler)
        except OpsError as error:
            _report_failure(context, github, preview, str(error))
            raise
        text = comments.up(context, made)
        context.add_to_step_summary(text)
        address = github.comment(number, comments.PURPOSE, text)
        context.console.say(f"comment: {address}")
    return made


def down(context: Context, number: int) -> bool:
    """Removes all parts of a pull request's preview that exist.

    Returns:
        Whether there was anything to remove.

    Raises:
        OpsError: a part could not be removed, or the comment could not be updated.
    """
    if context.from_fork:
        context.console.say(f"pull request {number} has no preview: {_FORK}")
        return False
    with _github(context) as github, Neon(context) as neon, Cloudflare(context) as cloudflare:
        return _remove(context, number, github, neon, cloudflare)


def sweep(context: Context) -> list[int]:
    """Removes the previews that closed pull requests have left.

    Returns:
        The pull requests whose previews were removed.

    Raises:
        OpsError: GitHub could not be asked about one of them, so nothing was removed; or a removal failed.
    """
    with _github(context) as github, Neon(context) as neon, Cloudflare(context) as cloudflare:
        parts.worker_name(context, 1)
        branches = [branch.name for branch in neon.branches(neon.project(context.settings.project.name))]
        found = sorted(parts.numbers(context.settings, branches, cloudflare.workers()))
        try:
            pulls = [github.pull_request(number) for number in found]
        except OpsError as error:
            raise OpsError(
                f"nothing was removed, because GitHub could not be asked which are closed: {error}"
            ) from None
        for number in [pull.number for pull in pulls if pull.is_open]:
            context.console.say(f"pull request {number} is open: its preview is kept")
        closed = [pull.number for pull in pulls if not pull.is_open]
        problems: list[str] = []
        for number in closed:
            try:
                _remove(context, number, github, neon, cloudflare)
            except OpsError as error:
                problems.append(f"pull request {number}: {error}")
    if problems:
        raise OpsError("\n".join(problems))
    return closed


def _make(
    context: Context,
    preview: Preview,
    pull: PullRequest,
    app: Path,
    given: Mapping[str, str],
    *,
    neon: Neon,
    cloudflare: Cloudflare,
    wrangler: Wrangler,
) -> LivePreview:
    say, settings = context.console.say, context.settings
    require_environment(context, app, preview.parent)
    release, project = context.release_settings, neon.project(settings.project.name)
    require_room(context, preview, neon.branches(project), cloudflare.workers())
    source = _source(neon, project, preview)
    branch = _branch(context, preview, neon, project, source)
    say(f"database: branch {branch.name}, {preview.origin}")
    neon.own_password(project, branch, preview.role, source_id=source.id)
    uri = neon.connection_uri(project, branch.id, preview.role, preview.database)
    # A copy needs no address of its source, whose compute may be suspended.
    source_uri = ""
    if release.preview_data == "schema_only":
        source_uri = neon.connection_uri(project, source.id, preview.role, preview.database)
    prepare_data(context, app, uri=uri, source_uri=source_uri)
    migrate(context, app, uri)
    site = _site(context, cloudflare, pull)
    variable = release.preview_origin_variable
    origin = {variable: site.address} if variable and site and site.address else {}
    if variable and site and not site.address:
        say(f"site: Pages chooses its address at the first build; run this again then, so that {variable} has it")
    with preview_configuration(wrangler.configuration_file, preview.parent) as (configuration, removed):
        if removed:
            say(f"API: deployed without {', '.join(removed)}, which a preview would take from another Worker")
        version = wrangler.deploy(
            variables=release.version_variables(context.commit) | origin,
            secrets=_secrets(preview, uri, given, cloudflare.worker_secrets(preview.worker)),
            message=f"preview of pull request {preview.number}",
            tag=context.commit[:12],
            configuration=configuration,
        )
    say(f"API: {preview.address}, version {version.id}")
    names_itself = wrangler.names_itself(version.id)
    smoke(
        context,
        probe_of(context, preview.parent, address=preview.address, version=version.id, names_itself=names_itself),
    )
    if site and site.address:
        say(f"site: {site.address}")
    assert branch.expires_at is not None  # noqa: S101  (it was created with one)
    return LivePreview(preview, site, branch.expires_at)


def _source(neon: Neon, project: str, preview: Preview) -> Branch:
    source = neon.branch(project, preview.parent_branch)
    if source is None:
        raise OpsError(f"Neon has no branch {preview.parent_branch}; deploy the stack {preview.parent} first")
    return source


def _branch(context: Context, preview: Preview, neon: Neon, project: str, parent: Branch) -> Branch:
    release = context.release_settings
    hours = release.preview_hours
    expiry = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=hours)
    try:
        return neon.create_branch(
            project,
            preview.branch,
            parent_id=parent.id,
            expires_at=expiry,
            endpoint=True,
            schema_only=release.preview_data == "schema_only",
        )
    except OtherParentError:
        raise OpsError(
            f"Neon branch {preview.branch} was not created from {preview.parent_branch} as release.preview_data says; "
            f"run `python -m ops preview down --pr {preview.number}` first; it deletes the branch's data"
        ) from None
    except BranchLimitError:
        # The plan is smaller than the settings say, or another run was faster.
        raise OpsError(no_branch_left(context, neon.branches(project))) from None


def _site(context: Context, cloudflare: Cloudflare, pull: PullRequest) -> PagesPreview | None:
    settings = context.settings
    return cloudflare.pages_preview(settings.project.name, pull.branch) if settings.website else None


def _given_secrets(context: Context) -> dict[str, str]:
    """The secrets that the run's environment must set; the others are the preview's own."""
    release = context.settings.release
    names = [name for name in release.secrets if name not in (_DATABASE, _AUTH_SECRET, _AUTH_URL)] if release else []
    if missing := [name for name in names if name not in context.environment]:
        raise OpsError(f"{missing[0]} is not set; release.secrets names it, so set it in the environment")
    return {name: context.environment[name] for name in names}


def _secrets(preview: Preview, uri: str, given: Mapping[str, str], there: set[str]) -> dict[str, str]:
    own = {_DATABASE: uri, _AUTH_URL: preview.address}
    if _AUTH_SECRET not in there:
        # LivePreview once for each preview: another one would end its users' sessions at each push.
        own[_AUTH_SECRET] = secrets.token_urlsafe(32)
    return {**given, **own}


def _remove(context: Context, number: int, github: GitHub, neon: Neon, cloudflare: Cloudflare) -> bool:
    # The Worker first: without its database it would answer with errors.
    worker = cloudflare.delete_worker(parts.worker_name(context, number))
    project = neon.project(context.settings.project.name)
    found = neon.branch(project, parts.branch_name(number))
    branch = found is not None and neon.delete_branch(project, found.id)
    removed = [name for name, was_there in (("its Worker", worker), ("its database", branch)) if was_there]
    context.console.say(f"pull request {number}: removed {' and '.join(removed) or 'nothing, it has no preview'}")
    github.change_comment(number, comments.PURPOSE, comments.down(context))
    return bool(removed)


def _github(context: Context) -> GitHub:
    # A scheduled sweep may run in another repository, where the numbers mean other pull requests.
    repository = context.settings.repository
    return GitHub(context, repository=f"{repository.owner}/{repository.name}")


def _of_app(context: Context, app: Path) -> Context:
    """The same context, which on a laptop names the app's repository and commit instead of this one's."""
    if context.environment.get("GITHUB_RUN_ID") or not app.is_dir():
        return context
    repository = context.settings.repository
    facts = {"GITHUB_REPOSITORY": f"{repository.owner}/{repository.name}"}
    found = context.run("git", "rev-parse", "HEAD", cwd=app)
    if found.code == 0:
        facts["GITHUB_SHA"] = found.stdout.strip()
    return replace(context, environment={**context.environment, **facts})


def _refuse_fork(context: Context, number: int) -> None:
    text = f"pull request {number} gets no preview: {_FORK}"
    context.console.say(text)
    context.add_to_step_summary(f"### Preview: none\n\n{text[0].upper()}{text[1:]}.")


def _report_failure(context: Context, github: GitHub, preview: Preview, error: str) -> None:
    text = comments.failed(context, preview, error)
    context.add_to_step_summary(text)
    try:
        github.comment(preview.number, comments.PURPOSE, text)
    except OpsError as problem:
        # The first error is the one to raise.
        context.console.warn(f"the comment was not written: {problem}")
