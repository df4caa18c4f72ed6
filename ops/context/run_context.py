"""The context of a run. The environment is read here, once, and nowhere else in ops."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from ops.context.console import Console, Mask
from ops.context.errors import OpsError
from ops.context.programs import Finished, Runner
from settings.secret_forms import is_secret_variable

if TYPE_CHECKING:
    from ops.context.credentials import Addresses, Credentials
    from settings import ApiSettings, EnvironmentSettings, ReleaseSettings, Settings

_Table = TypeVar("_Table")
_Value = TypeVar("_Value", int, str)
ROOT = Path(__file__).parents[2]
# Not secret, but hidden in logs: Terraform's variables of the same values are sensitive. Programs still get them.
_ID_NAME = re.compile(r"^(CLOUDFLARE_(ACCOUNT|ZONE)|NEON_ORG)_ID$")


@dataclass(frozen=True)
class Context:
    """The context of a run: settings, paths, credentials, and what started it.

    Attributes:
        root: the checkout.
        settings_file: the owner's settings.
        out: the folder of synthesized stacks, cdktf.out.
        environment: the whole environment, secrets among them: for Terraform only. Others get
            `plain_environment`, the app's own programs `app_environment`.
        console: prints without secrets; `console.mask.add` adds one that the run learns later.
        runner: runs programs.
    """

    root: Path
    settings_file: Path
    out: Path
    environment: Mapping[str, str] = field(repr=False)
    console: Console = field(repr=False)
    runner: Runner = field(repr=False)

    @classmethod
    def read(cls, environment: Mapping[str, str], root: Path = ROOT, *, with_file: bool = False) -> Self:
        """Creates the context of a run.

        Args:
            environment: os.environ, or a test's own. An empty value counts as not set.
            root: the checkout. INFRA_SETTINGS and CDKTF_OUTDIR choose other settings and another cdktf.out.
            with_file: also read the owner's `.env` (`ops.context.env_file`): only the command line does.

        Raises:
            OpsError: `.env` can't be used.
        """
        known = {name: value for name, value in environment.items() if value}
        settings_file = Path(known.get("INFRA_SETTINGS", root / "settings.toml")).absolute()
        if with_file and (file := _env_file(known, settings_file)):
            # Only then: pydantic loads slowly.
            from ops.context.env_file import with_env_file

            known = with_env_file(known, file)
        hidden = [value for name, value in known.items() if is_secret_variable(name) or _ID_NAME.search(name)]
        console = Console(Mask(hidden))
        return cls(
            root=root,
            settings_file=settings_file,
            out=Path(known.get("CDKTF_OUTDIR", root / "cdktf.out")).absolute(),
            environment=known,
            console=console,
            runner=Runner(console),
        )

    @cached_property
    def credentials(self) -> "Credentials":
        """The secrets and account ids, read on first use: a plan needs none, and pydantic loads slowly."""
        from ops.context.credentials import Credentials

        return Credentials.model_validate(self.environment)

    @cached_property
    def addresses(self) -> "Addresses":
        """The addresses of the services' APIs."""
        from ops.context.credentials import Addresses

        return Addresses.model_validate(self.environment)

    @cached_property
    def settings(self) -> "Settings":
        """The owner's settings, read on first use (a plan needs none).

        The Worker's secrets that they name are added to the mask: a SENTRY_DSN does not look like a secret.

        Raises:
            SettingsError: the file is invalid.
        """
        from settings import load_settings

        settings = load_settings(self.settings_file)
        named = settings.release.secrets if settings.release else []
        self.console.mask.add(*(self.environment[name] for name in named if name in self.environment))
        return settings

    @property
    def readable_settings(self) -> "Settings | None":
        """The owner's settings, or None if they can't be read: for what is only convenient to know."""
        from settings import SettingsError

        try:
            return self.settings
        except SettingsError:
            return None

    def environment_settings(self, name: str) -> "EnvironmentSettings":
        """The settings of one environment.

        Args:
            name: the environment's name, as an owner typed it.

        Raises:
            OpsError: the settings have no such environment.
            SettingsError: the settings are invalid.
        """
        settings = self.settings
        try:
            return settings.environment(name)
        except ValueError as error:
            raise OpsError(str(error)) from None

    @property
    def release_settings(self) -> "ReleaseSettings":
        """The table [release].

        Raises:
            OpsError: the settings have no such table.
            SettingsError: the settings are invalid.
        """
        return self._table("release", self.settings.release)

    @property
    def api_settings(self) -> "ApiSettings":
        """The table [api]. Errors as for `release_settings`."""
        return self._table("api", self.settings.api)

    def _table(self, name: str, table: _Table | None) -> _Table:
        if table is None:
            raise OpsError(f"{self.settings_file}: has no [{name}] table; add one (docs/settings.md)")
        return table

    @cached_property
    def plain_environment(self) -> dict[str, str]:
        """The environment without its secrets: for programs that are passed only those they need."""
        return {name: value for name, value in self.environment.items() if not is_secret_variable(name)}

    @cached_property
    def app_environment(self) -> dict[str, str]:
        """The plain environment without the Worker's secrets either: for the app's own programs.

        Raises:
            SettingsError: the settings are invalid.
        """
        release = self.settings.release
        named = set(release.secrets) if release else set[str]()
        return {name: value for name, value in self.plain_environment.items() if name not in named}

    @cached_property
    def event(self) -> dict[str, Any]:
        """The event that started the GitHub workflow (GitHub docs, "Webhook events and payloads"); empty elsewhere.

        Raises:
            OpsError: the file is damaged.
        """
        file = self.environment.get("GITHUB_EVENT_PATH")
        if not file or not Path(file).is_file():
            return {}
        try:
            event: object = json.loads(Path(file).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            event = None
        if not isinstance(event, dict):
            raise self._bad_event()
        return cast(dict[str, Any], event)

    @property
    def pull_request(self) -> int | None:
        """The pull request's number, in a workflow that was started by one."""
        return self._in_event(int, "pull_request", "number")

    @property
    def from_fork(self) -> bool:
        """Whether the workflow's pull request comes from another repository: it gets no secrets."""
        if self.pull_request is None:
            return False
        head, base = (self._in_event(str, "pull_request", side, "repo", "full_name") for side in ("head", "base"))
        return head is None or head != base

    def _in_event(self, kind: type[_Value], *path: str) -> _Value | None:
        """A value of the event that started the workflow; None if a part of its path is missing or null.

        Raises:
            OpsError: the event has something else there.
        """
        found: object = self.event
        for name in path:
            if found is None:
                return None
            if not isinstance(found, dict):
                raise self._bad_event()
            found = cast(dict[str, object], found).get(name)
        if found is not None and type(found) is not kind:
            raise self._bad_event()
        return cast("_Value | None", found)

    def _bad_event(self) -> OpsError:
        file = self.environment.get("GITHUB_EVENT_PATH")
        return OpsError(f"{file}: set in GITHUB_EVENT_PATH, but not a GitHub event; fix or unset it")

    @cached_property
    def repository(self) -> str | None:
        """This checkout's `owner/name` on GitHub; None if it has no GitHub remote."""
        if named := self.environment.get("GITHUB_REPOSITORY"):
            return named
        remote = self._git("remote", "get-url", "origin")
        match = re.search(r"[:/]([\w.-]+/[\w.-]+?)(\.git)?/?$", remote)
        return match[1] if match and "github" in remote else None

    @cached_property
    def commit(self) -> str:
        """The commit of this run: a pull request's head, not GitHub's test merge; `unknown` outside git."""
        head = self._in_event(str, "pull_request", "head", "sha")
        return head or self.environment.get("GITHUB_SHA") or self._git("rev-parse", "HEAD") or "unknown"

    @property
    def settings_uncommitted(self) -> bool:
        """Whether the settings differ from those of the commit; false outside git."""
        return bool(self._git("status", "--porcelain", "--", str(self.settings_file)))

    @cached_property
    def actor(self) -> str:
        """Who started the run: the GitHub user, or git's user name on a laptop."""
        names = (self.environment.get(name) for name in ("GITHUB_TRIGGERING_ACTOR", "GITHUB_ACTOR"))
        named = next((name for name in names if name), None)
        return named or self._git("config", "user.name") or self.environment.get("USER", "someone")

    @property
    def run_link(self) -> str | None:
        """The URL of the workflow run; None on a laptop."""
        run = self.environment.get("GITHUB_RUN_ID")
        if not run or not self.repository:
            return None
        return f"{self._github_server}/{self.repository}/actions/runs/{run}"

    @property
    def commit_link(self) -> str | None:
        """The URL of the commit on GitHub; None if the repository or the commit is unknown."""
        if not self.repository or self.commit == "unknown":
            return None
        return f"{self._github_server}/{self.repository}/commit/{self.commit}"

    @property
    def releases(self) -> Path:
        """The folder of the release journals; INFRA_RELEASES overrides it."""
        return Path(self.environment.get("INFRA_RELEASES", self.root / ".releases")).absolute()

    def add_to_step_summary(self, markdown: str) -> None:
        """Adds text to the workflow step's summary, without secrets; does nothing outside GitHub.

        A summary that can't be written is a warning: it must not end a run that has changed something.
        """
        file = self.environment.get("GITHUB_STEP_SUMMARY")
        if not file:
            return
        try:
            with Path(file).open("a", encoding="utf-8") as summary:
                summary.write(self.console.clean(markdown) + "\n\n")
        except OSError as error:
            self.console.warn(f"{file}: the step's summary can't be written: {error.strerror}; see the log instead")

    def set_step_output(self, name: str, value: str) -> None:
        """Sets an output of the workflow's step; does nothing outside GitHub. If it can't, it prints a warning."""
        file = self.environment.get("GITHUB_OUTPUT")
        if not file:
            return
        try:
            with Path(file).open("a", encoding="utf-8") as outputs:
                outputs.write(f"{name}={value}\n")
        except OSError as error:
            self.console.warn(f"{file}: can't be written ({error.strerror}): the step has no output {name}")

    def run(self, *argv: str | Path, cwd: Path | None = None, secrets: Mapping[str, str] | None = None) -> Finished:
        """Runs a program in the checkout with the plain environment, see `Runner.run`.

        Args:
            argv: the program and its arguments.
            cwd: another folder.
            secrets: variables that only this program gets; they are hidden in its output.
        """
        given = dict(secrets or {})
        self.console.mask.add(*given.values())
        return self.runner.run(argv, cwd=cwd or self.root, environment=self.plain_environment | given)

    @property
    def _github_server(self) -> str:
        return self.environment.get("GITHUB_SERVER_URL", "https://github.com")

    def _git(self, *arguments: str) -> str:
        try:
            finished = self.run("git", *arguments)
        except OpsError:
            return ""
        return finished.stdout.strip() if finished.code == 0 else ""


def _env_file(environment: Mapping[str, str], settings_file: Path) -> Path | None:
    """INFRA_ENV_FILE, or the `.env` beside the settings, whose product its credentials are for; None if missing.

    Raises:
        OpsError: INFRA_ENV_FILE names a file that doesn't exist.
    """
    named = environment.get("INFRA_ENV_FILE")
    file = Path(named) if named else settings_file.with_name(".env")
    if file.exists():
        return file
    if named:
        raise OpsError(f"{named}: set in INFRA_ENV_FILE, but doesn't exist; create or unset it")
    return None
