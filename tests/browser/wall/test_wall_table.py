"""`?view=table`: the same in one dense table, for those who know the first website."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from playwright.sync_api import expect

from browser.feed import Feed
from browser.screen import Screen
from browser.tiles import idle, lab, running, tile
from support.waiting import wait_for

Play = Callable[..., Feed]
OpenScreen = Callable[..., Screen]


def test_its_columns_are_those_users_know(play: Play, open_screen: OpenScreen) -> None:
    screen = open_screen(f"{play(lab(20)).url}?view=table")
    headers = screen.page.get_by_role("columnheader")
    expect(headers).to_have_count(9)
    titles = [title.lower() for title in headers.all_text_contents()]
    wanted = ["setup", "suite", "suite time", "progress", "test", "test time", "failing tests", "latest builds"]
    assert [title for title in titles if title in wanted] == wanted


def test_its_order_is_that_of_the_configuration_whatever_happens(play: Play, open_screen: OpenScreen) -> None:
    feed = play([idle(f"vm-{9 - i}", i) for i in range(9)])
    screen = open_screen(f"{feed.url}?view=table")
    expect(screen.page.locator("tbody tr")).to_have_count(9)
    feed.change("vm-1", **running("vm-1", 8, failed=2))
    expect(screen.row("vm-1")).to_have_attribute("data-kind", "failing")
    assert screen.names() == [f"vm-{9 - i}" for i in range(9)]
    feed.tiles["vm-4b"] = idle("vm-4b", 5)
    feed.tiles["vm-4"]["order"] = 5
    feed.send_snapshot()
    expect(screen.page.locator("tbody tr")).to_have_count(10)
    assert screen.names() == ["vm-9", "vm-8", "vm-7", "vm-6", "vm-5", "vm-4", "vm-4b", "vm-3", "vm-2", "vm-1"]


def test_a_row_tells_what_its_setup_does(play: Play, open_screen: OpenScreen) -> None:
    feed = play([running("vm-1", 0, failed=2), idle("vm-2", 1, "FAIL"), idle("vm-3", 2), tile("vm-4", 3)])
    counts = {"total": 40, "passed": 9, "failed": 2, "skipped": 1}
    feed.tiles["vm-1"]["counts"] = counts
    screen = open_screen(f"{feed.url}?view=table")
    row = screen.row("vm-1")
    first = feed.tiles["vm-1"]["failures"][0]
    for text in ("Failing", "Login", "12/40", "Valid Login", first["name"], "regression #0"):
        expect(row).to_contain_text(text)
    expect(row.get_by_role("link", name="regression #0")).to_have_attribute("href", re.compile("^https://jenkins"))
    assert row.get_by_role("link", name=first["name"], exact=True).get_attribute("href") == "/runs/run-0#s1-s1-t1"
    for name in ("vm-2", "vm-3", "vm-4"):
        expect(screen.row(name)).to_contain_text("Not running")
    expect(screen.row("vm-2")).to_contain_text("Failed")
    expect(screen.row("vm-4")).to_contain_text("No data")
    expect(row).not_to_contain_text("Not running")
    assert not screen.scrolls()


def test_its_durations_tick(play: Play, open_screen: OpenScreen) -> None:
    feed = play([running("vm-1", 0, age=75)], clock_offset=-7200)
    for part in ("suite", "test"):
        feed.tiles["vm-1"][part]["started_at"] = feed.now(90 if part == "test" else 3600)
    screen = open_screen(f"{feed.url}?view=table")
    row = screen.row("vm-1")
    expect(row).to_contain_text(re.compile(r"1:3\d"))
    expect(row).to_contain_text(re.compile(r"1:00:\d\d"))
    before = row.inner_text()
    wait_for(lambda: row.inner_text() != before, what="time going by")


def test_five_hundred_rows_scroll_within_their_frame(play: Play, open_screen: OpenScreen) -> None:
    feed = play(lab(500))
    screen = open_screen(f"{feed.url}?view=table")
    expect(screen.page.locator("tbody tr")).to_have_count(500)
    assert not screen.scrolls()
    last = screen.page.locator("tbody tr").last
    last.scroll_into_view_if_needed()
    expect(last).to_be_in_viewport()
    expect(screen.page.get_by_role("columnheader", name="Setup")).to_be_in_viewport()


def test_it_changes_to_the_board_and_back_by_links(play: Play, open_screen: OpenScreen) -> None:
    screen = open_screen(f"{play(lab(6)).url}?theme=light")
    screen.page.get_by_role("link", name="Table", exact=True).click()
    expect(screen.page).to_have_url(re.compile(r"\?theme=light&view=table"))
    expect(screen.page.locator("tbody tr")).to_have_count(6)
    screen.page.get_by_role("link", name="Wall", exact=True).click()
    expect(screen.page).to_have_url(re.compile(r"\?theme=light$"))
    screen.expect_tiles(6)


def test_on_a_phone_a_setup_is_one_line_and_the_bar_one_row(play: Play, open_screen: OpenScreen) -> None:
    feed = play([running("vm-1", 0, failed=3), idle("a-rig-whose-name-is-long", 1, "FAIL")])
    screen = open_screen(f"{feed.url}?view=table", size=(390, 844))
    expect(screen.row("vm-1")).to_contain_text("Failing")
    heights = screen.page.evaluate("[...document.querySelectorAll('tbody tr')].map((row) => row.offsetHeight)")
    assert len(heights) == 2 and max(heights) <= 40, heights
    assert not screen.scrolls(down=False)
    edges = screen.page.evaluate(
        "[...document.querySelectorAll('#nav a, #nav button')].map((each) => each.getBoundingClientRect())"
        ".filter(({ width }) => width).map(({ left, right }) => [left, right])"
    )
    assert all(left >= right for (_, right), (left, _) in pairwise(edges)), edges
