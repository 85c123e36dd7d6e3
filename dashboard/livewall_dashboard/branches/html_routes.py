"""Pages of HTML that builds left, as people browse them.

Whoever can push a branch writes them, scripts too. So each is in a sandbox: for a browser it is of no site, least of
all of the wall's, and what it loads comes without the wall's cookie. A ticket in the address lets it in, for this build
alone.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import quote

from flask import Blueprint, Response, redirect, request

from livewall_dashboard.access.guard import Guard, public, scope
from livewall_dashboard.base.errors import Forbidden, NotFound
from livewall_dashboard.branches.build_tickets import HTML, BuildTickets
from livewall_dashboard.branches.html_folders import INDEX
from livewall_dashboard.branches.html_storage import with_storage
from livewall_dashboard.branches.html_store import HtmlStore
from livewall_dashboard.branches.numbers import number_of

SANDBOX = "; ".join(
    (
        "sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox allow-downloads",
        "default-src 'none'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "media-src 'self' data:",
        "font-src 'self' data:",
        "frame-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    )
)
HEADERS = {
    "Content-Security-Policy": SANDBOX,
    "Cross-Origin-Opener-Policy": "unsafe-none",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, max-age=600",
}
"""Of all that is in such a folder: a picture is a page, too, where it is opened as one."""

HTML_TYPE = "text/html; charset=utf-8"
_CONTENT_TYPES = {
    ".html": HTML_TYPE,
    ".htm": HTML_TYPE,
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".gif": "image/gif",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".ttf": "font/ttf",
}
_PAGES = ("", "document", "iframe", "frame")
"""What a browser fetches to show it by itself; one that does not say what for may want that, too."""


def blueprint(guard: Guard, html: HtmlStore, tickets: BuildTickets) -> Blueprint:
    routes = Blueprint("branch_html", __name__)

    @routes.get("/branch-builds/<number>/html/<path:path>")
    @scope("read")
    def enter(number: str, path: str) -> Response:
        """To the same, by an address that lets in."""
        build = number_of(number)
        _refuse_the_walls_own_pages()
        ticket = tickets.issue(HTML, build, guard.admission())
        return _to(f"/html/{build}/{ticket}/{quote(path)}")

    @routes.get("/html/<number>/<ticket>/<path:path>")
    @public
    def page(number: str, ticket: str, path: str) -> Response:
        build = number_of(number)
        _refuse_the_walls_own_pages()
        if tickets.admission_of(HTML, build, [ticket]) is None:
            if request.headers.get("Sec-Fetch-Dest", "") not in _PAGES:
                raise Forbidden("The address of this page is not good any more: open the page again.")
            return _to(f"/branch-builds/{build}/html/{quote(path)}")
        guard.admit_anybody()
        name = f"{path}{INDEX}" if path.endswith("/") else path
        found = None if "\0" in name else html.open(build, name)
        if found is None:
            raise NotFound(f"The branch build {build} has no page {name[:200]!r}.")
        content_type = content_type_of(name)
        size, blocks = with_storage(*found) if content_type == HTML_TYPE else found
        response = Response(blocks, headers=HEADERS, content_type=content_type)
        response.headers["Content-Length"] = str(size)
        return response

    return routes


def _refuse_the_walls_own_pages() -> None:
    """What a branch wrote is a page, or part of such a page, which is of no site; never part of a page of the wall's,
    whose policy lets it run scripts of its own site.
    """
    asked = request.headers
    if asked.get("Sec-Fetch-Site") == "same-origin" and asked.get("Sec-Fetch-Dest", "") not in _PAGES:
        raise Forbidden("What a branch build left is no part of the wall's own pages.")


def content_type_of(path: str) -> str:
    return _CONTENT_TYPES.get(PurePosixPath(path).suffix.lower(), "application/octet-stream")


def _to(address: str) -> Response:
    response = redirect(address, 303)
    response.headers["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]
