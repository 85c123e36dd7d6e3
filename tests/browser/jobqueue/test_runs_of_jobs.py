"""A robot inside a job: the job's page shows its run, the run's page its job."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from browser.screen import Screen
from support.agents import Queue
from support.dashboard import Dashboard
from support.reporter import Reporter, T


def deaf_to_time(page: Page) -> None:
    """What then comes by itself was pushed: pages look again by this alone."""
    page.add_init_script("window.setInterval = () => 0")


def test_a_job_and_its_run_know_each_other(
    wall: Dashboard, open_screen: Callable[..., Screen], grave_faults: Callable[[Page], list[str]]
) -> None:
    queue, reporter = Queue(wall, "rpi4"), Reporter(wall.request)
    job = queue.submit("robot tests", name="nightly")
    wall.request("POST", "/v1/agents/data/rpi4-2", {"state": "waiting", "queues": ["rpi4"]})
    screen = open_screen(f"{wall.url}/jobs/{job}", before=deaf_to_time)
    page = screen.page
    runs = page.get_by_role("region", name="Runs")
    expect(page.locator("#summary")).to_contain_text("nightly")
    expect(runs).to_be_hidden()
    run = reporter.run(
        [T("Boots"), T("Valve", "FAIL", "it is <b>stuck</b>"), T("Pump", "FAIL", "dry")],
        setup="rpi4-2",
        suite="Field",
        job=job,
    )
    expect(runs).to_contain_text("Failed")
    expect(runs).to_contain_text("on rpi4-2 · 3 tests, 2 failed")
    expect(runs.locator("code")).to_have_text("it is <b>stuck</b>")
    expect(runs.get_by_role("link", name="Valve")).to_have_attribute("href", f"/runs/{run}#s1-t2")
    assert grave_faults(page) == []

    other = reporter.process(setup="rpi4-3", suite="Forest", job=job)
    other.start_suite("s1", "Forest", total=2, test_count=2)
    expect(runs).to_contain_text("on rpi4-3 · 0 of 2 tests")
    other.send(other.test("s1", "Forest", 1, T("Grows")))
    expect(runs).to_contain_text("on rpi4-3 · 1 of 2 tests")
    other.send(other.test("s1", "Forest", 2, T("Falls")))
    other.end_suite("s1")
    other.end()
    expect(runs).to_contain_text("on rpi4-3 · 2 tests")
    assert screen.loads == 1

    runs.get_by_role("link", name="Field").click()
    of = page.locator(".fact", has_text="Job")
    expect(of).to_contain_text("nightly · queue rpi4")
    of.get_by_role("link", name="nightly").click()
    expect(page.get_by_role("heading", name="nightly")).to_be_visible()
