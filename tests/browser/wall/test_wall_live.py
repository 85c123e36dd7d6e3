"""The wall before a real dashboard: a real robot's run on it, outages healed, two hundred setups at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from pathlib import Path

from playwright.sync_api import Page, WebSocket, expect

from browser.screen import Screen
from support.dashboard import Dashboard
from support.relay import Relay
from support.reporter import Process, Reporter, T
from support.robot import start_robot

OpenScreen = Callable[..., Screen]

MANY = 200
PAGE_BUDGET = 160_000
"""Bytes of a cold page with `MANY` setups until it is live, heads and news among them. Until its first tiles are there,
which docs/benchmarks.md holds to 150 kB, it is some less; unpacked, its first picture alone is more."""

SUITE = """\
*** Test Cases ***
Opens The Valve
    Log    fine

Waits For The Operator
    Wait For The Operator

Closes The Valve
    Fail    The valve is <b>stuck</b>


*** Keywords ***
Wait For The Operator
    [Timeout]    60 s
    WHILE    not os.path.exists($FLAG)    limit=NONE
        Sleep    20 ms
    END
"""


def begin(dashboard: Dashboard, setup: str) -> Process:
    """A run that has just begun, with two tests to come."""
    reporter = Reporter(lambda *arguments, **options: dashboard.request(*arguments, timeout=60, **options))
    process = reporter.process(setup=setup, clock=datetime.now(timezone.utc), last_in_pool=True)
    process.start_suite("s1", "Valves", total=2, test_count=2)
    return process


def finish(process: Process, status: str = "PASS", message: str = "") -> None:
    process.send(
        process.test("s1", "Valves", 1, T("First")), process.test("s1", "Valves", 2, T("Second", status, message))
    )
    process.end_suite("s1", status)
    process.end()


def scrolls(page: Page) -> bool:
    """Whether anything is to be had by scrolling."""
    shown: bool = page.evaluate("""() => {
        const {scrollWidth, scrollHeight} = document.documentElement;
        return scrollWidth > innerWidth || scrollHeight > innerHeight;
    }""")
    return shown


def test_a_tile_goes_from_idle_over_running_to_failed(
    dashboard: Dashboard, open_screen: OpenScreen, tmp_path: Path
) -> None:
    finish(begin(dashboard, "rig-live"))
    screen = open_screen(dashboard.url)
    tile = screen.tile("rig-live")
    expect(tile).to_have_attribute("data-kind", "passed")

    (tmp_path / "valves.robot").write_text(SUITE, encoding="utf-8")
    flag = tmp_path / "flag"
    robot = start_robot(
        tmp_path / "valves.robot", "--variable", f"FLAG:{flag}", cwd=tmp_path, url=dashboard.url, setup="rig-live"
    )
    try:
        expect(tile).to_have_attribute("data-kind", "running")
        expect(tile.locator(".now .what")).to_have_text("Waits For The Operator")
        expect(tile.locator(".suite .what")).to_have_text("Valves")
        expect(tile.locator(".fraction")).to_have_text("1 / 3")
        figure = tile.locator(".now .figure")
        expect(figure).to_have_text(re.compile(r"^\d+ s$"))
        earlier = figure.text_content()
        expect(figure).not_to_have_text(earlier or "")
        expect(tile.locator(".detail .what")).to_have_text("Wait For The Operator › Sleep")
    finally:
        flag.touch()
        run = robot.finish()
    assert run.exit_code == 1
    expect(tile).to_have_attribute("data-kind", "failing")
    expect(tile.locator(".word")).to_contain_text("Failed")
    expect(tile.locator(".failed-test")).to_have_text("Closes The Valve")
    expect(tile.locator(".message")).to_have_text("The valve is <b>stuck</b>")
    expect(screen.page).to_have_title(re.compile("failing"))
    tile.locator(".failed-test").click()
    expect(screen.page.locator(".is-linked .test-title")).to_have_text("Closes The Valve")


def test_a_tile_shows_how_the_last_runs_ended(dashboard: Dashboard, open_screen: OpenScreen) -> None:
    """Those before the screen was opened, and one that ends before its eyes; each leads to the setup's history."""
    for status in ("PASS", "FAIL"):
        finish(begin(dashboard, "rig-recent"), status)
    screen = open_screen(dashboard.url)
    row = screen.tile("rig-recent").locator(".recent-link")
    expect(row).to_have_attribute("title", "Last 2 runs: 1 failed, 1 passed")
    finish(begin(dashboard, "rig-recent"))
    expect(row).to_have_attribute("title", "Last 3 runs: 1 failed, 2 passed")
    row.click()
    expect(screen.page).to_have_url(re.compile(r"/history\?(.*&)?setup=rig-recent"))


def test_the_wall_heals_after_the_dashboard_was_gone(dashboard: Dashboard, open_screen: OpenScreen) -> None:
    process = begin(dashboard, "rig-outage")
    screen = open_screen(dashboard.url, expects_outage=True)
    tile = screen.tile("rig-outage")
    expect(tile).to_have_attribute("data-kind", "running")
    dashboard.kill()
    banner = screen.page.locator("#banner")
    expect(banner).to_contain_text(re.compile(r"No news from the server since .*trying again"))
    expect(screen.page.locator("body")).to_have_attribute("data-cut", "yes")
    expect(tile).to_be_visible()
    dashboard.start()
    finish(process, "FAIL", "while nobody looked")
    expect(tile.locator(".message")).to_have_text("while nobody looked")
    expect(banner).to_be_hidden()
    expect(screen.page.locator("body")).to_have_attribute("data-cut", "no")
    assert screen.loads == 1, "it healed by itself, without being loaded anew"


def test_two_hundred_setups_at_once(dashboard: Dashboard, open_screen: OpenScreen) -> None:
    screen = open_screen(dashboard.url)
    page = screen.page
    with ThreadPoolExecutor(16) as nodes:
        runs = list(nodes.map(lambda number: begin(dashboard, f"rack-{number:03}"), range(MANY)))
    rack = page.locator(".tile", has=page.locator(".name", has_text=re.compile("^rack-")))
    expect(rack).to_have_count(MANY)
    assert not scrolls(page)

    finish(runs[137], "FAIL", "of two hundred")
    failed = screen.tile("rack-137")
    expect(failed).to_have_attribute("data-kind", "failing")
    expect(failed.locator(".failed-test")).to_have_text("Second")
    expect(failed).to_be_in_viewport(ratio=1)

    sockets: list[WebSocket] = []

    def listen(opened: Page) -> None:
        opened.on("websocket", lambda socket: sockets.append(socket))  # noqa: PLW0108  # playwright wants a function

    # Chromium tells of a WebSocket's messages how long they are when they are unpacked.
    with Relay(dashboard.port).running() as relay:
        cold = open_screen(relay.url, before=listen)
        expect(cold.page.locator(".tile .name", has_text="rack-199")).to_be_visible()
        expect(cold.page.locator("#connection")).to_have_attribute("data-live", "yes")
        assert 20_000 < relay.received < PAGE_BUDGET
        finish(runs[0])
        expect(cold.tile("rack-000")).to_have_attribute("data-kind", "passed")
        assert sockets, "after its first picture a screen hears by WebSocket"
        cold.close()
