"""A plugin for detect-secrets with the secrets that it does not know, named in .secrets.baseline."""

import re

from detect_secrets.plugins.base import RegexBasedDetector


class ServiceKeyDetector(RegexBasedDetector):
    """Keys of Neon, Cloudflare tokens where they are assigned, and Discord's webhooks."""

    # The base class declares both as abstract properties; its own plugins set them like this.
    secret_type = "Service Key"  # noqa: S105  # pyright: ignore
    denylist = (  # pyright: ignore
        re.compile(r"\bnapi_[a-z0-9]{40,}\b"),
        re.compile(r"\bnpg_[A-Za-z0-9]{12,}\b"),
        re.compile(r"\bcf(?:k|ut|at)_[A-Za-z0-9]{40,}\b"),
        re.compile(r"(?i)cloudflare_(?:api_)?token[\"']?\s*[:=]\s*[\"']?([A-Za-z0-9_-]{40})\b"),
        re.compile(r"discord(?:app)?\.com/api/webhooks/(\d{17,20}/[\w-]{60,})"),
    )
