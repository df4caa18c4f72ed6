"""The text of a pull request's comment on its preview."""

from dataclasses import dataclass
from datetime import UTC, datetime

from ops.clouds.cloudflare import PagesPreview
from ops.context.run_context import Context
from ops.preview.parts import Preview

PURPOSE = "preview"
_BUILD = {
    "success": "built",
    "": "not built yet",
    "failure": "**its build failed**",
    "canceled": "its build was canceled",
}


@dataclass(frozen=True)
class LivePreview:
    """A preview that is running.

    Attributes:
        parts: its names and addresses.
        site: the Pages preview; None if the settings have no site.
        expires_at: when Neon deletes its database.
    """

    parts: Preview
    site: PagesPreview | None
    expires_at: datetime


def up(context: Context, made: LivePreview) -> str:
    """The comment on a preview that is running."""
    parts = made.parts
    rows = [f"| API | {parts.address} (healthy) |"]
    if made.site:
        address = made.site.address or "no address before its first build"
        rows.append(f"| site | {address} ({_BUILD.get(made.site.status, 'being built')}) |")
    until = made.expires_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    rows.append(f"| database | branch `{parts.branch}`, {parts.origin}; expires {until} |")
    rows.append(f"| commit | {_commit(context)} |")
    lines = [
        "### Preview",
        "",
        "| Part | Address |",
        "| --- | --- |",
        *rows,
        "",
        "Each push updates it. Closing the pull request removes it.",
    ]
    return _text(context, lines)


def failed(context: Context, parts: Preview, error: str) -> str:
    """The comment on a preview that failed."""
    lines = [
        "### Preview: failed",
        "",
        f"The preview of {_commit(context)} is not usable:",
        "",
        # Indented, so that none of it is rendered as Markdown.
        *(f"    {line}" for line in error.splitlines()),
        "",
        f"Push a fix, or run the job again. `python -m ops preview down --pr {parts.number}` removes all of it.",
    ]
    return _text(context, lines)


def down(context: Context) -> str:
    """The comment on a preview that was removed."""
    return _text(context, ["### Preview: removed", "", "Its Worker and its database are deleted."])


def _commit(context: Context) -> str:
    short = f"`{context.commit[:12]}`"
    return f"[{short}]({context.commit_link})" if context.commit_link else short


def _text(context: Context, lines: list[str]) -> str:
    return "\n".join([*lines, *(["", f"[Run]({context.run_link})"] if context.run_link else [])])
