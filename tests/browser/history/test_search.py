"""The search: from the bar of any page to a failure."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from support.reporter import Reporter, T


def test_the_bar_leads_to_a_failure(page: Page, reporter: Reporter, grave_faults: Callable[[Page], list[str]]) -> None:
    tests = [T("Needle Works"), T("Add", "FAIL", "A needle was in 3 of 4 haystacks")]
    run = reporter.run(tests, setup="vm-search", suite="Searched", last_in_pool=True)
    page.goto("/runs")
    box = page.get_by_role("searchbox", name="Names and messages of all runs")
    box.fill("NEEDLE")
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=NEEDLE"))
    expect(page.locator("#status")).to_have_text("1 failure")
    expect(page.get_by_role("link", name="Needle Works")).to_be_visible()
    expect(page.locator(".found .message")).to_have_text("A needle was in 3 of 4 haystacks")
    assert grave_faults(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="Add").click()
    expect(page).to_have_url(re.compile(f"/runs/{run}#0/s1-t2"))
