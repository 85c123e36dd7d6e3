"""Two runs compared on a page, and what other features add to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from support.reporter import BEGAN, Reporter, T

BEFORE = [T("Breaks"), T("Is mended", "FAIL", "was broken"), T("Is gone"), T("Stays well")]
NOW = [T("Breaks", "FAIL", "HTTP 500"), T("Is mended"), T("Stays well")]

ADDITION = """async () => {
    const { addPanel } = await import("/static/shared/panels.js");
    addPanel("Build report", async (body, { left, right }) => {
        body.textContent = `${left.id} ${right.id}`;
        return true;
    });
    addPanel("Nothing to tell", async () => false);
}"""


def test_two_runs_are_compared(page: Page, reporter: Reporter, grave_faults: Callable[[Page], list[str]]) -> None:
    left = reporter.run(BEFORE, setup="vm-compared", last_in_pool=True)
    right = reporter.run(NOW, setup="vm-compared", clock=BEGAN + timedelta(days=1), last_in_pool=True)
    page.goto(f"/compare?right={right}")
    expect(page.locator("#status")).to_have_text("1 new failure, 1 not executed, 1 fixed")
    expect(page.locator(".test[open]")).to_have_count(1)
    expect(page.locator(".test[open]")).to_contain_text("HTTP 500")
    page.evaluate(ADDITION)
    expect(page.get_by_role("region", name="Build report")).to_contain_text(f"{left} {right}")
    expect(page.get_by_role("region", name="Nothing to tell")).to_have_count(0)
    page.get_by_role("button", name=re.compile("Not executed")).press("Enter")
    expect(page).to_have_url(re.compile("kind=not_executed"))
    expect(page.locator(".test-title")).to_have_text(["Is gone"])
    page.get_by_role("button", name=re.compile("Slower")).click()
    expect(page.locator("#tests")).to_contain_text("No test took at least")
    page.go_back()
    expect(page.locator(".test-title")).to_have_text(["Is gone"])
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert grave_faults(page) == []
    page.get_by_role("link", name="Swap").click()
    expect(page.locator("#status")).to_have_text("1 new failure, 1 fixed")


def test_ticked_runs_are_compared(page: Page, reporter: Reporter) -> None:
    for night in range(3):
        clock = BEGAN + timedelta(days=night)
        reporter.run(
            NOW if night else BEFORE, setup="vm-ticked", suite=f"Night {night}", clock=clock, last_in_pool=True
        )
    page.goto("/runs?setup=vm-ticked")
    page.get_by_label("Compare Night 2 on vm-ticked").check()
    expect(page.locator("#actions")).to_contain_text("Tick another run")
    page.get_by_label("Compare Night 0 on vm-ticked").press("Space")
    page.get_by_role("link", name="Compare", exact=True).click()
    expect(page.locator(".side-run")).to_have_text(["Night 0", "Night 2"])
    page.go_back()
    for night in range(3):
        page.get_by_label(f"Compare Night {night} on vm-ticked").check()
    page.get_by_role("link", name="Compare 3 runs").click()
    expect(page.locator("#status")).to_contain_text("3 runs")


def test_without_runs_the_page_says_how_to_choose_them(page: Page) -> None:
    page.goto("/compare")
    expect(page.get_by_role("heading", name="Which runs?")).to_be_visible()
