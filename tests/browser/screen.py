"""A screen in front of a wall: a browser page that notices whatever should never happen on one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Dialog, Locator, Page, Request, expect

WATCH_POLICY = """addEventListener("securitypolicyviolation",
    (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`))"""
GONE = re.compile(
    r"ERR_CONNECTION_|ERR_INTERNET_DISCONNECTED|ERR_EMPTY_RESPONSE|ERR_SOCKET_NOT_CONNECTED|WebSocket connection to"
    r"|status of 400 \(BAD REQUEST\)|status of 503 \("
)
"""What Chromium itself says when a server is gone. 400 is for a poll of a session that the server has ended, 503 what
nginx answers meanwhile."""


class Screen:
    """`expects_outage`: the server goes away in this test, and Chromium may say so. `expects_error`: the status of an
    answer that this test is about, of which it tells as well. `complaints`: all the rest it said.

    Other options are those of a browser context.
    """

    def __init__(
        self,
        browser: Browser,
        url: str,
        *,
        size: tuple[int, int] = (1920, 1080),
        expects_outage: bool = False,
        expects_error: int | None = None,
        before: Callable[[Page], None] | None = None,
        **options: Any,
    ) -> None:
        self.origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        self.complaints: list[str] = []
        self.loads = 0
        self.origins: set[str] = set()
        self._expects_outage = expects_outage
        self._expected = f"responded with a status of {expects_error} "
        self._context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, **{"color_scheme": "dark", **options}
        )
        self.page = self._context.new_page()
        self.page.add_init_script(WATCH_POLICY)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("console", self._hear)
        self.page.on("dialog", self._refuse)
        self.page.on("request", self._look_at)
        self.page.on("load", self._count)
        if before:
            before(self.page)
        self.page.goto(url)

    def close(self) -> None:
        self._context.close()

    def tile(self, setup: str) -> Locator:
        """The setup's tile on the board."""
        return self.page.locator(".tile", has=self.page.locator(".name", has_text=re.compile(f"^{re.escape(setup)}$")))

    def row(self, setup: str) -> Locator:
        """The setup's row in the table."""
        return self.page.locator("tbody tr", has=self.page.get_by_role("rowheader", name=setup, exact=True))

    def expect_tiles(self, count: int) -> None:
        expect(self.page.locator(".tile")).to_have_count(count)

    def names(self) -> list[str]:
        """Setups in the order of the document: what a reader or a screen reader meets first."""
        return self.page.locator(".tile .name, tbody th").all_text_contents()

    def scrolls(self, *, down: bool = True) -> bool:
        """Whether something of the page is to be had by scrolling sideways, or down."""
        page = "document.documentElement"
        wide, high = self.page.evaluate(f"[{page}.scrollWidth > innerWidth, {page}.scrollHeight > innerHeight]")
        return bool(wide or (down and high))

    def _hear(self, message: ConsoleMessage) -> None:
        expected = (self._expects_outage and GONE.search(message.text)) or self._expected in message.text
        if message.type == "error" and not expected:
            self.complaints.append(f"console: {message.text}")

    def _refuse(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _look_at(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("data", "blob"):
            return
        self.origins.add(f"{address.scheme}://{address.netloc}")
        if self.origins != {self.origin}:
            self.complaints.append(f"request to another origin: {request.url}")

    def _count(self, page: Page) -> None:
        self.loads += 1
