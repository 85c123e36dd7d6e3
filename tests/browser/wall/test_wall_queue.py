"""The wall shows the queue's length, and what the agents beside its setups do."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from browser.feed import Feed
from browser.screen import Screen
from browser.tiles import ago, idle, running

Play = Callable[..., Feed]
OpenScreen = Callable[..., Screen]


def agent(state: str, *, job: str = "", until: str | None = None) -> dict[str, object]:
    return {
        "name": "rpi4-2",
        "state": state,
        "since": ago(70),
        "job": {"id": f"id-{job}", "name": job} if job else None,
        "until": until,
    }


def test_a_lab_with_a_queue(play: Play, open_screen: OpenScreen, grave_faults: Callable[[Page], list[str]]) -> None:
    feed = play([idle("rpi4-2", 0), running("vm1", 1), idle("vm2", 2)])
    screen = open_screen(f"{feed.url}?theme=light")
    screen.expect_tiles(3)
    length = screen.page.get_by_role("link", name="jobs waiting")
    expect(length).to_be_hidden()
    feed.show_queue(12, 3)
    expect(length).to_contain_text("12")
    expect(length).to_have_attribute("href", "/jobs?theme=light")
    feed.change("rpi4-2", agent=agent("provision", job="nightly"))
    line = screen.tile("rpi4-2").locator(".agent-line")
    expect(line).to_contain_text("Provisions · nightly")
    expect(line).to_contain_text(re.compile(r"1:[1-5]\d"))
    expect(line.get_by_role("link")).to_have_attribute("href", "/jobs/id-nightly?theme=light")
    feed.change("vm1", agent=agent("test", job="smoke"))
    expect(screen.tile("vm1").locator(".agent-line")).to_contain_text("Job smoke")
    expect(screen.tile("vm2").locator(".agent-line")).to_be_hidden()
    assert grave_faults(screen.page) == []
    feed.change("rpi4-2", agent=None)
    expect(line).to_be_hidden()
    table = open_screen(f"{feed.url}?view=table")
    feed.change("rpi4-2", agent=agent("reserve", job="nightly", until=ago(-3600)))
    expect(table.row("rpi4-2")).to_contain_text("Reserved · nightly")
    expect(table.page.get_by_role("link", name="jobs waiting")).to_contain_text("12")
