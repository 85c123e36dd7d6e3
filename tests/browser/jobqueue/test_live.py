"""Pages of jobs and agents hear of what changes, and say when they do not."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from browser.screen import Screen
from support.agents import Queue
from support.dashboard import Dashboard

OpenScreen = Callable[..., Screen]

NO_LOOKS = "window.setInterval = () => 0"
"""What then comes by itself came through the socket: pages look again by this alone."""


def without_connection(page: Page) -> None:
    """It may ask, and is told of no change."""
    page.route("**/socket.io/**", lambda route: route.abort("connectionrefused"))


def test_what_changes_is_pushed(wall: Dashboard, open_screen: OpenScreen) -> None:
    def deaf_to_time(page: Page) -> None:
        page.add_init_script(NO_LOOKS)

    queue = Queue(wall, "rpi4")
    jobs, agents = (open_screen(f"{wall.url}/{path}", before=deaf_to_time) for path in ("jobs", "agents"))
    expect(jobs.page.get_by_role("heading", name="No jobs, no agents")).to_be_visible()
    expect(agents.page.get_by_role("heading", name="No agents yet")).to_be_visible()
    job_id = queue.submit("true", name="nightly")
    row = jobs.page.locator("tbody").get_by_role("row", name="nightly")
    expect(row).to_contain_text("Waits")
    one = open_screen(f"{wall.url}/jobs/{job_id}", before=deaf_to_time)
    expect(one.page.locator("#summary")).to_contain_text("Waits")

    wall.request("POST", "/v1/agents/data/rpi4-2", {"state": "waiting", "queues": ["rpi4"]})
    expect(agents.page.locator(".agent")).to_contain_text("rpi4-2")
    wall.request("GET", "/v1/job?queue=rpi4")
    expect(row).to_contain_text("Running")
    wall.request("POST", f"/v1/result/{job_id}", {"job_state": "test"})
    fragment = {"fragment_number": 0, "timestamp": "2026-05-04T10:00:00Z", "phase": "test", "log_data": "first\n"}
    wall.request("POST", f"/v1/result/{job_id}/log/output", fragment)
    output = one.page.get_by_role("region", name="Output of the job")
    expect(output).to_contain_text("first")
    wall.request("POST", f"/v1/result/{job_id}/log/output", {**fragment, "fragment_number": 1, "log_data": "second\n"})
    expect(output).to_contain_text("second")
    wall.request("POST", f"/v1/result/{job_id}", {"status": {"test": 0}, "job_state": "complete"})
    for screen in (jobs, one):
        expect(screen.page.locator("main")).to_contain_text("Passed")
        assert screen.loads == 1


def test_nothing_moves_under_a_pointer_and_keys_go_through_the_rows(wall: Dashboard, open_screen: OpenScreen) -> None:
    queue = Queue(wall, "rpi4")
    queue.submit("true", name="first")
    page = open_screen(f"{wall.url}/jobs").page
    rows = page.locator("tbody").get_by_role("row")
    expect(rows).to_have_count(1)
    rows.first.hover()
    queue.submit("true", name="second")
    newer = page.get_by_role("button", name="1 newer")
    expect(newer).to_be_visible()
    expect(rows).to_have_count(1)
    newer.click()
    expect(rows).to_have_count(2)
    expect(newer).to_be_hidden()
    page.mouse.move(0, 0)
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="second")).to_be_focused()
    page.keyboard.press("j")
    queue.submit("true", name="third")
    expect(newer).to_be_visible()
    expect(page.get_by_role("link", name="first")).to_be_focused()
    page.keyboard.press("k")
    expect(page.get_by_role("link", name="second")).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("j/")
    expect(page.get_by_label("Text")).to_have_value("j/")


def test_a_mistyped_queue_leads_to_the_one_that_was_meant(wall: Dashboard, open_screen: OpenScreen) -> None:
    queue = Queue(wall, "rpi4")
    queue.submit("true", name="nightly", tags=["smoke"])
    page = open_screen(f"{wall.url}/jobs?queue=rpi44&theme=light", size=(390, 844)).page
    expect(page.get_by_role("heading", name="No queue is called rpi44")).to_be_visible()
    page.locator("#jobs").get_by_role("link", name="rpi4").click()
    row = page.locator("tbody").get_by_role("row", name="nightly")
    expect(row).to_be_visible()
    row.get_by_role("link", name="smoke").click()
    expect(page).to_have_url(f"{wall.url}/jobs?tag=smoke&theme=light")
    expect(row).to_be_visible()
    csv = page.get_by_role("link", name="CSV").get_attribute("href") or ""
    assert wall.request("GET", csv)[1].count(b"nightly") == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_data_is_marked_while_the_wall_is_gone_and_comes_back_by_itself(
    wall: Dashboard, open_screen: OpenScreen
) -> None:
    queue = Queue(wall, "rpi4")
    queue.submit("true", name="before")
    screen = open_screen(f"{wall.url}/jobs", size=(390, 844), expects_outage=True)
    page, rows = screen.page, screen.page.locator("tbody").get_by_role("row")
    expect(rows).to_have_count(1)
    expect(page.locator("body")).to_have_attribute("data-cut", "no")
    banner = page.get_by_role("alert")
    expect(banner).to_be_hidden()
    deaf = open_screen(f"{wall.url}/jobs", expects_outage=True, before=without_connection).page
    expect(deaf.locator("tbody").get_by_role("row")).to_have_count(1)
    expect(deaf.get_by_role("alert")).to_contain_text("No news from the server since ")
    wall.kill()
    expect(banner).to_contain_text(re.compile(r"No news from the server since \d\d:\d\d:\d\d, trying again"))
    expect(page.locator("body")).to_have_attribute("data-cut", "yes")
    expect(rows).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    wall.restart()
    expect(banner).to_be_hidden()
    expect(page.locator("body")).to_have_attribute("data-cut", "no")
    queue.submit("true", name="after")
    expect(rows).to_have_count(2)
    assert screen.loads == 1
