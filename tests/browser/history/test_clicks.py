"""How many clicks it takes from the wall to the commit that broke a test, and what the keys of every page do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from support.dashboard import Dashboard
from support.reporter import BEGAN, Reporter, T
from support.uploads import commit


@pytest.fixture(scope="module", autouse=True)
def reported(wall: Dashboard, reporter: Reporter) -> None:
    """Five commits, of which only every other one is run: two are between the last good and the first bad one."""
    for number in range(1, 6):
        made = commit(number, "gates")
        wall.request("POST", "/api/commits/register", made)
        if number in {2, 4}:
            continue
        tests = [T("Open", "FAIL" if number == 5 else "PASS", "Stuck at 5" if number == 5 else ""), T("Shut")]
        reporter.run(tests, suite="Gates", setup="gate-1", clock=BEGAN + timedelta(hours=number),
                     commit=made["hash"], repository="gates", branch="main")  # fmt: skip


def test_three_clicks_lead_from_the_wall_to_the_commits_that_may_have_broken_a_test(page: Page) -> None:
    page.goto("/")
    page.locator(".tile", has_text="gate-1").get_by_role("link", name="Open").click()
    page.get_by_role("link", name="History", exact=True).and_(page.locator("main a")).click()
    expect(page.locator("#sentence")).to_contain_text("since 5@main; last good 3@main")
    expect(page.locator("main")).to_contain_text("Stuck at 5")
    page.get_by_role("link", name="what is between").click()
    expect(page.locator(".drawer-between")).to_contain_text("2 commits of gates since 3@main")


def test_keys_of_every_page(page: Page) -> None:
    page.goto("/history?suite=Gates")
    expect(page.locator(".tl-name")).to_have_text(["gate-1"])
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_contain_text("To the next place where something began to fail")
    expect(keys.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(keys).to_have_count(0)
    page.keyboard.press("/")
    expect(page.get_by_label("Suite", exact=True)).to_be_focused()
    page.keyboard.type("?/")
    expect(page.get_by_label("Suite", exact=True)).to_have_value("Gates?/")
    page.goto("/compare")
    expect(page.get_by_role("heading", name="Which runs?")).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_label("Names and messages of all runs")).to_be_focused()


def test_keys_of_the_wall(page: Page) -> None:
    page.goto("/")
    expect(page.locator(".tile", has_text="gate-1")).to_be_visible()
    # What answers to keys comes with the icon of the tab, a second after the first picture.
    expect(page.locator("link[rel=icon]")).to_have_attribute("data-mood", "failing")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_contain_text("Latest builds of the setup")
    page.keyboard.press("Escape")
    expect(keys).to_have_count(0)
    page.keyboard.press("/")
    expect(page).to_have_url("/search")
