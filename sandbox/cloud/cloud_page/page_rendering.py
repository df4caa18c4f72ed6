"""The page as HTML: one template, a style and a script, in one response that may load nothing else."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sandbox.cloud.cloud_page.page_building import build, shown_time
from sandbox.cloud.cloud_page.page_facts import PageFacts, collect
from sandbox.cloud.cloud_page.page_mask import PageMask
from sandbox.cloud.local_cloud import LocalCloud


def _read(name: str) -> str:
    return (files("sandbox.cloud.cloud_page") / name).read_text(encoding="utf-8")


def _source(text: str) -> str:
    """An inline style or script as a source in a Content-Security-Policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


_STYLE, _SCRIPT = _read("page.css"), _read("page.js")
POLICY = (
    f"default-src 'none'; style-src {_source(_STYLE)}; script-src {_source(_SCRIPT)}; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The browser loads nothing but this page, and runs no other script than its own."""


@pass_context
def _hide(context: Context, value: Any) -> Any:
    # Jinja calls this for every expression of a template; what a macro returned has been through it.
    return value if isinstance(value, Markup) else context["mask"].hide(str(value))


_TEMPLATES = Environment(
    loader=PackageLoader("sandbox.cloud", "cloud_page"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    finalize=_hide,
)
_TEMPLATES.filters["time"] = shown_time


def render(facts: PageFacts) -> str:
    """The page of a cloud's facts. Every text is escaped, and secrets in it are hidden."""
    own = {"style": Markup(_STYLE), "script": Markup(_SCRIPT)}  # noqa: S704  (this project's own files)
    return _TEMPLATES.get_template("page.html.jinja").render(view=build(facts), mask=PageMask(facts), **own)


def endpoint(cloud: LocalCloud) -> Callable[[Request], Response]:
    """The page of a cloud, rendered for each request."""

    def page(_: Request) -> Response:
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
        return HTMLResponse(render(collect(cloud)), headers=headers)

    return page
