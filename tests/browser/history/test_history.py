"""The page of one test over runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from browser.screen import Screen
from support.dashboard import running_dashboard
from support.postgres import Databases
from support.reporter import BEGAN, Reporter, T
from support.waiting import wait_for


def test_the_history_of_a_test_hides_no_setup(
    databases: Databases, template: str, tmp_path: Path, open_screen: Callable[..., Screen]
) -> None:
    """The one that failed long ago has a row of its own, and the figures are of all runs, not of those loaded."""
    with running_dashboard(databases, template, tmp_path) as wall:  # of its own: it has more runs than a page shows
        reporter = Reporter(wall.request)
        old = reporter.run([T("Often", "FAIL", "why")], suite="Rig", setup="vm-failing", clock=BEGAN)
        for number in range(1, 103):
            clock = BEGAN + timedelta(minutes=number)
            reporter.run([T("Often")], suite="Rig", setup=f"vm-well-{number % 2}", clock=clock, ended=False)
        page = open_screen(f"{wall.url}/runs/{old}").page
        page.locator("main").get_by_role("link", name="History").click()
        expect(page.locator("#status")).to_have_text("100 of 103 runs, 1 failed")
        expect(page.locator(".tl-name")).to_have_text(["vm-failing", "vm-well-0", "vm-well-1"])
        expect(page.locator(".tl-head[data-marked]")).to_contain_text("vm-failing (where you come from)")
        expect(page.locator("#sentence")).to_contain_text("Failing on 1 of 3 setups (vm-failing)")
        expect(page.locator(".result")).to_have_count(100)
        page.get_by_role("button", name="Show older runs").click()
        expect(page.locator(".result").last).to_contain_text("vm-failing")
        expect(page.locator("#status")).to_have_text("103 runs, 1 failed")
        expect(page.get_by_role("button", name="Show older runs")).to_have_count(0)


def test_one_test_over_runs(page: Page, reporter: Reporter) -> None:
    for status in ("PASS", "FAIL", "PASS"):
        reporter.run([T("Flip", status, "why" if status == "FAIL" else "")], suite="Coin", setup="vm-coin")
    page.goto("/tests?longname=Coin.Flip")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Flip")
    grid = page.get_by_role("grid")
    grid.focus()
    page.keyboard.press("Home")
    expect(grid.locator("[aria-selected=true]")).to_have_text(re.compile("passed|failed"))
    expect(page.locator(".message-group")).to_have_count(1)
    expect(page.locator(".message-group")).to_contain_text("1 failure on vm-coin")
    expect(page.locator(".message-text")).to_have_text("why")
    expect(page.locator(".rate-table tbody tr")).to_contain_text(["67 %"])
    expect(page.locator(".result .badge")).to_have_text(["Passed", "Failed", "Passed"])
    expect(page.locator(".result-message")).to_have_text("why")
    page.locator(".result a").nth(1).click()
    expect(page.locator(".is-linked .message")).to_have_text("why")


def test_a_history_in_the_order_of_versions(page: Page, reporter: Reporter) -> None:
    for minute, version in enumerate(["2.10", "2.9", "2.9-rc1", ""]):
        labels = {"version": version} if version else {}
        reporter.run([T("Boot")], suite="Board", labels=labels, clock=BEGAN + timedelta(minutes=minute))
    page.goto("/tests?longname=Board.Boot")
    expect(page.locator("#status")).to_have_text("4 runs, 0 failed")
    page.get_by_label("Order").select_option("Label version")
    expect(page.locator(".result .chip")).to_have_text(["version2.10", "version2.9", "version2.9-rc1"])
    expect(page.locator("#status")).to_have_text("3 of 4 runs, 0 failed; 1 left out: no version")
    page.goto("/tests?longname=Board.Boot&order=label:build")
    expect(page.get_by_role("heading", name="None in this order")).to_be_visible()
    page.get_by_label("Order").select_option("commit")
    expect(page.get_by_text("livewall commits sync")).to_be_visible()


def test_the_other_names_of_a_test_are_told(page: Page, reporter: Reporter) -> None:
    for levels in (("Tests", "Lamps"), ("Lamps",)):
        process = reporter.process(host="rig")
        for depth in range(len(levels)):
            source = "/w/tests/lamps.robot" if depth == len(levels) - 1 else "/w/tests"
            process.start_suite(f"s1{'-s1' * depth}", ".".join(levels[: depth + 1]), source=source)
        innermost = f"s1{'-s1' * (len(levels) - 1)}"
        process.send(process.test(innermost, ".".join(levels), 1, T("Glow <b>")))
        for depth in reversed(range(len(levels))):
            process.end_suite(f"s1{'-s1' * depth}")
        process.end()

    def look() -> None:
        page.goto("/tests?longname=Lamps.Glow+%3Cb%3E")
        expect(page.locator(".result-name")).to_have_text("Tests.Lamps.Glow <b>", timeout=1000)

    wait_for(lambda: look() or True, what="the wall to have looked at the runs")
    expect(page.locator(".names-why")).to_contain_text(
        "Lamps and Tests.Lamps are one file, /w/tests/lamps.robot on rig; since "
    )
    expect(page.locator(".names code")).to_have_text("livewall rename --undo Lamps Tests.Lamps")
    page.locator(".names a").click()
    expect(page.locator(".names a")).to_have_text("Lamps.Glow <b>")
