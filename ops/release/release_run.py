"""One release, step by step. Each step first checks whether it was done, so an interrupted release can be continued.

checks → audit → restore point → migrations → a new version at 0 % → its smoke test → 100 % → a smoke test as a visitor
→ done. A version that fails its smoke test is rolled back.
"""

import contextlib
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from ops.clouds.discord import NoticeKind
from ops.clouds.wrangler import WorkerDeployment, Wrangler
from ops.context.errors import OpsError, owners_message
from ops.health.cloud_checks import spare_branch
from ops.health.doctor import examine, holds_up_a_release
from ops.health.finding import FindingStatus
from ops.health.smoke import SmokeError, probe_of, smoke
from ops.release import migrations
from ops.release.attempt import WorkerHistory, current_attempt
from ops.release.journal import Journal, release_lock
from ops.release.migration_run import migrate
from ops.release.pending import Pending, find_pending, must_be_applied, must_not_skip
from ops.release.release_notices import ReleaseNotices
from ops.release.release_request import ReleaseRequest
from ops.terraform.outputs import database_url, worker_secrets

# This many healthy answers in a row show that the new version has reached the visitors.
_ANSWERS_IN_A_ROW = 5


class ReleaseExit(IntEnum):
    """How a release ended, as its exit code."""

    RELEASED = 0
    ERROR = 1
    ROLLED_BACK = 4
    NOT_ROLLED_BACK = 5


class _BadVersionError(OpsError):
    """The new version failed and must be rolled back."""


@dataclass(frozen=True)
class _Uploaded:
    """The new version, and the one that it replaces.

    Attributes:
        version: its id.
        previous: the id of the version to roll back to: the one that served the requests when the new one was staged,
            or before that when it was uploaded; empty for a Worker's first version.
    """

    version: str
    previous: str


def release(request: ReleaseRequest) -> ReleaseExit:
    """Releases the app, or continues an interrupted release of the same id.

    Args:
        request: what to release.

    Returns:
        How it ended; a failure has been printed and announced.

    Raises:
        OpsError: it could not begin: another release is running, or a service can't be reached.
    """
    with release_lock(request.folder, request.environment):
        wrangler = request.wrangler()
        history = WorkerHistory.look(wrangler)
        journal = current_attempt(request, history)
        version = history.tagged.get(journal.id)
        if journal.outcome == "released":
            request.context.console.say(f"already released: {journal.id} is serving traffic as version {version}")
            return ReleaseExit.RELEASED
        if not journal.withdrawn:
            _refuse_older(request, history)
        run = _Run(request, wrangler, journal, ReleaseNotices(request, journal), uploaded=bool(version))
        if version and version == history.live and journal.started is None:
            # Another machine has released it, or stopped just before the end: only the last smoke test is left.
            run.skip_to_the_end()
        return run.run()


def _refuse_older(request: ReleaseRequest, history: WorkerHistory) -> None:
    """Refuses a commit that is an ancestor of the one that serves traffic, unless the owner asked for it."""
    serving = history.commit
    if request.allow_older or not serving or request.commit.startswith(serving):
        return
    compared = request.context.run("git", "merge-base", "--is-ancestor", request.commit, serving, cwd=request.app)
    if compared.code == 0:
        raise OpsError(
            f"{request.environment} serves commit {serving}, which is newer than {request.commit[:12]}; to go back, "
            f"use python -m ops rollback {request.environment}, or pass --allow-older"
        )
    if compared.code != 1:
        # A shallow checkout, as in a workflow, doesn't have it.
        request.context.console.say(f"commit {serving} is serving and not in this checkout: not compared with it")


