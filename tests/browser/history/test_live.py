"""The list of runs and a run's page hear of what changes; neither asks over and over, nor is loaded again."""

from __future__ import annotations

from datetime import datetime, timezone

from playwright.sync_api import Page, expect

from support.reporter import Reporter, T

NO_LOOKS = "window.setInterval = () => 0"
"""What then comes by itself came through the socket: pages look again by this alone."""


def test_what_becomes_of_runs_is_pushed(page: Page, reporter: Reporter) -> None:
    runs, one = page, page.context.new_page()
    loads: list[str] = []
    for each in (runs, one):
        each.add_init_script(NO_LOOKS)
        each.on("load", lambda loaded: loads.append(loaded.url))
    runs.goto("/runs?setup=vm-pushed")
    expect(runs.locator("#runs")).to_contain_text("No run matches")

    process = reporter.process(setup="vm-pushed", clock=datetime.now(timezone.utc), last_in_pool=True)
    row = runs.locator(f'[data-run="{process.run}"]')
    expect(row).to_have_attribute("data-status", "running")
    process.start_suite("s1", "Live", total=2, test_count=2)
    one.goto(f"/runs/{process.run}")
    summary = one.locator("#summary")
    expect(summary).to_contain_text("Running")
    for number, done in ((1, "1 passed"), (2, "2 passed")):
        process.send(process.test("s1", "Live", number, T(f"Test {number}")))
        expect(row).to_contain_text(done)
        expect(summary.locator(".number-passed")).to_contain_text(str(number))
    process.end_suite("s1")
    process.end()
    expect(row).to_have_attribute("data-status", "PASS")
    expect(summary).to_contain_text("verified")
    assert len(loads) == 2
