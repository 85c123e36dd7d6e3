"""The door of a private wall: screens sign themselves in, people paste a token, and who is out sees nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, Route, expect

from browser.screen import Screen
from livewall_dashboard.access.browser_login import COOKIE
from livewall_dashboard.access.tokens import TokenStore
from livewall_dashboard.postgres.database import Database
from support.dashboard import Dashboard
from support.postgres import Databases
from support.reporter import Reporter, T

OpenScreen = Callable[..., Screen]


@dataclass
class Private:
    """A private wall with one setup, and the key of one test, which has a name of its own."""

    dashboard: Dashboard
    tokens: TokenStore
    name: str
    reading: str

    @property
    def url(self) -> str:
        return self.dashboard.url


@dataclass
class Door:
    """A private wall for the whole file, and keys of it by their names, one for each test."""

    dashboard: Dashboard
    tokens: TokenStore
    keys: dict[str, str]


@pytest.fixture(scope="module")
def door(databases: Databases, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    url = databases.create(template)
    database = Database(url)
    tokens = TokenStore(database)
    ingesting = tokens.create("nodes", "ingest")
    names = [f"Wall in room {number}" for number in range(1, 10)]
    # Before the start: of later ones it knows after seconds.
    keys = {name: tokens.create(name, "read") for name in names}
    folder = tmp_path_factory.mktemp("private")
    wall = Dashboard(database_url=url, log_path=folder / "dashboard.log", extra_args=["--require-tokens"])
    try:
        wall.start()
        Reporter(wall.request, ingesting).run([T("Boots")], setup="Board 7")
        yield Door(wall, tokens, keys)
        wall.stop()
    finally:
        wall.kill()
        database.close()
        databases.drop(url)


@pytest.fixture
def private(door: Door) -> Iterator[Private]:
    name, reading = door.keys.popitem()
    yield Private(door.dashboard, door.tokens, name, reading)
    assert reading not in door.dashboard.log


def live(page: Page) -> None:
    expect(page.locator("#connection")).to_contain_text("Live")


def test_a_screen_signs_itself_in_by_its_link_and_is_out_when_its_token_is(
    private: Private, open_screen: OpenScreen
) -> None:
    asked: list[str] = []
    screen = open_screen(
        f"{private.url}/?theme=light#{private.reading}",
        expects_error=401,
        before=lambda page: page.on("request", lambda request: asked.append(f"{request.url} {request.headers}")),
    )
    page = screen.page
    live(page)
    expect(screen.tile("Board 7")).to_be_visible()
    expect(page).to_have_url(f"{private.url}/?theme=light")
    expect(page.get_by_role("link", name=private.name)).to_be_visible()
    assert private.reading not in "".join(asked), "no address and no header holds it"
    (cookie,) = page.context.cookies()
    assert cookie["name"] == COOKIE and cookie["value"] != private.reading
    assert cookie["httpOnly"] and cookie["sameSite"] == "Lax"

    page.goto(f"{private.url}/runs#{private.reading}")  # as a kiosk does at each start
    expect(page).to_have_url(f"{private.url}/runs")
    page.go_back()
    live(page)
    assert page.context.cookies()[0]["value"] != cookie["value"], "signed in anew"

    private.tokens.revoke(private.name)
    expect(page.get_by_role("heading", name="This wall asks for a token")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/login\?next=%2F%3Ftheme%3Dlight$"))
    expect(page.locator(".tile")).to_have_count(0)


def test_a_screen_that_starts_before_its_wall_signs_itself_in_later(private: Private, open_screen: OpenScreen) -> None:
    """After a power cut all start at once, and nobody is there to try again for a screen."""
    answers = [503, 429, 0]

    def be_away(route: Route) -> None:
        if route.request.method != "POST" or not answers:
            route.continue_()
        elif answers[0]:
            route.fulfill(status=answers.pop(0), headers={"Retry-After": "1"}, body="not yet")
        else:
            answers.pop(0)
            route.abort("connectionrefused")

    screen = open_screen(
        f"{private.url}/?view=table#{private.reading}",
        expects_outage=True,
        expects_error=429,
        before=lambda page: page.route("**/login", be_away),
    )
    expect(screen.page.get_by_role("status")).to_contain_text("goes on trying by itself")
    assert private.reading not in screen.page.url
    live(screen.page)
    expect(screen.page).to_have_url(f"{private.url}/?view=table")
    assert answers == []


def test_people_paste_a_token_and_sign_out(private: Private, open_screen: OpenScreen) -> None:
    screen = open_screen(f"{private.url}/runs?theme=light", expects_error=401)
    page = screen.page
    expect(page.get_by_role("heading", name="This wall asks for a token")).to_be_visible()
    page.get_by_label("Token").fill("lw_mistyped")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("unknown, revoked or expired")
    expect(page.get_by_label("Token")).to_be_focused()
    page.get_by_label("Token").fill(f" {private.reading} ")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{private.url}/runs?theme=light")
    expect(page.get_by_role("cell", name="Board 7 Suite")).to_be_visible()
    page.get_by_role("link", name=private.name).click()
    expect(page.get_by_role("heading", name="You are signed in")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="This wall asks for a token")).to_be_visible()
    assert page.context.cookies() == []
    page.goto(f"{private.url}/runs")
    expect(page).to_have_url(f"{private.url}/login?next=%2Fruns")


def test_the_door_fits_and_axe_finds_nothing_grave(
    private: Private, open_screen: OpenScreen, grave_faults: Callable[[Page], list[str]]
) -> None:
    for theme, size in (("dark", (1920, 1080)), ("light", (390, 844))):
        screen = open_screen(f"{private.url}/?theme={theme}", size=size, color_scheme=theme, reduced_motion="reduce")
        page = screen.page
        page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
        assert not screen.scrolls()
        assert grave_faults(page) == []
        page.get_by_label("Token").fill(private.reading)
        page.get_by_role("button", name="Sign in").click()
        live(page)
        assert grave_faults(page) == []
        page.goto(f"{private.url}/login")
        expect(page.get_by_role("heading", name="You are signed in")).to_be_visible()
        assert not screen.scrolls()
        assert grave_faults(page) == []


def test_an_open_wall_takes_no_notice_of_a_link(dashboard: Dashboard, open_screen: OpenScreen) -> None:
    screen = open_screen(f"{dashboard.url}/?view=table#lw_{'0' * 40}")
    live(screen.page)
    expect(screen.page).to_have_url(f"{dashboard.url}/?view=table#open")
    assert screen.page.context.cookies() == []
    assert screen.loads <= 2, "and goes in no circle"
