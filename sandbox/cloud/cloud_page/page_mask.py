"""Hides secrets in the texts of the page: those that the cloud knows, and those that look like one."""

from __future__ import annotations

import re

from sandbox.cloud.cloud_page.page_facts import PageFacts
from settings.secret_forms import SECRETS_IN_TEXT

_HIDDEN = "***"
# Shorter ones are not hidden: many words would contain one.
_SHORTEST = 8
_ADDRESS = re.compile(r"https?://[^\s@]+")


class PageMask:
    """Replaces each secret in a text by `***`."""

    def __init__(self, facts: PageFacts) -> None:
        """
        Args:
            facts: whose passwords, credentials and Workers' secrets are hidden. An address without a password is not
                secret, even if a Worker gets it as one.
        """
        known = [*facts.credentials, *(text for texts in facts.worker_secrets.values() for text in texts)]
        known += [role["_password"] for role in facts.held("roles") if role.get("_password")]
        secrets = {each for each in known if len(each) >= _SHORTEST and not _ADDRESS.fullmatch(each)}
        ordered = sorted(secrets, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def hide(self, text: str) -> str:
        """A text without its secrets."""
        if self._known:
            text = self._known.sub(_HIDDEN, text)
        return SECRETS_IN_TEXT.sub(_HIDDEN, text)
