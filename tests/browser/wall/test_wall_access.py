"""The wall for everybody: read aloud, by keyboard, without motion, in a tab out of sight."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser.feed import Feed
from browser.screen import Screen
from browser.tiles import failure, idle, lab, running, tile
from support.marks import in_the_long_form
from support.waiting import wait_for

Play = Callable[..., Feed]
OpenScreen = Callable[..., Screen]

VIEWS: dict[str, tuple[int, str, dict[str, Any]]] = {
    "dark": (16, "", {}),
    "light": (16, "?theme=light", {}),
    "well": (0, "", {}),
    "table": (24, "?view=table", {}),
    "light table": (24, "?view=table&theme=light", {}),
    "phone": (12, "", {"size": (390, 844), "is_mobile": True}),
    "light phone": (12, "?theme=light", {"size": (390, 844), "is_mobile": True}),
    "heat map": (120, "", {}),
    "light heat map": (120, "?theme=light", {}),
    "first screen": (-1, "", {}),
    "light first screen": (-1, "?theme=light", {}),
}

SHORT = ("dark", "light", "table", "phone", "light heat map", "first screen")
"""Of these, each part and each theme is in one; the others are for the long form."""


def setups(size: int) -> list[dict[str, Any]]:
    """Of every kind of tile there is at least one."""
    if size <= 0:
        return [] if size else lab(12, healthy=True)
    kinds = [
        running("late", 0, eta={"ends_at": "2026-01-01T00:00:00+00:00", "expected_time": 60}),
        running("broken", 1, failed=3, links=[{"title": "Wiki", "url": "https://wiki.example/"}], failures_log="/log"),
        {**running("stale", 2, failed=1), "state": "stale"},
        {**running("gone", 3), "state": "abandoned"},
        tile("never", 4),
        idle("skipped", 5, "SKIP"),
    ]
    return [*kinds, *({**made, "order": made["order"] + 6} for made in lab(size - len(kinds)))]


@pytest.mark.parametrize("view", [*SHORT, *in_the_long_form(*(view for view in VIEWS if view not in SHORT))])
def test_axe_finds_nothing_grave(
    play: Play, open_screen: OpenScreen, grave_faults: Callable[[Page], list[str]], view: str
) -> None:
    size, address, options = VIEWS[view]
    screen = open_screen(play(setups(size)).url + address, reduced_motion="reduce", **options)
    expect(screen.page.locator("#connection")).to_contain_text("Live")
    expect(screen.page.locator("main > *").first).to_be_attached()
    screen.page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
    assert grave_faults(screen.page) == []


def test_axe_finds_nothing_grave_while_the_server_is_gone(
    play: Play, open_screen: OpenScreen, grave_faults: Callable[[Page], list[str]]
) -> None:
    feed = play(setups(16))
    screen = open_screen(feed.url, reduced_motion="reduce", expects_outage=True)
    screen.expect_tiles(16)
    feed.stop()
    expect(screen.page.locator("#banner")).to_be_visible()
    assert grave_faults(screen.page) == []


def test_axe_would_find_something(
    play: Play, open_screen: OpenScreen, grave_faults: Callable[[Page], list[str]]
) -> None:
    screen = open_screen(play(lab(6)).url)
    screen.expect_tiles(6)
    screen.page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<button></button>')")
    assert any(found.startswith("button-name") for found in grave_faults(screen.page))


def test_title_and_icon_follow_the_worst_there_is(play: Play, open_screen: OpenScreen) -> None:
    feed = play([idle("vm-1", 0), idle("vm-2", 1)])
    page = open_screen(feed.url).page
    icons = []

    def seen(title: str) -> None:
        expect(page).to_have_title(re.compile(title))
        expect(page.locator("link[rel=icon]")).to_have_attribute("href", re.compile("^data:image/svg"))
        icons.append(page.locator("link[rel=icon]").get_attribute("href"))

    seen("all well")
    feed.change("vm-1", **running("vm-1", 0))
    seen("1 running")
    feed.change("vm-1", status="FAIL")
    seen("1 failing")
    feed.change("vm-2", status="FAIL")
    expect(page).to_have_title(re.compile("2 failing"))
    assert len(set(icons)) == 3
    feed.change("vm-1", **idle("vm-1", 0))
    feed.change("vm-2", state="stale", status="PASS")
    expect(page).not_to_have_title(re.compile("failing"))
    expect(page).not_to_have_title(re.compile("all well"))


NO_PICTURES = "requestAnimationFrame = () => { globalThis.waits = true; return 0; }"
OUT_OF_SIGHT = """() => {
    Object.defineProperty(document, "hidden", {value: true});
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_title_is_true_in_a_tab_that_goes_out_of_sight_before_its_picture(play: Play, open_screen: OpenScreen) -> None:
    page = open_screen(play([idle("vm-1", 0)]).url, before=lambda page: page.add_init_script(NO_PICTURES)).page
    # Playwright's own wait would be for pictures, or ask the page to make code of text, which it refuses.
    wait_for(lambda: page.evaluate("globalThis.waits"), what="the page to wait for its first picture")
    assert "all well" not in page.title()
    page.evaluate(OUT_OF_SIGHT)
    expect(page).to_have_title(re.compile("all well"))


def test_new_failures_are_announced_and_nothing_else(play: Play, open_screen: OpenScreen) -> None:
    feed = play([running("old", 0, failed=1), running("vm-1", 1), idle("vm-2", 2)])
    screen = open_screen(feed.url)
    region = screen.page.locator('[role="status"][aria-live="polite"]')
    screen.expect_tiles(3)
    screen.page.evaluate("""() => {
        globalThis.spoken = [];
        for (const region of document.querySelectorAll("[aria-live], [role=status], [role=alert]")) {
            const listener = new MutationObserver(() => spoken.push(region.textContent));
            listener.observe(region, {childList: true, subtree: true});
        }
    }""")
    feed.change("vm-2", **running("vm-2", 2))
    feed.change("vm-1", counts={"total": 90, "passed": 50, "failed": 0, "skipped": 0})
    first = {**failure(1), "name": "Valve Opens"}
    feed.change("vm-1", status="FAIL", failures=[first])
    expect(region).to_contain_text("vm-1: Valve Opens failed")
    feed.change("vm-1", counts={"total": 90, "passed": 51, "failed": 1, "skipped": 0})
    feed.change("vm-1", failures=[{**failure(2), "name": "Valve Closes"}, first])
    expect(region).to_contain_text("vm-1: Valve Closes failed")
    spoken = screen.page.evaluate("spoken")
    assert len(spoken) == 2, spoken
    assert "old" not in "".join(spoken)


WATCH_MOTION = """() => {
    globalThis.moved = 0;
    const look = () => {
        moved = Math.max(moved, document.getAnimations().filter((one) => one.playState === "running").length);
        requestAnimationFrame(look);
    };
    look();
}"""


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_nothing_moves_for_those_who_want_it_still(play: Play, open_screen: OpenScreen, motion: str) -> None:
    feed = play([running(f"vm-{i}", i) for i in range(12)])
    screen = open_screen(feed.url, reduced_motion=motion)
    screen.expect_tiles(12)
    screen.page.evaluate(WATCH_MOTION)
    feed.change(
        "vm-9", status="FAIL", failures=[failure(1)], counts={"total": 9, "passed": 1, "failed": 4, "skipped": 0}
    )
    expect(screen.tile("vm-9")).to_have_attribute("data-kind", "failing")
    wait_for(lambda: screen.names()[0] == "vm-9", what="the failing tile in front")
    if motion == "reduce":
        screen.page.evaluate("new Promise(requestAnimationFrame).then(() => new Promise(requestAnimationFrame))")
        assert screen.page.evaluate("moved") == 0
    else:
        wait_for(lambda: screen.page.evaluate("moved") > 0, what="a tile on its way")


def test_the_picture_can_be_stopped(play: Play, open_screen: OpenScreen) -> None:
    feed = play([running("vm-1", 0), idle("vm-2", 1)])
    screen = open_screen(feed.url)
    screen.expect_tiles(2)
    pause = screen.page.get_by_role("button", name="Pause")
    pause.click()
    expect(screen.page.locator("#banner")).to_contain_text("Paused since")
    before = screen.tile("vm-1").inner_text()
    feed.change("vm-1", status="FAIL", failures=[failure(1)])
    expect(screen.page.locator('[role="status"]')).to_contain_text("failed")
    assert screen.tile("vm-1").inner_text() == before
    screen.page.locator('[aria-pressed="true"]').click()
    expect(screen.tile("vm-1")).to_have_attribute("data-kind", "failing")
    expect(screen.page.locator("#banner")).to_be_hidden()


def test_it_is_walked_by_keyboard(play: Play, open_screen: OpenScreen) -> None:
    feed = play([running(f"vm-{i}", i) for i in range(6)])
    screen = open_screen(feed.url)
    screen.expect_tiles(6)
    page = screen.page
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the setups")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="vm-0", exact=True)).to_be_focused()
    page.get_by_role("link", name="vm-5", exact=True).focus()
    feed.change("vm-5", status="FAIL")
    wait_for(lambda: screen.names()[0] == "vm-5", what="the failing tile in front")
    expect(page.get_by_role("link", name="vm-5", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/runs/run-0$"))


@pytest.mark.parametrize(("size", "width"), [(12, 1920), (12, 390)])
def test_targets_are_large_enough(play: Play, open_screen: OpenScreen, size: int, width: int) -> None:
    screen = open_screen(play([{**one, "jobs": 1} for one in lab(size)]).url, size=(width, 900))
    screen.expect_tiles(size)
    expect(screen.page.get_by_role("navigation").get_by_role("link", name="Latest builds")).to_be_visible()
    small = screen.page.locator("header a, header button, .tile-builds, #release").evaluate_all("""(targets) => targets
        .filter((target) => target.checkVisibility())
        .map((target) => [target.textContent, target.getBoundingClientRect()])
        .filter(([, {width, height}]) => Math.min(width, height) < 23.9).map(([text]) => text)""")
    assert small == []


@pytest.mark.parametrize(("address", "system", "theme"), [
    ("", "dark", "dark"), ("", "light", "light"), ("?theme=dark", "light", "dark"), ("?theme=light", "dark", "light"),
])  # fmt: skip
def test_the_theme_is_the_systems_or_the_addresss(
    play: Play, open_screen: OpenScreen, address: str, system: str, theme: str
) -> None:
    page = open_screen(play(lab(3)).url + address, color_scheme=system).page
    expect(page.locator("html")).to_have_attribute("data-theme", theme)
    red = page.evaluate("Number(/\\d+/.exec(getComputedStyle(document.body).backgroundColor)[0])")
    assert (red > 128) == (theme == "light")


def test_nothing_comes_from_another_host(play: Play, open_screen: OpenScreen) -> None:
    feed = play(lab(20))
    for address in ("", "?view=table", "?theme=light"):
        screen = open_screen(feed.url + address)
        expect(screen.page.locator("#connection")).to_contain_text("Live")
        assert screen.origins == {screen.origin}
    fonts = screen.page.evaluate("document.fonts.ready.then(() => [...document.fonts].map((font) => font.status))")
    assert "loaded" in fonts and "error" not in fonts


def test_a_pointer_that_rests_on_a_tile_is_hidden(play: Play, open_screen: OpenScreen) -> None:
    """And no element above the tile is told so: all others would be styled anew with it."""
    screen = open_screen(play([running("vm-1", 0), running("vm-2", 1)]).url)
    screen.tile("vm-1").hover()
    expect(screen.tile("vm-1").locator(".pointer-rests")).to_have_css("cursor", "none")
    expect(screen.page.locator(".pointer-rests")).to_have_count(1)
    screen.tile("vm-2").hover()
    expect(screen.tile("vm-1").locator(".pointer-rests")).to_have_count(0)
    expect(screen.tile("vm-2").locator(".pointer-rests")).to_have_css("cursor", "none")
