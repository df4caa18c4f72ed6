"""The output of a run, without secrets and without the terminal codes of other programs."""

import json
import re
import sys
from collections.abc import Iterable
from typing import TextIO
from urllib.parse import quote, quote_plus, unquote

from ops.context.program_text import plain_text
from ops.context.split_address import split_address
from settings.secret_forms import SECRETS_IN_TEXT

HIDDEN = "***"
SHORTEST = 8
# An app's own address may be among a Worker's secrets, but is not secret.
_ORIGIN = re.compile(r"https?://[\w.-]+(:\d+)?/?")


class Mask:
    """The secrets that a run knows. It hides them in text, in plain form and as encoded in URLs and JSON."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._pattern: re.Pattern[str] | None = None
        self._forms: frozenset[str] = frozenset()
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Adds secrets, and the password of a connection URI.

        Values under 8 characters, short plain words and bare addresses (https://host) are not hidden: that would
        garble ordinary text.
        """
        forms = set(self._forms)
        for secret in secrets:
            for value in (secret, *secret.splitlines(), _password(secret)):
                if _hideable(value.strip()):
                    forms |= _written(value.strip())
        if len(forms) > len(self._forms):
            self._forms = frozenset(forms)
            longest_first = sorted(forms, key=len, reverse=True)
            self._pattern = re.compile("|".join(re.escape(form) for form in longest_first))

    def hide(self, text: str) -> str:
        """The text with each secret replaced by `***`."""
        if self._pattern:
            text = self._pattern.sub(HIDDEN, text)
        return SECRETS_IN_TEXT.sub(HIDDEN, text)

    def found_in(self, text: str) -> bool:
        """Whether the text holds a secret that this run knows."""
        return bool(self._pattern and self._pattern.search(text))


def _hideable(value: str) -> bool:
    plain = (len(value) < 16 and value.isalpha() and value.islower()) or _ORIGIN.fullmatch(value)
    return len(value) >= SHORTEST and not plain


def _written(value: str) -> set[str]:
    return {value, quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1]}


def _password(value: str) -> str:
    return unquote(split_address(value).password or "")


class Console:
    """Prints to a terminal or a job's log, without the mask's secrets."""

    def __init__(self, mask: Mask, out: TextIO | None = None, errors: TextIO | None = None) -> None:
        """
        Args:
            mask: the secrets to hide.
            out: the stream of `say`. Default: standard output.
            errors: the stream of `warn`. Default: standard error.
        """
        self.mask = mask
        self._out, self._errors = out, errors

    def clean(self, text: str) -> str:
        """The text as it may leave this run: without secrets and without terminal codes."""
        # In this order: a code within a secret would keep it from being found.
        return self.mask.hide(plain_text(text))

    def say(self, text: str = "") -> None:
        """Prints a line."""
        # Looked up at each call, so that a test or a caller can capture it.
        print(self.clean(text), file=self._out or sys.stdout, flush=True)

    def warn(self, text: str) -> None:
        """Prints a warning or an error to standard error."""
        print(self.clean(text), file=self._errors or sys.stderr, flush=True)