class _Run:
    def __init__(
        self,
        request: ReleaseRequest,
        wrangler: Wrangler,
        journal: Journal,
        notices: ReleaseNotices,
        *,
        uploaded: bool,
    ) -> None:
        self._request, self._wrangler, self._journal, self._notices = request, wrangler, journal, notices
        self._context = request.context
        # Whether Cloudflare has this release's version, uploaded by this machine or another one.
        self._uploaded = uploaded
        # Whether the migrate command was started, and so may have changed the database.
        self._migrating = False
        # Whether this run created the restore point.
        self._new_point = False
        # Whether another machine began this release: its journal is not here.
        self._elsewhere = False
        # Whether the new version may answer visitors' requests.
        self._may_serve = False

    def skip_to_the_end(self) -> None:
        """Records as done all that must precede a version that serves traffic, and its notices as sent."""
        point = migrations.find_restore_point(self._context, self._request.environment, self._journal.id)
        facts = {"branch": point.name, "expires_at": point.expires_at} if point else {}
        for name in ("checks", "audit", "dry run", "migrations"):
            self._journal.done(name, {})
        if facts:
            self._journal.done("restore point", facts)
        for kind in (NoticeKind.STARTED, NoticeKind.MIGRATION, NoticeKind.SUCCESS):
            self._journal.first_time(kind.name.lower())

    def run(self) -> ReleaseExit:
        """Runs the remaining steps; prints and announces how it ended, whatever went wrong."""
        try:
            return self._run()
        except KeyboardInterrupt:
            self._notices.failure("It was interrupted. Run it again to continue.")
            raise
        except Exception as error:
            # A failed release must never be silent.
            return self._fail(_explained(error))

    def _run(self) -> ReleaseExit:
        if self._journal.withdrawn:
            return self._roll_back(self._known_upload(), self._journal.withdrawn)
        self._begin()
        self._prepare()
        uploaded = self._upload()
        try:
            self._put_live(uploaded)
        except Exception as error:
            if not self._may_serve and not isinstance(error, _BadVersionError):
                raise
            # Visitors may be on a version that is not known to be healthy: whatever failed, roll it back.
            uploaded, reason = self._known_upload(), _explained(error)
            if uploaded.previous:
                # If this can't be recorded the rollback runs all the same; only another run can't continue it.
                with contextlib.suppress(OpsError):
                    self._journal.withdraw(reason)
            return self._roll_back(uploaded, reason)
        self._journal.end("released")
        self._notices.once(NoticeKind.SUCCESS, f"Version {uploaded.version} serves all requests.")
        self._say(f"released: version {uploaded.version} serves all requests at {self._request.url}")
        return ReleaseExit.RELEASED

    # Steps

    def _begin(self) -> None:
        point = migrations.find_restore_point(self._context, self._request.environment, self._journal.id)
        self._elsewhere = self._journal.started is None and (point is not None or self._uploaded)
        taken_up = self._journal.started is not None or self._elsewhere
        self._say(f"release {self._journal.id} of {self._request.environment}{' continues' if taken_up else ''}")
        self._journal.begin(
            environment=self._request.environment, commit=self._request.commit, actor=self._context.actor
        )
        self._step("checks", lambda: self._check(has_point=point is not None))
        if self._elsewhere:
            # The restore point is created after this notice was sent.
            self._journal.first_time(NoticeKind.STARTED.name.lower())
        self._notices.once(NoticeKind.STARTED)

    def _check(self, *, has_point: bool) -> Mapping[str, Any]:
        context, request = self._context, self._request
        reads = context.settings.released_from(request.environment)
        findings = list(examine(context, request.environment, request.app, spare_branch=False, reads=reads))
        wrong = [str(finding) for finding in findings if holds_up_a_release(finding)]
        for finding in findings:
            if finding.state is FindingStatus.WRONG and not holds_up_a_release(finding):
                context.console.warn(f"{finding}; the release goes on without")
        if not wrong:
            # Reads all secrets now, so that a missing one shows before the migrations.
            for uri in {self._database, self._secrets.get("DATABASE_URL", self._database)}:
                migrations.check_database(context, request.environment, uri)
            must_not_skip(self._pending)
            if not has_point and self._needs_point:
                wrong = [str(finding) for finding in spare_branch(context) if finding.state is FindingStatus.WRONG]
        if wrong:
            raise OpsError("\n".join(["the checks failed:", *wrong]))
        return {}

    def _prepare(self) -> None:
        context, request, settings = self._context, self._request, self._request.settings
        if settings.audit_command:
            command = settings.audit_command
            self._step("audit", lambda: _nothing(migrations.run_in_app(context, request.app, command, label="audit")))
        # Before the first migration: a Worker that can't be bundled must not leave a migrated database behind.
        if self._journal.step("upload") is None:
            self._step("dry run", lambda: _nothing(self._wrangler.dry_run()))
        migrated = self._journal.step("migrations") is not None
        if not migrated:
            # Again before each try: between two runs of a release, the database may have changed.
            migrations.check_database(context, request.environment, self._database)
            must_not_skip(self._pending)
        if not migrated and not self._needs_point and self._journal.step("restore point") is None:
            # Not recorded: by the next run there may be migrations to apply.
            self._say("restore point: none, because no migration is pending")
        elif not migrated:
            if self._pending.reason:
                self._say(f"which migrations are pending is not known: {self._pending.reason}")
            self._step("restore point", self._restore_point)
        self._step("migrations", self._migrate)

    def _migrate(self) -> Mapping[str, Any]:
        context, app = self._context, self._request.app
        self._migrating = True
        migrate(context, app, self._database)
        after = find_pending(context, app, self._database)
        must_be_applied(after)
        if after.reason and self._pending.reason:
            self._say(f"whether all migrations are applied is not known: {after.reason}")
        return {}

    def _restore_point(self) -> Mapping[str, Any]:
        hours = self._request.settings.restore_point_hours
        point = migrations.make_restore_point(self._context, self._request.environment, self._journal.id, hours)
        self._new_point = point.new
        self._say(f"restore point: {point.name}, until {point.expires_at}")
        return {"branch": point.name, "expires_at": point.expires_at}

    def _upload(self) -> _Uploaded:
        facts = self._step("upload", self._new_version)
        uploaded = _Uploaded(facts["version"], facts["previous"])
        # After the upload: another machine takes an uploaded version as announced.
        if self._journal.step("restore point"):
            self._notices.once(NoticeKind.MIGRATION, f"The database was migrated. {self._way_back()}")
        return uploaded

    def _new_version(self) -> Mapping[str, Any]:
        """Uploads a version, or returns the one that this release has uploaded."""
        history, id = WorkerHistory.look(self._wrangler), self._journal.id
        message = f"release {id} of {self._request.commit[:12]} by {self._context.actor}"
        variables = self._request.settings.version_variables(self._request.commit)
        if version := history.tagged.get(id):
            if self._elsewhere:
                self._journal.first_time(NoticeKind.MIGRATION.name.lower())
        elif history.deployments:
            version = self._wrangler.upload(variables=variables, secrets=self._secrets, message=message, tag=id).id
            # Another machine may have uploaded the same release meanwhile: both go on with the first version.
            history = WorkerHistory.look(self._wrangler)
            version = history.tagged.get(id, version)
        else:
            self._say("the Worker does not exist yet: its first version serves requests at once")
            version = self._wrangler.deploy(variables=variables, secrets=self._secrets, message=message, tag=id).id
            history = WorkerHistory({}, {}, [])
        previous = history.before(version)
        self._say(f"uploaded version {version}; the version before it: {previous or 'none'}")
        return {"version": version, "previous": previous}

    def _put_live(self, uploaded: _Uploaded) -> None:
        """Tests the version, promotes it, and tests it as a visitor."""
        live = self._wrangler.live()
        self._may_serve = not uploaded.previous or live == uploaded.version
        if not self._may_serve:
            self._step("stage", lambda: self._stage(uploaded))
            self._step("smoke test at 0 %", lambda: _nothing(self._smoke(uploaded, staged=True)))
            self._promote(uploaded)
        self._step("smoke test", lambda: _nothing(self._smoke(uploaded, staged=False)))

    def _stage(self, uploaded: _Uploaded) -> Mapping[str, Any]:
        """Deploys the version at 0 %, beside the one that serves traffic now, which may be newer than the upload."""
        shares = self._shares()
        others = {version: share for version, share in shares.items() if version != uploaded.version}
        if not others:
            raise OpsError(
                f"{self._request.worker} has no version that serves requests; check it in the Cloudflare dashboard"
            )
        beside = WorkerDeployment(others).main
        if uploaded.version not in shares:
            self._wrangler.stage(uploaded.version, beside, f"release {self._journal.id}: at 0 %")
        return {"beside": beside}

    def _promote(self, uploaded: _Uploaded) -> None:
        self._say("promote …")
        self._may_serve = True
        try:
            self._wrangler.promote(uploaded.version, f"release {self._journal.id}")
        except OpsError as error:
            # It may have been promoted all the same.
            if not self._is_live(uploaded.version):
                raise _BadVersionError(f"it could not be promoted: {error}") from None

    def _smoke(self, uploaded: _Uploaded, *, staged: bool) -> None:
        request = self._request
        # A custom domain is attached to an existing Worker: its first version has only workers.dev.
        address = None if uploaded.previous else request.api.url(request.environment)
        probe = probe_of(
            self._context,
            request.environment,
            address=address,
            version=uploaded.version,
            names_itself=self._wrangler.names_itself(uploaded.version),
            worker=request.worker if staged else "",
            in_a_row=1 if staged else _ANSWERS_IN_A_ROW,
        )
        try:
            smoke(self._context, probe)
        except SmokeError as error:
            raise _BadVersionError(str(error)) from None
        except OpsError as error:
            if staged:
                raise
            raise _BadVersionError(f"the smoke test could not run: {error}") from None

    def _is_live(self, version: str) -> bool:
        try:
            return self._wrangler.live() == version
        except OpsError:
            return False

    # Ends

    def _roll_back(self, uploaded: _Uploaded, reason: str) -> ReleaseExit:
        """Promotes the version before again, and says how to restore the database."""
        id, previous = self._journal.id, uploaded.previous
        self._warn(f"rolling back release {id}: {reason}")
        try:
            shares = self._shares()
        except OpsError:
            # The rollback meets the same error, and reports it.
            shares = {uploaded.version: 100.0}
        if uploaded.version not in shares and shares != {previous: 100}:
            return self._taken_over(shares, reason)
        if not previous:
            self._journal.end("failed")
            text = (
                f"{reason}\nIt is the Worker's first version, so there is no version to roll back to, and it serves "
                f"traffic. Fix the cause and release again, or delete it: "
                f"{self._wrangler.by_hand('delete')}"
            )
            return self._not_rolled_back(text)
        try:
            if shares != {previous: 100}:
                self._wrangler.rollback(previous, f"release {id} is rolled back")
            if (live := self._wrangler.live()) != previous:
                raise OpsError(f"version {live or 'none'} is serving traffic")
        except Exception as error:
            # Whatever failed, someone must finish it by hand.
            text = (
                f"{reason}\nThe rollback failed too: {_explained(error)}\n"
                f"By hand, in the app's checkout: {self._wrangler.by_hand('rollback', previous)}\n"
                f"Or run the release again: it continues the rollback."
            )
            return self._not_rolled_back(text)
        text = f"{reason}\nVersion {previous} serves all requests again. {self._after_migrations()}"
        return self._rolled_back(text)

    def _taken_over(self, shares: Mapping[str, float], reason: str) -> ReleaseExit:
        """Ends if the version serves no requests anymore: rolling back would undo a newer deployment."""
        now = f"Version {WorkerDeployment(shares).main} has replaced it" if shares else "The Worker was deleted"
        text = f"{reason}\n{now}, so nothing was rolled back. {self._after_migrations()}"
        return self._rolled_back(text)

    def _rolled_back(self, text: str) -> ReleaseExit:
        self._journal.end("rolled back")
        self._notices.once(NoticeKind.ROLLED_BACK, text)
        self._warn(f"rolled back: {text}")
        return ReleaseExit.ROLLED_BACK

    def _not_rolled_back(self, text: str) -> ReleaseExit:
        self._notices.failure(text)
        self._warn(text)
        return ReleaseExit.NOT_ROLLED_BACK

    def _fail(self, problem: str) -> ReleaseExit:
        self._delete_needless_point()
        text = f"{problem}\n{self._what_is_live()} Fix the cause and run the release again: it continues from here."
        text += f" {self._way_back()}"
        text = text.rstrip()
        self._notices.failure(text)
        self._warn(text)
        return ReleaseExit.ERROR

    def _delete_needless_point(self) -> None:
        """Deletes the restore point if the database is known to be unchanged: the plan has few branches."""
        point = self._journal.step("restore point")
        if not point or self._journal.step("migrations") is not None:
            return
        # If the database can't be asked, the restore point stays: it expires by itself.
        with contextlib.suppress(OpsError):
            if self._request.restore_point:
                return
            if self._migrating:
                before, after = self._pending, find_pending(self._context, self._request.app, self._database)
                if not before.atomic or after != before:
                    return
            elif not self._new_point:
                # An earlier run may have started the migrations.
                return
            migrations.delete_restore_point(self._context, point["branch"])
            self._journal.undo("restore point")
            self._say(f"restore point {point['branch']} deleted: the database was not changed")

    def _what_is_live(self) -> str:
        nothing = "Nothing was promoted."
        if self._journal.step("migrations") is None:
            return nothing
        # wrangler may have succeeded although it reported an error: a Worker's first version then serves requests.
        try:
            history = WorkerHistory.look(self._wrangler)
        except OpsError:
            return "Cloudflare can't be reached, so it is not known whether the new version is serving traffic."
        version = self._known_upload().version or history.tagged.get(self._journal.id)
        if version and version == history.live:
            return f"Version {version} is serving traffic all the same, and its smoke test is not finished."
        return nothing

    # Parts

    @cached_property
    def _secrets(self) -> dict[str, str]:
        return worker_secrets(self._context, self._request.environment)

    @cached_property
    def _pending(self) -> Pending:
        """The migrations that the database lacked when this run began."""
        return find_pending(self._context, self._request.app, self._database)

    @property
    def _needs_point(self) -> bool:
        return self._request.restore_point or not self._pending.none

    @cached_property
    def _database(self) -> str:
        return database_url(self._context, self._request.environment)

    def _known_upload(self) -> _Uploaded:
        facts, staged = self._journal.step("upload") or {}, self._journal.step("stage") or {}
        return _Uploaded(facts.get("version", ""), staged.get("beside") or facts.get("previous", ""))

    def _shares(self) -> dict[str, float]:
        """The versions that are deployed now, with their shares in percent; none if there is no Worker."""
        deployments = self._wrangler.deployments()
        return dict(deployments[0].shares) if deployments else {}

    def _after_migrations(self) -> str:
        if way_back := self._way_back():
            return f"The database stays migrated. {way_back}"
        return "No migration was pending, so the database is unchanged."

    def _way_back(self) -> str:
        point = self._journal.step("restore point")
        if not point or not point.get("branch"):
            return ""
        command = migrations.restore_command(self._request.environment, point["branch"])
        return f"To restore the database to before the release (until {point['expires_at']}): {command}"

    def _step(self, name: str, action: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
        known = self._journal.step(name)
        if known is not None:
            self._say(f"{name}: already done")
            return known
        self._say(f"{name} …")
        facts = action()
        self._journal.done(name, facts)
        return facts

    def _say(self, text: str) -> None:
        self._context.console.say(text)

    def _warn(self, text: str) -> None:
        self._context.console.warn(text)


def _nothing(_: object) -> Mapping[str, Any]:
    return {}


def _explained(error: Exception) -> str:
    """An error as text: its message for the owner, or one line with the place where a defect occurred."""
    if message := owners_message(error):
        return message
    place = traceback.extract_tb(error.__traceback__)[-1]
    says = next(iter(str(error).splitlines()), "")
    return f"unexpected {type(error).__name__}: {says} ({Path(place.filename).name}, line {place.lineno})"
