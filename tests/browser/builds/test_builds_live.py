"""From a red tile to its builds and back, on the real dashboard before a recorded Jenkins."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.popup import popup, row, section
from browser.screen import Screen
from support.dashboard import Dashboard
from support.jenkins import Job, RecordedJenkins
from support.jenkins.items import PIPELINE, parameter, stage
from support.reporter import Reporter, T

OpenScreen = Callable[..., Screen]

POLITE = 120_000
"""Milliseconds within which a Jenkins is asked again, whatever it was asked before: a wall keeps to its budget."""
GOOD = "1111111111111111111111111111111111111111"
CULPRIT = "2222222222222222222222222222222222222222"


@pytest.fixture
def jenkins() -> Iterator[RecordedJenkins]:
    with RecordedJenkins(prefix="/ci/", user="livewall", token="secret", crumbs=True) as jenkins:
        yield jenkins


@pytest.fixture
def smoke(jenkins: RecordedJenkins) -> Job:
    """A pipeline that was well, was broken by Ada, and is still broken."""
    job = jenkins.add("edge-os/smoke", classes=PIPELINE, parameters=[parameter("FIRMWARE", default="4.2")])
    now = time.time()
    job.build(commits=[(GOOD, "grace", "Tidy up")], revision=GOOD, started_at=now - 9000, tests=(120, 0, 1))
    for age in (7200, 3600):
        number = job.build(
            result="FAILURE",
            commits=[(CULPRIT, "ada", "Halve the DHCP timeout")] if age == 7200 else [],
            revision=CULPRIT,
            started_at=now - age,
            description="All Tests: 120 tests (118 OK, 2 FAIL)",
        )
        job.stages[number] = [stage("Build", duration=61), stage("Test", "FAILED", duration=180)]
    return job


@pytest.fixture
def wall(
    make_dashboard: Callable[..., Dashboard], jenkins: RecordedJenkins, smoke: Job, tmp_path: Path
) -> Iterator[Dashboard]:
    """A dashboard that knows this Jenkins, and that starts builds."""
    config = tmp_path / "setups_config.json"
    access = {"url": jenkins.url, "user": "livewall", "token": "secret", "poll_seconds": 10, "start_builds": True}
    setups = [{"name": "VM1", "jobs": ["edge-os/*", "never/there"]}, {"name": "VM2"}]
    config.write_text(json.dumps({"jenkins": [{"name": "main", **access}], "setups": setups}), encoding="utf-8")
    running = make_dashboard(extra_args=["--config", str(config)]).start()
    yield running
    running.stop()


def report(wall: Dashboard, job: Job, number: int, status: str, url: str) -> str:
    """Our run of a build: two tests, the second of this status."""
    build = {"system": "jenkins", "url": f"{url}job/edge-os/job/smoke/{number}/", "job": "smoke", "number": str(number)}
    started = datetime.fromtimestamp(job.find(number)["timestamp"] / 1000, timezone.utc)
    commit = GOOD if number == 1 else CULPRIT
    tests = [T("Boots"), T("Gets An Address", status, "" if status == "PASS" else "No lease in 30 s.")]
    reporter = Reporter(lambda *arguments, **options: wall.request(*arguments, timeout=60, **options))
    return reporter.run(
        tests, suite="Network", setup="VM1", clock=started, build=build, commit=commit, last_in_pool=True
    )


def test_from_a_red_tile_to_the_commit_and_a_new_build(
    wall: Dashboard, jenkins: RecordedJenkins, smoke: Job, open_screen: OpenScreen
) -> None:
    runs = [
        report(wall, smoke, number, status, jenkins.url) for number, status in ((1, "PASS"), (2, "FAIL"), (3, "FAIL"))
    ]
    screen = open_screen(wall.url)
    page = screen.page
    expect(screen.tile("VM1")).to_have_attribute("data-kind", "failing")
    expect(screen.tile("VM2").get_by_role("link", name="Latest builds of VM2")).to_have_count(0)
    screen.tile("VM1").get_by_role("link", name="Latest builds of VM1").click()

    expect(section(page, "there")).to_contain_text("has no job 'never/there'")
    verdict = section(page, "smoke").locator(".verdict")
    expect(verdict).to_contain_text("Failing since #2, 2 h ago")
    expect(verdict).to_contain_text("22222222 ada: Halve the DHCP timeout")
    newest = row(page, 3)
    for text in ("Failed", "1 h ago", "118 passed, 2 failed", "Test 3:00, failed", "All Tests: 120"):
        expect(newest).to_contain_text(text)
    failing = newest.locator(".failing-test")
    expect(failing).to_contain_text("Gets An Address")
    expect(failing).to_contain_text("failing since #2, 2 h ago, commit 22222222")
    expect(failing).to_contain_text("No lease in 30 s.")
    expect(newest.get_by_role("link", name="Run: 1 failed")).to_have_attribute("href", f"/runs/{runs[2]}")
    expect(row(page, 1).get_by_role("link", name="Run: 2 passed")).to_have_attribute("href", f"/runs/{runs[0]}")
    expect(popup(page).locator(".as-of")).to_have_text(re.compile("^as of "))

    section(page, "smoke").get_by_role("button", name="Start a build of smoke…").click()
    popup(page).get_by_label("FIRMWARE").fill("5.0")
    popup(page).get_by_role("button", name="Start build").click()
    expect(popup(page).get_by_role("form").get_by_role("status")).to_contain_text("Queued")
    fresh = row(page, 4)
    expect(fresh).to_contain_text("Running", timeout=POLITE)
    (sent,) = [request for request in jenkins.requests if request.path.endswith("/buildWithParameters")]
    assert sent.body["FIRMWARE"] == "5.0"
    fresh.get_by_role("button", name="Stop #4…").click()
    fresh.get_by_role("button", name="Stop #4", exact=True).click()
    expect(fresh).to_contain_text("Aborted", timeout=POLITE)

    failing.get_by_role("link", name="Gets An Address").click()
    expect(page.locator(".is-linked .test-title")).to_have_text("Gets An Address")
    page.go_back()
    expect(row(page, 3)).to_be_visible()


def test_a_jenkins_that_goes_away_leaves_what_it_said(
    wall: Dashboard, jenkins: RecordedJenkins, open_screen: OpenScreen
) -> None:
    page = open_screen(f"{wall.url}/?builds=VM1").page
    expect(row(page, 3)).to_be_visible()
    jenkins.fail("status", 503)
    trouble = popup(page).locator(".trouble")
    expect(trouble).to_contain_text(re.compile(r"^Jenkins main is away since .*\d\d:\d\d: .* What is shown it said"))
    expect(row(page, 3)).to_be_visible()
    jenkins.heal()
    expect(trouble).to_have_count(0, timeout=POLITE)
    expect(row(page, 3)).to_be_visible()
