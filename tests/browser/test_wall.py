"""The wall as the people in the room see it: what stands on it, and what it says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from browser.feed import Feed
from browser.screen import Screen
from browser.tiles import lab

Play = Callable[..., Feed]
OpenScreen = Callable[..., Screen]


def test_the_first_snapshot_draws_every_setup(play: Play, open_screen: OpenScreen) -> None:
    feed = play(lab(16))
    screen = open_screen(feed.url)
    screen.expect_tiles(16)
    assert sorted(screen.names()) == sorted(feed.tiles)
    expect(screen.page.locator("#connection")).to_contain_text("Live")
