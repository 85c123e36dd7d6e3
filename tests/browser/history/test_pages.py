"""What all pages of the history have in common: nothing there, no token yet, messages as text, widths, axe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from browser.reported import LOG
from livewall_dashboard.access.tokens import TokenStore
from livewall_dashboard.postgres.database import Database
from support.dashboard import Dashboard
from support.reporter import Reporter, T
from support.waiting import wait_for


def test_what_is_not_there_is_said_calmly(page: Page) -> None:
    page.goto("/runs?setup=nobody")
    expect(page.get_by_role("heading", name="No run matches")).to_be_visible()
    page.goto("/tests?longname=Nobody.Ever")
    expect(page.get_by_role("heading", name="Never seen")).to_be_visible()


def test_an_unknown_run_is_said_calmly(browser: Browser, wall: Dashboard) -> None:
    with browser.new_context(base_url=wall.url) as context:
        page = context.new_page()
        page.goto("/runs/nobody")
        expect(page.get_by_role("heading", name="No such run")).to_be_visible()
        assert page.goto("/nothing/here")
        expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()


def test_a_closed_wall_opens_by_an_address(
    browser: Browser, make_dashboard: Callable[..., Dashboard], database_url: str
) -> None:
    database = Database(database_url)
    database.open()
    tokens = TokenStore(database)
    reading, ingesting = tokens.create("screen", "read"), tokens.create("node", "ingest")
    database.close()
    wall = make_dashboard(extra_args=["--require-tokens"]).start()
    run = Reporter(wall.request, ingesting).run([T("One", "FAIL", "why")])
    upload = {"Authorization": f"Bearer {ingesting}"}
    assert wall.request("PUT", f"/api/v1/runs/{run}/artifacts/log.html", LOG, headers=upload)[0] == 201
    with browser.new_context(base_url=wall.url) as context:
        page = context.new_page()
        page.goto("/runs")
        expect(page.get_by_role("heading", name="This wall asks for a token")).to_be_visible()
        page.goto(f"/runs/{run}#{reading}")
        expect(page).to_have_url(f"{wall.url}/runs/{run}")
        expect(page.locator(".message")).to_have_text("why")
        with context.expect_page() as opened:
            page.get_by_role("link", name="Open in log.html").click()
        expect(opened.value.locator("p")).to_have_text("#s1-t1")


@pytest.mark.parametrize(("theme", "width"), [("light", 390), ("dark", 1400)])
def test_axe_finds_nothing_grave(
    browser: Browser,
    wall: Dashboard,
    red: str,
    grave_faults: Callable[[Page], list[str]],
    theme: Literal["dark", "light"],
    width: int,
) -> None:
    size: ViewportSize = {"width": width, "height": 900}
    with browser.new_context(base_url=wall.url, viewport=size, color_scheme=theme, bypass_csp=True) as context:
        for address in (
            "/runs", "/runs?setup=nobody", f"/runs/{red}", f"/runs/{red}?status=all#s1-s2-t1",
            "/tests?longname=Shop.Login.Valid", "/tests", "/nothing", "/history?setup=nobody",
            "/history/grid?setup=nobody", "/search?q=login", "/compare",
        ):  # fmt: skip
            page = context.new_page()
            page.goto(address)
            expect(page.locator("main :is(.badge, .quiet)").first).to_be_visible()
            page.evaluate("document.querySelectorAll('details').forEach(node => { node.open = true })")
            assert grave_faults(page) == [], address
            page.close()


BAR = """() => {
    const bar = document.querySelector(".nav");
    const current = bar.querySelector("[aria-current]");
    const {left, right} = current.getBoundingClientRect();
    return [bar.offsetHeight, left >= 0 && right <= innerWidth, current.textContent];
}"""


WIDTH = "document.documentElement.scrollWidth"
"""Of the page, or of what sticks out of it."""


@pytest.mark.parametrize(
    ("address", "place"),
    [("/?view=table", "Table"), ("/runs/{}", "Runs"), ("/history/grid", "History"), ("/search", "Search")],
)
def test_the_bar_of_a_phone_is_one_row_that_shows_where_one_is(page: Page, red: str, address: str, place: str) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(address.format(red))
    expect(page.locator(".nav [aria-current]")).to_have_text(place)
    wait_for(lambda: page.evaluate(BAR)[1], what="the bar to be scrolled")
    assert page.evaluate(BAR)[0] < 48


def test_what_has_the_focus_is_outlined(page: Page, red: str) -> None:
    """All that the first presses of Tab lead to."""
    page.goto(f"/runs/{red}", wait_until="networkidle")  # what comes later may take the place of what has the focus
    expect(page.locator(".badge").first).to_be_visible()
    for _ in range(30):
        page.keyboard.press("Tab")
        outlined = "node => parseFloat(getComputedStyle(node).outlineWidth) >= 2 && getComputedStyle(node).outlineStyle"
        assert page.locator(":focus").evaluate(outlined) == "solid", page.locator(":focus").inner_text()


def test_nothing_is_wider_than_the_screen(page: Page, red: str) -> None:
    """Of the narrowest phone, nor of what a window is dragged to."""
    for address in ("/runs", f"/runs/{red}?status=all", "/tests?longname=Shop.Login.Valid", "/search?q=did"):
        page.set_viewport_size({"width": 320, "height": 800})
        page.goto(address)
        expect(page.locator(".badge").first).to_be_visible()
        assert page.evaluate(WIDTH) == 320, address
        for width in (390, 768, 1920):
            page.set_viewport_size({"width": width, "height": 800})
            wait_for(lambda width=width: page.evaluate(WIDTH) == width, what=f"{address} to be drawn {width} wide")
