"""Chromium for all tests of pages, screens that notice what should not happen, and walls that play a script."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from browser.feed import Feed
from browser.screen import Screen
from support.waiting import PATIENCE

CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first draws no window around its pages, and takes half of the processor that the others do."""
ARGUMENTS = ["--disable-gpu", "--disable-background-networking", "--hide-scrollbars", "--mute-audio"]
(AXE,) = (Path(__file__).parent / "vendor").glob("axe-core@*/axe.min.js")

expect.set_options(timeout=PATIENCE * 1000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        pytest.skip(f"Chromium is not installed: none of {', '.join(CHROMIUM)} is on PATH")
    # Chromium refuses to run as root with its sandbox.
    arguments = [*ARGUMENTS, "--no-sandbox"] if os.geteuid() == 0 else ARGUMENTS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def open_screen(browser: Browser) -> Iterator[Callable[..., Screen]]:
    """Opens screens (`Screen`'s arguments); at the test's end each must have had nothing to complain about."""
    opened: list[Screen] = []

    def open_screen(url: str, **options: Any) -> Screen:
        screen = Screen(browser, url, **options)
        opened.append(screen)
        return screen

    yield open_screen
    for screen in opened:
        screen.close()
    assert [complaint for screen in opened for complaint in screen.complaints] == []


@pytest.fixture
def play() -> Iterator[Callable[..., Feed]]:
    """Starts feeds (`Feed`'s arguments), none of which outlives the test."""
    started: list[Feed] = []

    def play(*arguments: Any, **options: Any) -> Feed:
        feed = Feed(*arguments, **options).start()
        started.append(feed)
        return feed

    yield play
    for feed in started:
        feed.stop()


@pytest.fixture(scope="session")
def grave_faults() -> Callable[[Page], list[str]]:
    """`grave_faults(page)`: what axe-core finds serious or critical there, a line for each finding and element."""
    source = AXE.read_text(encoding="utf-8")
    tell = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
        .filter(({impact}) => impact === "serious" || impact === "critical")
        .flatMap(({id, help, nodes}) => nodes.map((node) => `${id}: ${help}: ${node.html} ${node.failureSummary}`))"""

    def run(page: Page) -> list[str]:
        if not page.evaluate("'axe' in window"):
            page.evaluate(source)
        found: list[str] = page.evaluate(tell)
        return found

    return run
