"""One release, step by step. Each step looks first whether it was done: a release that was killed goes on from there.

checks → audit → restore point → migrations → a new version at 0 % → its smoke test → 100 % → a smoke test of what
visitors get → done. A version that does not answer well is rolled back.
"""

import contextlib
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from pathlib import Path
from typing import Any

from ops.clouds.discord import Kind
from ops.clouds.wrangler import Deployment, Wrangler
from ops.context.errors import OpsError
from ops.health.doctor import examine
from ops.health.finding import State
from ops.health.smoke import SmokeError, probe_of, smoke
from ops.release import migrations
from ops.release.attempt import Cloud, attempt
from ops.release.journal import Journal, alone
from ops.release.notes import Notes
from ops.release.order import Order
from ops.terraform.outputs import database_url, worker_secrets

# How many good answers in a row show that the new version has reached the visitors.
_ANSWERS_IN_A_ROW = 5


class Exit(IntEnum):
    """How a release ended, as its exit code."""

    RELEASED = 0
    ERROR = 1
    ROLLED_BACK = 4
    NOT_ROLLED_BACK = 5


class _BadVersionError(OpsError):
    """The new version does not do: it must be rolled back."""


@dataclass(frozen=True)
class _Uploaded:
    """The new version, and the one that it replaces.

    Attributes:
        version: its id.
        previous: the id of the version that a rollback goes to: the one that answered the requests when the new one was
            staged, and until then when it was uploaded; empty for a Worker's first version.
    """

    version: str
    previous: str


def release(order: Order) -> Exit:
    """Releases the app, or goes on with a release of the same id that was interrupted.

    Args:
        order: what is to be released.

    Returns:
        How it ended; what went wrong has been printed and announced.

    Raises:
        OpsError: it could not begin: another release is under way, or the clouds can't be asked.
    """
    with alone(order.folder, order.environment):
        wrangler = order.wrangler()
        cloud = Cloud.look(wrangler)
        journal = attempt(order, cloud)
        version = cloud.tagged.get(journal.id)
        if journal.outcome == "released":
            order.context.console.say(f"already released: {journal.id} is live as version {version}")
            return Exit.RELEASED
        run = _Run(order, wrangler, journal, Notes(order, journal))
        if version and version == cloud.live and journal.started is None:
            # Another machine has released it, or was stopped just before its end: only the last test is left.
            run.skip_to_the_end()
        return run.run()


