"""The grid: tests by runs, its folders, and one result of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from support.reporter import BEGAN, Reporter, T


@pytest.fixture(scope="module")
def nights(reporter: Reporter) -> None:
    """Six, once for all tests, which share a wall."""
    for night in range(6):
        process = reporter.process(setup="vm-grid", clock=BEGAN + timedelta(days=night), last_in_pool=True)
        process.start_suite("s1", "Gridded", total=2)
        for number, (suite, test) in enumerate(
            (("Gridded.Cart", T("Add")), ("Gridded.Login", T("Expired", "FAIL" if night > 3 else "PASS", "HTTP 200"))),
            1,
        ):
            process.start_suite(f"s1-s{number}", suite, test_count=1)
            process.send(process.test(f"s1-s{number}", suite, 1, test))
            process.end_suite(f"s1-s{number}")
        process.end_suite("s1")
        process.end()


def test_the_grid_leads_from_a_folder_to_a_failure(
    page: Page, nights: None, grave_faults: Callable[[Page], list[str]]
) -> None:
    page.goto("/history/grid?suite=Gridded")
    expect(page.locator("#status")).to_have_text("Gridded: 2 tests, 6 runs")
    expect(page.locator(".grid-test")).to_have_text(["Expired", "Add"])
    expect(
        page.get_by_role("button", name="Expired: failed in 2 of 6 runs, 1 change; in the latest: failed")
    ).to_be_visible()
    page.get_by_role("link", name="Login").click()
    expect(page).to_have_url(re.compile(r"folder=Gridded\.Login"))
    expect(page.locator(".grid-test")).to_have_text(["Expired"])
    page.get_by_role("button", name=re.compile("^Expired")).press("Enter")
    details = page.get_by_role("complementary")
    expect(details).to_contain_text("run 6 of 6")
    expect(details).to_contain_text("HTTP 200")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(details).to_contain_text("run 4 of 6")
    expect(details).to_contain_text("Passed")
    assert grave_faults(page) == []
    page.keyboard.press("Escape")
    expect(details).to_be_hidden()
    expect(page.get_by_role("button", name=re.compile("^Expired"))).to_be_focused()
    page.go_back()
    expect(page.locator(".grid-test")).to_have_count(2)


def test_filters_are_in_the_address_and_a_bad_expression_is_said(page: Page, nights: None) -> None:
    page.goto("/history/grid?suite=Gridded&match=add")
    expect(page.locator(".grid-test")).to_have_text(["Add"])
    page.get_by_label("Rows").select_option("setups")
    expect(page.locator(".grid-test")).to_have_text(["vm-grid"])
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
