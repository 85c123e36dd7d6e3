"""The pages of jobs and agents, over real jobs of a real agent."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from pathlib import Path

import psycopg
from playwright.sync_api import Page, expect

from browser.screen import Screen
from support.agents import Queue
from support.dashboard import Dashboard
from support.waiting import wait_for

OpenScreen = Callable[..., Screen]
StartAgent = Callable[[], Queue]
Faults = Callable[[Page], list[str]]

PRINTS = """printf '\\033[31mred\\033[0m <b>text</b>\\n'
for number in $(seq 1 300); do echo line $number; done
printf '1%%\\r100%%\\n'
head -c 300000 /dev/zero | tr '\\0' x; echo
mkdir -p artifacts && echo x > artifacts/x
echo booted > serial.log
echo ready
until [ -e {go} ]; do sleep 0.1; done
for number in $(seq 301 600); do echo line $number; done
"""


def test_the_list_fills_by_itself(
    wall: Dashboard, open_screen: OpenScreen, start_agent: StartAgent, grave_faults: Faults
) -> None:
    page = open_screen(f"{wall.url}/jobs", size=(390, 844)).page
    pages = page.get_by_role("navigation", name="Pages")
    expect(pages).not_to_contain_text("Jobs")
    expect(page.get_by_role("heading", name="No jobs, no agents")).to_be_visible()
    expect(page.locator(".command")).to_contain_text("livewall-agent run --server")

    queue = start_agent()
    expect(page.get_by_role("list", name="Queues")).to_contain_text("1 of 1 agent free")
    expect(page.locator(".command")).to_contain_text("livewall job submit job.yaml")
    queue.wait_ended(queue.submit("true", name="well"))
    queue.wait_ended(queue.submit("exit 3", name="<b>broken</b>"))
    rows = page.locator("tbody").get_by_role("row")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("<b>broken</b>")
    expect(rows.first).to_contain_text("Failed")
    expect(rows.last).to_contain_text("Passed")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert grave_faults(page) == []

    page.get_by_label("Text").fill("BROKEN")
    expect(rows).to_have_count(1)
    page.reload()
    expect(page).to_have_url(re.compile(r"\?q=BROKEN$"))
    expect(rows).to_have_count(1)
    wait_for(lambda: b'href="/agents"' in wall.request("GET", "/jobs")[1], what="the bar to know of agents")
    page.reload()
    pages.get_by_role("link", name="Agents").click()
    expect(page.locator(".agent").get_by_role("heading", name="rpi4-2")).to_be_visible()


def test_a_job_is_followed_ended_and_run_again(
    wall: Dashboard, open_screen: OpenScreen, start_agent: StartAgent, grave_faults: Faults, tmp_path: Path
) -> None:
    go = tmp_path / f"go-{uuid.uuid4().hex[:8]}"
    queue = start_agent()
    job_id = queue.submit(PRINTS.format(go=go), name="nightly")
    queue.wait_output(job_id, "ready")
    screen = open_screen(f"{wall.url}/jobs/{job_id}")
    page = screen.page
    output = page.get_by_role("region", name="Output of the job")
    expect(output).to_contain_text("ready")
    expect(output.locator(".ansi-red")).to_have_text("red")
    expect(output.get_by_text("red <b>text</b>", exact=True)).to_have_count(1)
    expect(output.get_by_text("100%", exact=True)).to_have_count(1)
    expect(page.locator(".phase", has_text="test").last).to_contain_text("At work")
    expect(output.get_by_text("290000 characters more")).to_have_count(1)

    follow = page.locator("#output").get_by_role("button", name="Follow")
    expect(follow).to_have_attribute("aria-pressed", "true")
    output.evaluate("view => { view.scrollTop = 0; }")
    expect(follow).to_have_attribute("aria-pressed", "false")
    go.touch()
    expect(output).to_contain_text("line 600")
    assert output.evaluate("view => view.scrollTop") == 0
    assert output.inner_text().count("line 300\n") == 1
    page.get_by_label("Output: show lines with this text").fill("line 60")
    expect(output.locator(".output-line:visible")).to_have_text(["line 60", "line 600"])
    expect(page.locator("#summary")).to_contain_text("Passed")
    expect(page.get_by_role("region", name="Serial console of the job")).to_contain_text("booted")
    expect(page.get_by_role("link", name="artifacts.tar.gz")).to_be_visible()
    assert grave_faults(page) == []
    expect(page.locator(".phases")).to_contain_text("not run")
    page.set_viewport_size({"width": 390, "height": 844})
    wait_for(lambda: page.evaluate("document.documentElement.scrollWidth") <= 390, what="the page to be fitted")
    page.set_viewport_size({"width": 1920, "height": 1080})

    go.unlink()
    page.get_by_role("button", name="Run again").click()
    expect(page).not_to_have_url(re.compile(job_id))
    page.get_by_role("button", name="Cancel…").click()
    page.get_by_role("button", name="End this job").click()
    expect(page.locator("#summary")).to_contain_text("Cancelled")
    assert wall.get(f"/api/v1/jobs/{page.url.rsplit('/', 1)[1]}")["state"] == "cancelled"
    assert screen.loads == 2


def test_an_agent_is_paused_with_a_note(
    wall: Dashboard, open_screen: OpenScreen, start_agent: StartAgent, grave_faults: Faults
) -> None:
    queue = start_agent()
    ended = queue.submit("exit 3", name="bad")
    queue.wait_ended(ended)
    page = open_screen(f"{wall.url}/agents", size=(390, 844)).page
    card = page.locator(".agent")
    expect(card).to_contain_text("Waits")
    expect(card.get_by_title("bad: Failed")).to_have_attribute("href", f"/jobs/{ended}")
    card.get_by_role("button", name="Pause…").click()
    dialog = page.get_by_role("dialog", name="Pause rpi4-2")
    expect(dialog).to_be_visible()
    assert grave_faults(page) == []
    dialog.get_by_label("Note").fill("the <fan> is being changed")
    dialog.get_by_label("Until").select_option("in four hours")
    dialog.get_by_role("button", name="Pause it").click()
    expect(card).to_contain_text(re.compile(r"Paused until .*: the <fan> is being changed"))
    waits = queue.submit("true", name="held")
    assert wall.get(f"/api/v1/jobs/{waits}")["state"] == "waiting"
    card.get_by_role("button", name="Let it go on").click()
    queue.wait_ended(waits)
    expect(card.get_by_title("held: Passed")).to_be_visible()
    assert grave_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_is_no_more_is_removed(wall: Dashboard, open_screen: OpenScreen, grave_faults: Faults) -> None:
    with psycopg.connect(wall.database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO agent (name, updated_at) VALUES ('gone <1>', now() - interval '3 min'), ('here', now())"
        )
        connection.execute("INSERT INTO job_queue (name) VALUES ('typo')")
    page = open_screen(f"{wall.url}/agents", size=(390, 844)).page
    card = page.locator(".agent", has_text="gone <1>")
    expect(page.locator(".agent", has_text="here").get_by_role("button")).to_have_text(["Pause…"])
    card.get_by_role("button", name="Remove…").click()
    assert grave_faults(page) == []
    card.get_by_role("button", name="Keep it").click()
    card.get_by_role("button", name="Remove…").click()
    card.get_by_role("button", name="Remove it").click()
    expect(page.locator(".agent h2")).to_have_text(["here"])

    page.goto(f"{wall.url}/jobs")
    queues = page.get_by_role("list", name="Queues")
    expect(queues).to_contain_text("no agent serves it")
    queues.get_by_role("button", name="Remove…").click()
    assert grave_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    queues.get_by_role("button", name="Remove it").click()
    expect(queues).to_be_hidden()


def test_a_wall_that_is_away_is_told_where_something_was_to_be_removed(
    wall: Dashboard, open_screen: OpenScreen
) -> None:
    with psycopg.connect(wall.database_url, autocommit=True) as connection:
        connection.execute("INSERT INTO agent (name, updated_at) VALUES ('gone', now() - interval '3 min')")
        connection.execute("INSERT INTO job_queue (name) VALUES ('typo')")
    for path, item in (("agents", ".agent"), ("jobs", ".queue")):
        page = open_screen(f"{wall.url}/{path}", expects_outage=True).page
        card = page.locator(item)
        expect(card.get_by_role("button", name="Remove…")).to_be_visible()
        page.route("**/api/v1/**", lambda route: route.abort("connectionrefused"))
        card.get_by_role("button", name="Remove…").click()
        card.get_by_role("button", name="Remove it").click()
        expect(card.get_by_role("alert")).to_have_text("The wall does not answer; nothing was changed.")
        expect(card.get_by_role("button", name="Remove…")).to_be_visible()