class _Run:
    def __init__(self, order: Order, wrangler: Wrangler, journal: Journal, notes: Notes) -> None:
        self._order, self._wrangler, self._journal, self._notes = order, wrangler, journal, notes
        self._context = order.context
        # Whether another machine began this release: its journal is not here.
        self._elsewhere = False
        # Whether the new version may answer visitors' requests.
        self._may_serve = False

    def skip_to_the_end(self) -> None:
        """Takes as done what must have been done for the version to be live, and as sent what was announced."""
        point = migrations.find_restore_point(self._context, self._order.environment, self._journal.id)
        facts = {"branch": point.name, "expires_at": point.expires_at} if point else {}
        for name in ("checks", "audit", "migrations"):
            self._journal.done(name, {})
        self._journal.done("restore point", facts)
        for kind in (Kind.STARTED, Kind.MIGRATION, Kind.SUCCESS):
            self._journal.first_time(kind.name.lower())

    def run(self) -> Exit:
        """Runs the steps that are left; says and announces how it ended, whatever went wrong."""
        try:
            return self._run()
        except KeyboardInterrupt:
            self._notes.failure("It was interrupted. Run it again: it goes on from there.")
            raise
        except Exception as error:
            # Nobody may have to learn of a failed release by its silence.
            return self._fail(_told(error))

    def _run(self) -> Exit:
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
            # Visitors may be on a version of which nobody knows whether it does: whatever failed, take it back.
            uploaded, reason = self._known_upload(), _told(error)
            if uploaded.previous:
                # Without the note the rollback goes on all the same, only not in another run.
                with contextlib.suppress(OpsError):
                    self._journal.withdraw(reason)
            return self._roll_back(uploaded, reason)
        self._journal.end("released")
        self._notes.once(Kind.SUCCESS, f"Version {uploaded.version} answers all requests.")
        self._say(f"released: version {uploaded.version} answers all requests at {self._order.url}")
        return Exit.RELEASED

    # Steps

    def _begin(self) -> None:
        point = migrations.find_restore_point(self._context, self._order.environment, self._journal.id)
        self._elsewhere = self._journal.started is None and point is not None
        taken_up = self._journal.started is not None or self._elsewhere
        self._say(f"release {self._journal.id} of {self._order.environment}{' goes on' if taken_up else ''}")
        self._journal.begin(environment=self._order.environment, commit=self._order.commit, actor=self._context.actor)
        self._step("checks", lambda: self._check(spare_branch=point is None))
        if self._elsewhere:
            # The restore point is made after this was announced.
            self._journal.first_time(Kind.STARTED.name.lower())
        self._notes.once(Kind.STARTED)

    def _check(self, *, spare_branch: bool) -> Mapping[str, Any]:
        context, order = self._context, self._order
        findings = examine(context, order.environment, order.app, spare_branch=spare_branch)
        wrong = [str(finding) for finding in findings if finding.state is State.WRONG]
        if not wrong:
            # All secrets are taken now, so that a missing one does not show after the migrations only.
            for uri in {self._database, self._secrets.get("DATABASE_URL", self._database)}:
                migrations.check_database(context, order.environment, uri)
            return {}
        raise OpsError("\n".join(["the checks found:", *wrong]))

    def _prepare(self) -> None:
        context, order, settings = self._context, self._order, self._order.settings
        if settings.audit_command:
            command = settings.audit_command
            self._step("audit", lambda: _nothing(migrations.run_in_app(context, order.app, command, label="audit")))
        self._step("restore point", self._restore_point)
        # Again before each try: between two runs of a release, its database may have become another's.
        if self._journal.step("migrations") is None:
            migrations.check_database(context, order.environment, self._database)
        self._step("migrations", lambda: _nothing(migrations.migrate(context, order.app, self._database)))

    def _restore_point(self) -> Mapping[str, Any]:
        hours = self._order.settings.restore_point_hours
        point = migrations.make_restore_point(self._context, self._order.environment, self._journal.id, hours)
        self._say(f"restore point: {point.name}, until {point.expires_at}")
        return {"branch": point.name, "expires_at": point.expires_at}

    def _upload(self) -> _Uploaded:
        facts = self._step("upload", self._new_version)
        uploaded = _Uploaded(facts["version"], facts["previous"])
        # After the upload: on another machine, that a version is there counts as announced.
        self._notes.once(Kind.MIGRATION, f"The database is migrated. {self._way_back()}")
        return uploaded

    def _new_version(self) -> Mapping[str, Any]:
        """Uploads a version, or finds the one that this release has uploaded."""
        cloud, id = Cloud.look(self._wrangler), self._journal.id
        message = f"release {id} by {self._context.actor}"
        if version := cloud.tagged.get(id):
            if self._elsewhere:
                self._journal.first_time(Kind.MIGRATION.name.lower())
        elif cloud.deployments:
            version = self._wrangler.upload(secrets=self._secrets, message=message, tag=id).id
        else:
            self._say("the Worker does not exist yet: its first version answers requests at once")
            version = self._wrangler.deploy(secrets=self._secrets, message=message, tag=id).id
        previous = cloud.before(version)
        self._say(f"version {version} is uploaded; before it: {previous or 'none'}")
        return {"version": version, "previous": previous}

    def _put_live(self, uploaded: _Uploaded) -> None:
        """Tests the version, lets it answer all requests, and tests it as visitors get it."""
        live = self._wrangler.live()
        self._may_serve = not uploaded.previous or live == uploaded.version
        if not self._may_serve:
            self._step("stage", lambda: self._stage(uploaded))
            self._step("smoke test at 0 %", lambda: _nothing(self._smoke(uploaded, staged=True)))
            self._promote(uploaded)
        self._step("smoke test", lambda: _nothing(self._smoke(uploaded, staged=False)))

    def _stage(self, uploaded: _Uploaded) -> Mapping[str, Any]:
        """Deploys the version at 0 %, beside the one that is live now: since the upload, another may have come live."""
        shares = self._shares()
        others = {version: share for version, share in shares.items() if version != uploaded.version}
        if not others:
            raise OpsError(f"{self._order.worker} has no version that answers requests; look at it on Cloudflare")
        beside = Deployment(others).main
        if uploaded.version not in shares:
            self._wrangler.stage(uploaded.version, beside, f"release {self._journal.id}: at 0 %")
        return {"beside": beside}

    def _promote(self, uploaded: _Uploaded) -> None:
        self._say("promote …")
        self._may_serve = True
        try:
            self._wrangler.promote(uploaded.version, f"release {self._journal.id}")
        except OpsError as error:
            # It may have been done all the same.
            if not self._is_live(uploaded.version):
                raise _BadVersionError(f"it could not be promoted: {error}") from None

    def _smoke(self, uploaded: _Uploaded, *, staged: bool) -> None:
        order = self._order
        # An address of the API's own is attached to a Worker that exists: the first version has only workers.dev.
        url = order.url if uploaded.previous else order.api.url(order.environment)
        probe = probe_of(
            self._context,
            url,
            version=uploaded.version,
            worker=order.worker if staged else "",
            in_a_row=1 if staged else _ANSWERS_IN_A_ROW,
        )
        try:
            smoke(self._context, probe)
        except SmokeError as error:
            raise _BadVersionError(str(error)) from None
        except OpsError as error:
            if staged:
                raise
            raise _BadVersionError(f"it can't be tested: {error}") from None

    def _is_live(self, version: str) -> bool:
        try:
            return self._wrangler.live() == version
        except OpsError:
            return False

    # Ends

    def _roll_back(self, uploaded: _Uploaded, reason: str) -> Exit:
        """Lets the version before answer all requests again, and says how to restore the database."""
        id, previous = self._journal.id, uploaded.previous
        self._warn(f"release {id} is rolled back: {reason}")
        try:
            shares = self._shares()
        except OpsError:
            # The rollback meets the same, and says what to do.
            shares = {uploaded.version: 100.0}
        if uploaded.version not in shares and shares != {previous: 100}:
            return self._taken_over(shares, reason)
        if not previous:
            self._journal.end("failed")
            text = (
                f"{reason}\nIt is the Worker's first version, so there is none to go back to: it stays live. Mend the "
                f"cause and release again, or take it down: npx wrangler delete --name {self._order.worker}"
            )
            return self._not_rolled_back(text)
        try:
            if shares != {previous: 100}:
                self._wrangler.rollback(previous, f"release {id} is rolled back")
            if (live := self._wrangler.live()) != previous:
                raise OpsError(f"version {live or 'none'} is live")
        except Exception as error:
            # Whatever it is, somebody must do it by hand.
            text = (
                f"{reason}\nThe rollback failed too: {_told(error)}\n"
                f"By hand, in the app's {self._order.settings.worker_dir}: "
                f"npx wrangler rollback {previous} --name {self._order.worker}\n"
                f"Or run the release again: it goes on with the rollback."
            )
            return self._not_rolled_back(text)
        text = (
            f"{reason}\nVersion {previous} answers all requests again. The database stays migrated. {self._way_back()}"
        )
        return self._rolled_back(text)

    def _taken_over(self, shares: Mapping[str, float], reason: str) -> Exit:
        """Ends where the version answers nobody any more: to deploy the one before it would take a newer one down."""
        now = f"Version {Deployment(shares).main} has taken over" if shares else "The Worker is gone"
        text = f"{reason}\n{now}, so nothing was deployed. The database stays migrated. {self._way_back()}"
        return self._rolled_back(text.rstrip())

    def _rolled_back(self, text: str) -> Exit:
        self._journal.end("rolled back")
        self._notes.once(Kind.ROLLED_BACK, text)
        self._warn(f"rolled back: {text}")
        return Exit.ROLLED_BACK

    def _not_rolled_back(self, text: str) -> Exit:
        self._notes.failure(text)
        self._warn(text)
        return Exit.NOT_ROLLED_BACK

    def _fail(self, problem: str) -> Exit:
        text = f"{problem}\n{self._what_is_live()} Mend the cause and run the release again: it goes on from here."
        text += f" {self._way_back()}"
        text = text.rstrip()
        self._notes.failure(text)
        self._warn(text)
        return Exit.ERROR

    def _what_is_live(self) -> str:
        nothing = "Nothing was promoted."
        if self._journal.step("migrations") is None:
            return nothing
        # wrangler may have done what it says failed: a Worker's first version then answers at once.
        try:
            cloud = Cloud.look(self._wrangler)
        except OpsError:
            return "Cloudflare can't be asked whether the new version is live."
        version = self._known_upload().version or cloud.tagged.get(self._journal.id)
        if version and version == cloud.live:
            return f"Version {version} is live all the same, and not tested to the end."
        return nothing

    # Parts

    @cached_property
    def _secrets(self) -> dict[str, str]:
        return worker_secrets(self._context, self._order.environment)

    @cached_property
    def _database(self) -> str:
        return database_url(self._context, self._order.environment)

    def _known_upload(self) -> _Uploaded:
        facts, staged = self._journal.step("upload") or {}, self._journal.step("stage") or {}
        return _Uploaded(facts.get("version", ""), staged.get("beside") or facts.get("previous", ""))

    def _shares(self) -> dict[str, float]:
        """The versions that are deployed now, with their shares in percent; none where there is no Worker."""
        deployments = self._wrangler.deployments()
        return dict(deployments[0].shares) if deployments else {}

    def _way_back(self) -> str:
        point = self._journal.step("restore point")
        if not point or not point.get("branch"):
            return ""
        command = migrations.restore_command(self._order.environment, point["branch"])
        return f"To give the database the rows it had before (until {point['expires_at']}): {command}"

    def _step(self, name: str, action: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
        known = self._journal.step(name)
        if known is not None:
            self._say(f"{name}: was done before")
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


def _told(error: Exception) -> str:
    """What an error says: an OpsError its own words, any other one line with the place where it came up."""
    if isinstance(error, OpsError):
        return str(error)
    place = traceback.extract_tb(error.__traceback__)[-1]
    says = next(iter(str(error).splitlines()), "")
    return f"unexpected {type(error).__name__}: {says} ({Path(place.filename).name}, line {place.lineno})"
