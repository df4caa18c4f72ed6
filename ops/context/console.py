"""What a run prints, with every secret taken out."""

import json
import re
import sys
from collections.abc import Iterable
from typing import TextIO
from urllib.parse import quote, quote_plus, unquote, urlsplit

from settings.secret_forms import SECRETS_IN_TEXT

HIDDEN = "***"
SHORTEST = 8
# An app's own address may stand among a Worker's secrets, and is none.
_ORIGIN = re.compile(r"https?://[\w.-]+(:\d+)?/?")


class Mask:
    """The secrets that a run knows. It takes them out of text, as they are and as URLs and JSON write them."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._pattern: re.Pattern[str] | None = None
        self._forms: frozenset[str] = frozenset()
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Learns secrets. A connection URI's password is learnt with it.

        Values under 8 characters, short plain words and bare addresses (https://host) are left alone: hiding them would
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
    try:
        return unquote(urlsplit(value).password or "")
    except ValueError:
        return ""


class Console:
    """Prints for a person or a job's log; nothing it prints holds a secret of the mask."""

    def __init__(self, mask: Mask, out: TextIO | None = None, errors: TextIO | None = None) -> None:
        """
        Args:
            mask: the secrets to take out.
            out: where news go; standard output where it is left out.
            errors: where warnings go; standard error where it is left out.
        """
        self.mask = mask
        self._out, self._errors = out, errors

    def say(self, text: str = "") -> None:
        """Prints a line of news."""
        # Looked up at each call, so that a test or a caller can capture it.
        print(self.mask.hide(text), file=self._out or sys.stdout, flush=True)

    def warn(self, text: str) -> None:
        """Prints a line that someone should read, to standard error."""
        print(self.mask.hide(text), file=self._errors or sys.stderr, flush=True)
