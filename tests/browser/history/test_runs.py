"""The list of runs: what it shows, how it is filtered, and that it outlives its wall."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from playwright.sync_api import Browser, Page, expect

from support.dashboard import Dashboard
from support.reporter import Reporter, T


def test_the_list_shows_runs_and_filters_them(page: Page, reporter: Reporter, red: str) -> None:
    other = reporter.run([T("One")], setup="vm-other")
    page.goto("/runs")
    expect(page.locator(f'[data-run="{red}"]')).to_contain_text("vm-red")
    expect(page.locator(f'[data-run="{red}"]')).to_contain_text("3 failed · 1 skipped · 1 passed")
    page.get_by_label("Setup").select_option("vm-other")
    expect(page.locator(f'[data-run="{red}"]')).to_have_count(0)
    expect(page.locator(f'[data-run="{other}"]')).to_be_visible()
    expect(page).to_have_url(re.compile(r"/runs\?setup=vm-other"))
    page.goto("/runs")
    page.get_by_role("searchbox", name="Suite").fill("Shop")
    expect(page.locator(f'[data-run="{other}"]')).to_have_count(0)
    page.goto("/runs?commit=0123456")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Shop").click()
    expect(page).to_have_url(re.compile(f"/runs/{red}"))


def test_labels_tags_and_days_find_runs(page: Page, reporter: Reporter) -> None:
    for day, board in enumerate(("pico", "zero")):
        began = datetime(2024, 5, 1 + day, 12, tzinfo=timezone.utc)
        tests = [T("One", tags=[f"tag {board}"])]
        labels = {"board": board, "lab": "filters"}
        reporter.run(tests, setup="vm-found", suite=board, labels=labels, clock=began, last_in_pool=True)
    rows = page.locator("tbody tr")
    page.goto("/runs?label=lab%3Dfilters")
    expect(rows).to_have_count(2)
    page.get_by_label("From").fill("2024-05-02")
    expect(rows).to_have_count(1)
    expect(page).to_have_url(re.compile("from=2024-05-02"))
    page.goto("/runs?label=lab%3Dfilters&tag=Tag_pico&to=2024-05-01")
    expect(rows).to_have_count(1)
    page.get_by_role("link", name="board pico").click()
    expect(page.get_by_label("Labels")).to_have_value("board=pico")
    csv = page.get_by_role("link", name="CSV").get_attribute("href")
    assert csv is not None and "label=board%3Dpico" in csv


def test_running_runs_stand_above_later_ones(page: Page, reporter: Reporter) -> None:
    now = datetime.now(timezone.utc)
    running = reporter.run([T("One")], suite="Long", setup="vm-long", ended=False, clock=now - timedelta(days=2))
    reporter.run([T("One")], suite="Short", setup="vm-short", clock=now, last_in_pool=True)
    page.goto("/runs")
    expect(page.locator("tbody tr").first).to_have_attribute("data-status", "running")
    expect(page.locator(f'[data-run="{running}"]')).to_contain_text("so far")
    page.get_by_label("Status").select_option("running")
    expect(page.locator(f'[data-run="{running}"]')).to_be_visible()
    expect(page.locator('tbody tr:not([data-status="running"])')).to_have_count(0)


def test_a_row_that_did_not_change_stays(page: Page, reporter: Reporter, red: str) -> None:
    page.goto("/runs?setup=vm-red")
    row = page.locator(f'[data-run="{red}"]')
    row.evaluate("row => { row.seen = true }")
    reporter.run([T("Later")], setup="vm-red", suite="Newcomer", ended=False, clock=datetime.now(timezone.utc))
    expect(page.locator("tbody tr").first).to_contain_text("Newcomer")
    assert row.evaluate("row => row.seen")


def test_the_list_outlives_the_wall(browser: Browser, dashboard: Dashboard) -> None:
    Reporter(dashboard.request).run([T("One")], setup="vm-1", last_in_pool=True)
    with browser.new_context(base_url=dashboard.url) as context:
        page = context.new_page()
        page.goto("/runs")
        expect(page.locator("tbody tr")).to_have_count(1)
        dashboard.stop()
        expect(page.locator("#status")).to_contain_text("does not answer", timeout=20_000)
        expect(page.locator("tbody tr")).to_have_count(1)
        dashboard.start()
        expect(page.locator("#status")).to_have_text("1 run", timeout=20_000)
