"""What concerns the whole wall: notices, and which release this is."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from browser.feed import Feed
from browser.screen import Screen
from browser.tiles import ago, idle, lab
from support.waiting import wait_for

Play = Callable[..., Feed]
OpenScreen = Callable[..., Screen]

BROKEN = "setups_config.json, line 7: <b>there</b> is no Jenkins “mian”. The former configuration stays in force."


def test_a_notice_comes_stays_and_goes(play: Play, open_screen: OpenScreen) -> None:
    feed = play(lab(12))
    screen = open_screen(feed.url)
    screen.expect_tiles(12)
    notices = screen.page.get_by_role("region", name="Notices")
    expect(notices).to_be_hidden()
    feed.notice({"kind": "config", "text": BROKEN, "since": ago(600)})
    expect(notices.locator(".notice")).to_have_text(re.compile(r"^Configuration, since \d\d:\d\d" + re.escape(BROKEN)))
    feed.change(next(iter(feed.tiles)), status="SKIP")
    expect(notices).to_be_visible()
    wait_for(lambda: not screen.scrolls(), what="tiles in the room that is left")
    feed.notice(
        {"kind": "config", "text": BROKEN, "since": ago(600)}, {"kind": "other", "text": "x" * 900, "since": ""}
    )
    expect(notices.locator(".notice")).to_have_count(2)
    wait_for(lambda: not screen.scrolls(), what="tiles in the room that is left")
    feed.notice()
    expect(notices).to_be_hidden()


def test_a_snapshot_brings_the_notices_there_are(play: Play, open_screen: OpenScreen) -> None:
    feed = play([idle("VM1", 0)])
    feed.notices = [{"kind": "config", "text": BROKEN, "since": ago(600)}]
    screen = open_screen(feed.url, size=(390, 844))
    expect(screen.page.locator(".notice")).to_contain_text("The former configuration stays in force.")
    assert not screen.scrolls(down=False)
    feed.notices = []
    feed.send_snapshot()
    expect(screen.page.get_by_role("region", name="Notices")).to_be_hidden()


def test_builds_that_cannot_be_loaded_are_a_notice(play: Play, open_screen: OpenScreen) -> None:
    feed = play([idle("VM1", 0, jobs=1)])
    screen = open_screen(feed.url, expects_outage=True)
    link = screen.page.get_by_role("link", name="Latest builds of VM1")
    expect(link).to_be_visible()
    feed.stop()
    link.click()
    expect(screen.page.locator(".notice")).to_contain_text("The latest builds cannot be shown")
    expect(screen.page).to_have_url(feed.url)
    feed.start()
    expect(screen.page.get_by_role("region", name="Notices")).to_be_hidden()


def test_another_release_of_the_same_version_reloads_the_page_once(play: Play, open_screen: OpenScreen) -> None:
    feed = play([idle("VM1", 0)])
    feed.release = {"commit": "a" * 40, "subject": "First", "branch": "main", "deployed_at": ago(90)}
    screen = open_screen(feed.url, expects_outage=True)
    expect(screen.page.locator("#release")).to_have_text("livewall 1.0 · aaaaaaaa “First” (main), deployed 1 min ago")
    feed.send_snapshot()
    feed.stop()
    feed.release = {"commit": "b" * 40, "subject": "Second", "branch": "main", "deployed_at": ago(1)}
    feed.start()
    expect(screen.page.locator("#release")).to_contain_text("bbbbbbbb “Second”")
    screen.expect_tiles(1)
    feed.send_snapshot()
    feed.change("VM1", status="FAIL")
    expect(screen.tile("VM1")).to_have_attribute("data-kind", "failing")
    assert screen.loads == 2
