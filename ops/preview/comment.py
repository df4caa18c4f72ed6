"""What a pull request's one comment says of its preview."""

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
    "canceled": "its build was stopped",
}


@dataclass(frozen=True)
class Made:
    """A preview that is up.

    Attributes:
        parts: its names and addresses.
        site: the Pages preview; None where the settings have no site.
        expires_at: when Neon deletes its database by itself.
    """

    parts: Preview
    site: PagesPreview | None
    expires_at: datetime


def up(context: Context, made: Made) -> str:
    """The comment on a preview that is up."""
    parts = made.parts
    rows = [f"| API | {parts.address} (healthy) |"]
    if made.site:
        rows.append(f"| site | {made.site.address} ({_BUILD.get(made.site.status, 'being built')}) |")
    until = made.expires_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    rows.append(f"| database | branch `{parts.branch}`, first a copy of {parts.parent}'s; kept until {until} |")
    rows.append(f"| commit | {_commit(context)} |")
    lines = [
        "### Preview",
        "",
        "| what | where |",
        "| --- | --- |",
        *rows,
        "",
        "Each push brings it up to date. Closing the pull request removes it.",
    ]
    return _text(context, lines)


def failed(context: Context, parts: Preview, error: str) -> str:
    """The comment on a preview that could not be made."""
    lines = [
        "### Preview: failed",
        "",
        f"The preview of {_commit(context)} is not usable:",
        "",
        # Indented, so that nothing in it is read as Markdown.
        *(f"    {line}" for line in error.splitlines()),
        "",
        f"Push a mended commit, or run the job again. `python -m ops preview down --pr {parts.number}` removes "
        "what there is of it.",
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
