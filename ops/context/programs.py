"""Runs a program with arguments, an environment and standard input. Secrets are passed by the last two only."""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from ops.context.console import Console
from ops.context.errors import OpsError
from ops.context.program_text import MOST_LINES, ErrorText, error_text, plain_text, quoted
from ops.context.watchdog import GRACE_SECONDS, Watchdog


class ProgramTimeoutError(OpsError):
    """A program was interrupted, because it took longer than it may."""


@dataclass(frozen=True)
class Finished:
    """A program that has ended.

    Attributes:
        name: the program's name.
        code: its exit code; negative if a signal ended it.
        stdout: its standard output, unfiltered: it may hold secrets, so never print it.
        text: its standard output and standard error, in order, without secrets and terminal codes.
    """

    name: str
    code: int
    stdout: str = field(repr=False)
    text: str = field(repr=False)

    def check(self) -> "Finished":
        """Returns itself, if the program succeeded.

        Raises:
            OpsError: it failed; the message ends with the error in its output.
        """
        if self.code == 0:
            return self
        raise OpsError(f"{self.name} {self.how_it_failed()}")

    def how_it_failed(self) -> str:
        """Its exit code, and the error in its output as a quote."""
        found = self.error()
        return f"ended with exit code {self.code}" + (
            f":\n{quoted(found.text)}" if found.text else "; it printed nothing"
        )

    def error(self) -> ErrorText:
        """The part of its output that says why it failed."""
        return error_text(self.text)

    def tail(self, lines: int = MOST_LINES) -> str:
        """Its last lines of output, without secrets."""
        return "\n".join(self.text.strip().splitlines()[-lines:])


class Runner:
    """Runs programs, and shuts them down cleanly if the run itself is interrupted."""

    def __init__(self, console: Console) -> None:
        """
        Args:
            console: shows the programs' output, without the secrets of its mask.
        """
        self._console = console
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[str]] = set()
        self._stopping = False
        self._watchdog = Watchdog()

    def run(
        self,
        argv: Sequence[str | Path],
        *,
        cwd: Path,
        environment: Mapping[str, str],
        stdin: str = "",
        show: bool = False,
        label: str = "",
        withhold: Callable[[str, str], bool] | None = None,
        timeout: float | None = None,
    ) -> Finished:
        """Runs a program to its end.

        Args:
            argv: the program and its arguments; anyone on the machine can read them, so so none may be secret.
            cwd: the folder it runs in.
            environment: its whole environment.
            stdin: its standard input; it may hold secrets.
            show: print its output as it comes, without secrets.
            label: the prefix of each shown line, for programs that run in parallel.
            withhold: gets the name of a stream, `stdout` or `stderr`, and each of its lines as it is; says whether it
                is not shown.
            timeout: seconds after which it is interrupted. Default: no limit.

        Raises:
            ProgramTimeoutError: it took too long.
            OpsError: there is no such program or it can't be run, a secret is among its arguments, or the run is being
                stopped.
        """
        arguments = [str(argument) for argument in argv]
        name = Path(arguments[0]).name
        if any(self._console.mask.found_in(argument) for argument in arguments):
            raise OpsError(f"a secret is among the arguments of {name}; pass it by environment or standard input")
        process = self._start(arguments, cwd, environment)
        output = _Output(process, self._console, show=show, label=label, withhold=withhold)
        try:
            output.write(stdin)
            code = process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._end(process)
            raise ProgramTimeoutError(f"{name} was stopped: it took longer than {timeout:g} s") from None
        except BaseException:
            self._end(process)
            raise
        finally:
            output.close()
            with self._lock:
                self._running.discard(process)
            self._watchdog.forget(process)
        return Finished(name=name, code=code, stdout=output.stdout, text=output.text)

    def stop(self) -> None:
        """Interrupts all running programs, as Ctrl-C does, and starts no more. For signal handlers."""
        self._stopping = True
        for process in list(self._running):
            _interrupt(process)

    def _start(self, arguments: list[str], cwd: Path, environment: Mapping[str, str]) -> subprocess.Popen[str]:
        if self._stopping:
            raise OpsError(f"{arguments[0]} was not started: the run is being stopped")
        try:
            process = subprocess.Popen(
                arguments,
                cwd=cwd,
                env=dict(environment),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
                # Its own group: Ctrl-C reaches only this run, which passes it on once. Two kill Terraform at once.
                start_new_session=True,
            )
        except FileNotFoundError:
            missing = arguments[0] if cwd.is_dir() else str(cwd)
            raise OpsError(f"{missing}: not found; run make setup, or put it on the PATH") from None
        except OSError as error:
            raise OpsError(f"{arguments[0]}: can't be run ({error.strerror}); check its file and permissions") from None
        self._watchdog.watch(process)
        with self._lock:
            self._running.add(process)
        if self._stopping:
            _interrupt(process)
        return process

    def _end(self, process: subprocess.Popen[str]) -> None:
        if not self._stopping:
            _interrupt(process)
        try:
            process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            _signal_group(process, signal.SIGKILL)
            process.wait()


class _Output:
    """Collects a program's output on two threads, so that neither pipe fills up."""

    def __init__(
        self,
        process: subprocess.Popen[str],
        console: Console,
        *,
        show: bool,
        label: str,
        withhold: Callable[[str, str], bool] | None,
    ) -> None:
        self._process, self._console, self._show, self._label = process, console, show, label
        self._withhold = withhold
        self._stdout: list[str] = []
        self._text: list[str] = []
        assert process.stdout is not None  # noqa: S101  (both were asked for)
        assert process.stderr is not None  # noqa: S101
        self._readers = [
            threading.Thread(target=self._read, args=(process.stdout, self._stdout), daemon=True),
            threading.Thread(target=self._read, args=(process.stderr, None), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, pipe: IO[str], keep: list[str] | None) -> None:
        for line in pipe:
            if keep is not None:
                keep.append(line)
            self._text.append(line)
            stream = "stderr" if keep is None else "stdout"
            withheld = self._withhold is not None and self._withhold(stream, line.rstrip("\n"))
            if self._show and not withheld:
                # Plain before the label is added, which a rewritten line would overwrite.
                self._console.say(self._label + plain_text(line.rstrip("\n")))

    def write(self, text: str) -> None:
        assert self._process.stdin is not None  # noqa: S101  (it was asked for)
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(text)
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()

    def close(self) -> None:
        # A daemon that the program left behind may hold the pipes open: don't wait for it forever.
        for reader in self._readers:
            reader.join(5)

    @property
    def stdout(self) -> str:
        return "".join(self._stdout)

    @property
    def text(self) -> str:
        # Hidden in the whole text, since a secret may span lines.
        return self._console.mask.hide(plain_text("".join(self._text)))


def _interrupt(process: subprocess.Popen[str]) -> None:
    _signal_group(process, signal.SIGINT)


def _signal_group(process: subprocess.Popen[str], number: signal.Signals) -> None:
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
