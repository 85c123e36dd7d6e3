"""The builds' popup as a test finds its way in it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page

from browser.builds import setup
from browser.feed import Feed
from browser.tiles import idle

Json = dict[str, Any]


def popup(page: Page) -> Locator:
    return page.get_by_role("dialog")


def section(page: Page, title: str) -> Locator:
    """The part of a job."""
    return popup(page).locator(".job", has=page.get_by_role("heading", name=title, exact=True))


def row(page: Page, number: int) -> Locator:
    """The builds of this number, of whatever job."""
    return popup(page).locator(".build", has=page.locator(f'[aria-label="Details of #{number}"]'))


def wall(play: Any, *jobs: Json, name: str = "VM1", servers: list[Json] | None = None, **options: Any) -> Feed:
    """A wall of two setups: one is red and has these jobs, VM2 has none. `options`: the feed's."""
    feed: Feed = play([idle(name, 0, "FAIL", jobs=len(jobs)), idle("VM2", 1)], **options)
    feed.builds.tell(setup(name, *jobs, servers=servers), setup("VM2"))
    return feed
