"""The wall takes care of itself: servers that go, numbers that are missing, versions that change."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from playwright.sync_api import expect

from browser.feed import Feed
from browser.screen import Screen
from browser.tiles import idle, lab, running
from support.waiting import wait_for

Play = Callable[..., Feed]
OpenScreen = Callable[..., Screen]

REMEMBER_BANNERS = """() => {
    globalThis.banners = [];
    const banner = document.getElementById("banner");
    new MutationObserver(() => banners.push(banner.textContent)).observe(banner, {childList: true, subtree: true});
}"""


def test_it_heals_after_the_server_was_gone(play: Play, open_screen: OpenScreen) -> None:
    feed = play(lab(12))
    screen = open_screen(feed.url, expects_outage=True)
    page = screen.page
    screen.expect_tiles(12)
    page.evaluate(REMEMBER_BANNERS)
    feed.stop()

    banner = page.locator("#banner")
    expect(banner).to_contain_text(re.compile(r"No news from the server since \d\d:\d\d:\d\d"))
    expect(banner).to_contain_text(re.compile(r"trying again in \d+ s"))
    screen.expect_tiles(12)
    expect(page).to_have_title(re.compile("no news"))
    expect(page.locator("#connection")).to_contain_text("Offline")
    expect(page.locator("body")).to_have_attribute("data-cut", "yes")

    def counted_down() -> bool:
        told = page.evaluate("banners.map((text) => Number(/in (\\d+) s/.exec(text)?.[1] ?? NaN))")
        return any(after == before - 1 for before, after in pairwise(told))

    wait_for(lambda: page.evaluate("1") and counted_down(), what="a countdown")
    name = next(iter(feed.tiles))
    feed.tiles[name] = running(name, 0, failed=1)
    feed.tiles["new"] = idle("new", 99)
    feed.start()
    expect(banner).to_be_hidden()
    screen.expect_tiles(13)
    expect(screen.tile(name)).to_have_attribute("data-kind", "failing")
    expect(page).to_have_title(re.compile("failing"))
    expect(page.locator("body")).to_have_attribute("data-cut", "no")
    feed.change("new", status="FAIL")
    expect(screen.tile("new")).to_have_attribute("data-kind", "failing")
    assert screen.loads == 1, "it healed by itself, without being loaded anew"


def test_a_line_that_brings_nothing_counts_as_cut(play: Play, open_screen: OpenScreen) -> None:
    feed = play(lab(6))
    screen = open_screen(feed.url, expects_outage=True)
    screen.expect_tiles(6)
    feed.heartbeats = False
    expect(screen.page.locator("#banner")).to_contain_text("No news from the server since")
    feed.heartbeats = True
    expect(screen.page.locator("#banner")).to_be_hidden()
    expect(screen.page.locator("#connection")).to_contain_text("Live")
    assert screen.loads == 1


def test_a_wall_opened_before_its_server_waits_for_it(play: Play, open_screen: OpenScreen) -> None:
    feed = play(lab(6))
    screen = open_screen(feed.url, expects_outage=True)
    screen.expect_tiles(6)
    for _ in range(2):
        feed.stop()
        expect(screen.page.locator("#banner")).to_be_visible()
        feed.start()
        expect(screen.page.locator("#banner")).to_be_hidden()
    screen.expect_tiles(6)


def test_a_missing_number_is_asked_for(play: Play, open_screen: OpenScreen) -> None:
    feed = play([idle("vm-1", 0), idle("vm-2", 1)])
    screen = open_screen(feed.url)
    screen.expect_tiles(2)
    sent = feed.snapshots_sent
    feed.tiles["vm-1"] = running("vm-1", 0, failed=1)
    feed.send({"setup": "vm-2", "status": "SKIP"}, skip=1)
    feed.tiles["vm-2"]["status"] = "SKIP"
    expect(screen.tile("vm-1")).to_have_attribute("data-kind", "failing")
    expect(screen.tile("vm-2")).to_have_attribute("data-kind", "skipped")
    assert feed.snapshots_sent == sent + 1
    feed.change("vm-1", status="PASS")
    expect(screen.tile("vm-1")).to_have_attribute("data-kind", "running")
    assert feed.snapshots_sent == sent + 1, "whole again, it asks for no more"
    expect(screen.page.locator("#banner")).to_be_hidden()


def test_a_flood_ends_in_the_right_picture(play: Play, open_screen: OpenScreen) -> None:
    feed = play([running(f"vm-{i}", i, eta=None) for i in range(30)])
    screen = open_screen(feed.url)
    screen.expect_tiles(30)
    for passed in range(1, 41):
        for name in list(feed.tiles):
            counts = {"total": 40, "passed": passed, "failed": 0, "skipped": 0}
            feed.change(name, counts=counts)
    for name in feed.tiles:
        expect(screen.tile(name)).to_contain_text("40 / 40")


def test_a_new_version_of_the_server_reloads_the_page_once(play: Play, open_screen: OpenScreen) -> None:
    feed = play([idle("vm-1", 0)])
    screen = open_screen(feed.url, expects_outage=True)
    screen.expect_tiles(1)
    feed.stop()
    feed.version = feed.page_version = "2.0"
    feed.start()
    expect(screen.page.locator("html")).to_have_attribute("data-version", "2.0")
    screen.expect_tiles(1)
    feed.send_snapshot()
    feed.change("vm-1", status="FAIL")
    expect(screen.tile("vm-1")).to_have_attribute("data-kind", "failing")
    assert screen.loads == 2


def test_an_old_page_from_a_proxy_is_no_circle(play: Play, open_screen: OpenScreen) -> None:
    feed = play([idle("vm-1", 0)])
    feed.version = "2.0"
    screen = open_screen(feed.url, expects_outage=True)
    wait_for(lambda: screen.page.evaluate("1") and screen.loads == 2, what="a second load")
    screen.expect_tiles(1)
    for status in ("FAIL", "SKIP", "PASS"):
        feed.send_snapshot()
        feed.change("vm-1", status=status)
        expect(screen.tile("vm-1").locator(".word")).to_contain_text(re.compile("failed|skipped|passed", re.IGNORECASE))
    expect(screen.tile("vm-1")).to_have_attribute("data-kind", "passed")
    assert screen.loads == 2
    assert screen.page.locator("html").get_attribute("data-version") == "1.0"
