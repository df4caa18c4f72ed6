"""A plugin for detect-secrets with the secrets that it does not know, loaded by tools/secret_scan.py."""

import re

from detect_secrets.plugins.base import RegexBasedDetector

from settings.secret_forms import SERVICE_KEYS


class ServiceKeyDetector(RegexBasedDetector):
    """Keys with a prefix, Cloudflare tokens where they are assigned, and Discord's webhooks."""

    # The base class declares both as abstract properties; its own plugins set them like this.
    secret_type = "Service Key"  # noqa: S105  # pyright: ignore
    denylist = (  # pyright: ignore
        re.compile(rf"\b(?:{SERVICE_KEYS})"),
        re.compile(r"(?i)cloudflare_(?:api_)?token[\"']?\s*[:=]\s*[\"']?([A-Za-z0-9_-]{40})\b"),
        re.compile(r"discord(?:app)?\.com/api/webhooks/(\d{17,20}/[\w-]{60,})"),
    )
