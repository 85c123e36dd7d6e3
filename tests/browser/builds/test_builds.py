"""The latest builds over the wall: what the popup tells of a setup's jobs and of all setups."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec
from playwright.sync_api import expect

from browser import builds
from browser.builds import CI, build, commit, failure, history, job, run, server, setup, stages
from browser.feed import Feed
from browser.popup import popup, row, section, wall
from browser.screen import Screen
from browser.tiles import ago, idle, lab, tile
from livewall_dashboard.jenkins.model import BuildsOfSetups
from support.waiting import wait_for

Play = Callable[..., Feed]
OpenScreen = Callable[..., Screen]
Json = dict[str, Any]

HOSTILE = "<img src=x onerror=\"document.title='caught'\"><b>bold</b>"
SINCE = {"run": "r-118", "build": {"number": "118"}, "commit": commit(118)["id"], "started_at": ago(2 * 86400)}


def test_from_a_red_tile_to_the_commit_that_broke_it(play: Play, open_screen: OpenScreen) -> None:
    smoke = history("edge-os/smoke", "FFSS")
    smoke["builds"][1]["commits"] = [commit(1), commit(2)]
    smoke["builds"][0] |= {
        "commits": [commit(4), commit(5), commit(6), commit(7)],
        "branch": "release/4.2",
        "description": "All Tests: 120 tests (118 OK, 2 FAIL)",
        "causes": ["Started by timer"],
        "runs": [run("run 7", failure(since=SINCE), failure("s1-s1-t4", "A.Login", since=SINCE | {"run": "run 7"}))],
    }
    screen = open_screen(wall(play, smoke).url)
    page = screen.page
    screen.tile("VM1").get_by_role("link", name="Latest builds of VM1").click()
    expect(popup(page).get_by_role("heading", name="Latest builds of VM1")).to_be_visible()

    verdict = section(page, "smoke").locator(".verdict")
    expect(verdict).to_contain_text("Failing since #120, 1 h ago")
    expect(verdict).to_contain_text(f"{commit(2)['id'][:8]} Alan Turing: Do not retry logins")
    newest = row(page, 121)
    for text in ("Failed", "#121", "15 min ago", "took 4:11", "release/4.2", "+3 more", "All Tests: 120", "timer"):
        expect(newest).to_contain_text(text)
    expect(newest).to_contain_text("117 passed, 2 failed, 1 skipped of 120 tests, Robot Framework report")
    expect(newest.get_by_role("link", name="#121")).to_have_attribute("href", f"{CI}job/edge-os/smoke/121/")
    expect(newest.get_by_role("link", name="#121")).to_have_attribute("rel", "noopener noreferrer")
    expect(newest.locator("time")).to_have_attribute("title", re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$"))

    first, second = newest.locator(".failing-test").all()
    expect(first).to_contain_text("DHCP Lease Is Renewed")
    expect(first).to_contain_text(f"failing since #118, 2 d ago, commit {commit(118)['id'][:8]}")
    expect(second).to_contain_text("new in this build")
    expect(newest.get_by_role("link", name="Run: 2 failed")).to_have_attribute("href", "/runs/run%207")
    first.get_by_role("link", name="DHCP Lease Is Renewed").click()
    expect(page).to_have_url(re.compile(r"/runs/run%207#0%2Fs1-s2-t3$"))


def test_what_is_well_is_one_line_and_opens_on_demand(play: Play, open_screen: OpenScreen) -> None:
    screen = open_screen(wall(play, history("smoke", "SFS")).url + "?builds=VM1")
    page = screen.page
    expect(popup(page).locator(".build")).to_have_count(3)
    expect(popup(page).locator(".details")).to_have_count(0)
    expect(section(page, "smoke").locator(".verdict")).to_be_hidden()
    toggle = row(page, 120).get_by_role("button", name="Details of #120")
    expect(toggle).to_have_attribute("aria-expanded", "false")
    toggle.click()
    expect(toggle).to_have_attribute("aria-expanded", "true")
    expect(toggle).to_be_focused()
    expect(row(page, 120).locator(".stage-list li")).to_have_count(5)
    expect(row(page, 120).locator(".stage-list")).to_contain_text(re.compile(r"Test .*, failed"))
    expect(row(page, 120).get_by_role("img", name=re.compile("^Stages: Checkout 20 s; Build"))).to_be_visible()
    toggle.click()
    expect(popup(page).locator(".details")).to_have_count(0)


def test_log_html_is_a_click_away_where_it_was_uploaded(play: Play, open_screen: OpenScreen) -> None:
    smoke = history("smoke", "F")
    smoke["builds"][0]["runs"] = [run("r-1", failure(), has_log=True)]
    screen = open_screen(wall(play, smoke).url + "?builds=VM1")
    link = row(screen.page, 121).get_by_role("link", name=re.compile("in log.html$"))
    expect(link).to_have_attribute("href", re.compile(r"/runs/r-1/artifacts/log\.html#s1-s2-t3$"))


def test_a_running_build_ticks_by_the_servers_clock(play: Play, open_screen: OpenScreen) -> None:
    feed = wall(play, job("smoke", build(5, None), build(4)), clock_offset=3 * 3600)
    running = feed.builds.setups["VM1"]["jobs"][0]["builds"][0]
    running |= {"started_at": feed.now(60), "estimated_time": 200.0, "stages": stages(None)}
    screen = open_screen(feed.url + "?builds=VM1")
    newest = row(screen.page, 5)
    expect(newest).to_contain_text("Running")
    expect(newest.locator(".took")).to_have_text(re.compile(r"^for 1:\d\d$"))
    expect(newest.locator(".build-progress")).to_contain_text(re.compile(r"^\d+ (min|s) left$"))
    bar = newest.get_by_role("progressbar")
    shown = float(bar.evaluate("(bar) => bar.value"))
    assert 0.3 <= shown <= 1
    wait_for(lambda: bar.evaluate("(bar) => bar.value") > shown, what="the bar to move")


def test_an_overrun_is_said(play: Play, open_screen: OpenScreen) -> None:
    late = build(5, None, age=900, estimated_time=300.0)
    unknown = build(6, None, estimated_time=None)
    screen = open_screen(wall(play, job("smoke", unknown, late)).url + "?builds=VM1")
    expect(row(screen.page, 5).locator(".build-progress")).to_have_attribute("data-overrun", "yes")
    expect(row(screen.page, 5)).to_contain_text("10 min over")
    expect(row(screen.page, 6)).to_contain_text("no estimate")
    assert row(screen.page, 6).get_by_role("progressbar").evaluate("(bar) => bar.position") == -1


def test_jobs_keep_their_order_and_a_strip_tells_their_last_results(play: Play, open_screen: OpenScreen) -> None:
    jobs = [history("zz/last", "S"), history("aa/first", "FS"), history("mm/runs", "RS"), job("new")]
    screen = open_screen(wall(play, *jobs).url + "?builds=VM1")
    page = screen.page
    expect(popup(page).get_by_role("heading", level=3)).to_have_text(["last", "first", "runs", "new"])
    strip = popup(page).get_by_role("list", name="Last results").get_by_role("button")
    expect(strip).to_have_text(["Passedzz/last", "Failedaa/first", "Passedmm/runsRunning", "No resultnew"])
    strip.nth(1).click()
    expect(row(page, 121).nth(1).locator(".build-number")).to_be_focused()


def test_each_job_is_called_so_that_one_knows_which_it_is(play: Play, open_screen: OpenScreen) -> None:
    jobs = [
        history("team/project/main", "S"),
        history("lab/project/main", "S"),
        {**history("other/feature%2Fx", "S"), "title": "feature/x"},
        history("smoke", "S"),
        history("smoke", "S", jenkins="second"),
        {**history("tools/tidy", "S", state="disabled"), "title": "Tidy up"},
        job("nightly/*", state="missing"),
    ]
    page = open_screen(wall(play, *jobs).url + "?builds=VM1").page
    names = popup(page).get_by_role("list", name="Last results").get_by_role("button").locator("bdi")
    expect(names).to_have_text(
        [
            "team/project/main",
            "lab/project/main",
            "other/feature/x",
            "main: smoke",
            "second: smoke",
            "Tidy up",
            "nightly/*",
        ]
    )
    expect(popup(page).get_by_role("button", name="Tidy up")).to_contain_text("Disabled")


def test_a_pipeline_that_waits_leads_to_its_question(play: Play, open_screen: OpenScreen) -> None:
    question = f"{CI}job/pipe/9/input/"
    feed = wall(play, job("pipe", build(9, None, input_url=question), build(8)))
    page = open_screen(feed.url + "?builds=VM1").page
    expect(row(page, 9).get_by_role("link", name="Waiting for input")).to_have_attribute("href", question)
    page = open_screen(feed.url + "?builds=*").page
    expect(popup(page).get_by_role("listitem").filter(has_text="pipe").first).to_contain_text("Waiting for input")


def test_news_come_by_themselves_and_leave_the_reader_where_she_is(play: Play, open_screen: OpenScreen) -> None:
    feed = wall(play, history("smoke", "SSS"))
    screen = open_screen(feed.url + "?builds=VM1")
    page = screen.page
    link = row(page, 120).get_by_role("link", name="#120")
    link.focus()
    row(page, 120).locator(".toggle").press("Enter")
    expect(row(page, 120).locator(".details")).to_be_visible()
    link.focus()
    known = feed.builds.setups["VM1"]["jobs"][0]["builds"]
    known[1]["description"] = "Kept for the audit"
    known.insert(0, build(122, "FAILURE"))
    expect(row(page, 122)).to_be_visible()
    expect(row(page, 120)).to_contain_text("Kept for the audit")
    expect(row(page, 120).locator(".details")).to_be_visible()
    expect(link).to_be_focused()
    unchanged = feed.builds.unchanged
    wait_for(
        lambda: page.evaluate("1") and feed.builds.unchanged > unchanged, what="an answer that says nothing changed"
    )
    known.pop()
    expect(row(page, 119)).to_have_count(0)


def test_out_of_sight_nobody_is_asked(play: Play, open_screen: OpenScreen) -> None:
    feed = wall(play, history("smoke", "S"))
    # A minute that passes at once is a silence, which the page ends by connecting anew.
    page = open_screen(feed.url + "?builds=VM1", before=lambda page: page.clock.install(), expects_outage=True).page
    expect(row(page, 121)).to_be_visible()

    def hide(hidden: bool) -> None:
        page.evaluate(
            """(hidden) => {
                Object.defineProperty(document, "hidden", {configurable: true, get: () => hidden});
                document.dispatchEvent(new Event("visibilitychange"));
            }""",
            hidden,
        )
        page.evaluate("fetch('/api/v1/crumb').then((answer) => answer.text())")  # whatever was asked before is answered

    hide(True)
    asked = feed.builds.asked
    page.clock.fast_forward(60_000)
    hide(True)
    assert feed.builds.asked == asked
    hide(False)
    wait_for(lambda: page.evaluate("1") and feed.builds.asked > asked, what="a question on coming back")


def test_a_jenkins_that_is_away_is_no_empty_list(play: Play, open_screen: OpenScreen) -> None:
    away = server("ci", "away", since=ago(1260), polled_at=ago(1320), message="It does not answer within 10 s.")
    feed = wall(play, history("smoke", "FS"), servers=[server(), away, server("new", "unknown")])
    page = open_screen(feed.url + "?builds=VM1").page
    trouble = popup(page).locator(".trouble")
    expect(trouble).to_have_count(2)
    expect(trouble.first).to_contain_text(
        re.compile(r"Jenkins ci is away since .*\d\d:\d\d: It does not answer within 10 s\. .* 22 min ago\.")
    )
    expect(trouble.last).to_contain_text("Jenkins new has not been asked yet.")
    expect(popup(page).locator(".as-of")).to_have_text("as of 22 min ago")
    expect(row(page, 121)).to_be_visible()
    feed.builds.tell(setup("VM1", history("smoke", "FS")))
    expect(trouble).to_have_count(0)
    expect(popup(page).locator(".as-of")).to_have_text(re.compile(r"^as of \d+ s ago$"))


def test_a_wall_that_does_not_answer_keeps_what_it_said(play: Play, open_screen: OpenScreen) -> None:
    feed = wall(play, history("smoke", "FS"))
    page = open_screen(feed.url + "?builds=VM1", expects_outage=True).page
    expect(row(page, 121)).to_be_visible()
    feed.stop()
    trouble = popup(page).locator(".trouble")
    expect(trouble).to_contain_text(re.compile(r"The wall does not answer\. What is shown is from .* ago"))
    expect(popup(page)).to_have_attribute("data-stale", "yes")
    expect(row(page, 121)).to_be_visible()
    feed.start()
    expect(trouble).to_have_count(0)
    expect(popup(page)).to_have_attribute("data-stale", "no")


def test_an_error_is_told_in_the_popup_in_the_walls_words(play: Play, open_screen: OpenScreen) -> None:
    feed = wall(play, history("smoke", "FS"))
    feed.builds.trouble = (503, "Postgres is away.")
    page = open_screen(feed.url + "?builds=VM1", expects_error=503).page
    expect(popup(page).locator(".trouble")).to_contain_text("Postgres is away. Trying again every few seconds.")
    feed.builds.trouble = None
    expect(row(page, 121)).to_be_visible()
    expect(popup(page).locator(".trouble")).to_have_count(0)


def test_a_setup_nobody_knows(play: Play, open_screen: OpenScreen) -> None:
    page = open_screen(wall(play).url + "?builds=nobody", expects_error=404).page
    expect(popup(page).locator(".trouble")).to_have_text("There is no setup “nobody”.")


def test_a_setup_without_jobs_says_how_to_get_some(play: Play, open_screen: OpenScreen) -> None:
    screen = open_screen(wall(play).url)
    expect(screen.tile("VM2")).to_be_visible()
    expect(screen.page.get_by_role("link", name=re.compile("Latest builds"))).to_have_count(0)
    page = open_screen(screen.page.url + "?builds=VM2").page
    expect(popup(page)).to_contain_text("This setup has no Jenkins jobs yet.")
    expect(popup(page)).to_contain_text("docs/how-to-jenkins.md")
    expect(popup(page).locator("pre")).to_have_text('{"name": "VM2", "jobs": ["smoke-tests"]}')


def test_jobs_that_are_missing_disabled_or_not_asked_yet(play: Play, open_screen: OpenScreen) -> None:
    jobs = [job("gone", state="missing"), job("off", state="disabled"), job("new", state="unknown"), job("empty")]
    page = open_screen(wall(play, *jobs).url + "?builds=VM1").page
    for title, text in {
        "gone": "Jenkins main has no job “gone”.",
        "off": "This job is disabled in Jenkins.",
        "new": "Not asked yet.",
        "empty": "No builds yet.",
    }.items():
        expect(section(page, title)).to_contain_text(text)


def test_names_of_others_are_never_markup(play: Play, open_screen: OpenScreen) -> None:
    rtl = "שלום עולם"
    long = "All Tests: 120 tests (118 OK, 2 FAIL) " * 8
    hostile = build(
        7,
        "FAILURE",
        name=HOSTILE,
        url="javascript:document.title='caught'",
        description=long,
        causes=[HOSTILE],
        branch=HOSTILE,
        revision=HOSTILE,
        commits=[{"id": HOSTILE, "author": rtl, "message": HOSTILE * 3}, commit(1)],
        culprits=[HOSTILE],
        node=HOSTILE,
        stages=[{"name": HOSTILE, "status": HOSTILE, "started_at": None, "elapsed_time": 1.0}],
        runs=[run(HOSTILE, failure(HOSTILE, HOSTILE, message=HOSTILE), setup=HOSTILE, has_log=True)],
    )
    named = job(HOSTILE, hostile, title=HOSTILE, url="data:text/html,1", state="ok", message=HOSTILE)
    feed = wall(play, named, history("x" * 250, "S"), name=HOSTILE, servers=[server(HOSTILE, "away", message=HOSTILE)])
    for size in ((1280, 720), (390, 844)):
        screen = open_screen(feed.url, size=size)
        page = screen.page
        page.locator(".tile").first.get_by_role("link", name=re.compile("Latest builds of <img")).click()
        expect(popup(page)).to_contain_text(long.strip())
        expect(popup(page)).to_contain_text(rtl)
        expect(popup(page).locator("img:not([role])")).to_have_count(0)
        expect(popup(page).locator("b")).to_have_count(0)
        hrefs = popup(page).locator("a").evaluate_all("(links) => links.map((link) => link.href)")
        assert [href for href in hrefs if not href.startswith(("http:", "https:"))] == []
        assert popup(page).evaluate("(node) => node.querySelector('.popup-body').scrollWidth <= node.clientWidth")
        expect(page).not_to_have_title("caught")


def test_all_setups_in_rows_of_blocks(play: Play, open_screen: OpenScreen) -> None:
    feed = play([idle("VM1", 0, jobs=2), idle("VM2", 1, "FAIL", jobs=1), tile("VM3", 2)])
    feed.builds.tell(
        setup("VM1", history("smoke", "SSFS"), history("nightly", "RFS")),
        setup("VM2", history("smoke", "UAS")),
        setup("VM3"),
    )
    feed.builds.own = setup(None, history("deploy", "SS"))
    page = open_screen(feed.url).page
    page.get_by_role("navigation").get_by_role("link", name="Latest builds").click()
    rows = popup(page).locator(".setup-row")
    expect(rows.locator(".setup-toggle")).to_have_text(["VM1", "VM2", "This wall"])
    tally = popup(page).get_by_role("list", name="Jobs by their last result").locator("li")
    expect(tally).to_have_text(["1failed", "1unstable", "1running", "2passed"])
    blocks = rows.first.get_by_role("img")
    expect(blocks.first).to_have_attribute(
        "aria-label", "Newest first: #121 passed, #120 passed, #119 failed, #118 passed"
    )
    expect(rows.first.locator(".job-line").nth(1)).to_contain_text("Failed")
    expect(rows.first.locator(".job-line").nth(1)).to_contain_text("Running")
    expect(rows.first.locator(".build")).to_have_count(0)
    rows.first.locator(".setup-toggle").click()
    expect(rows.first.locator(".build")).to_have_count(7)
    rows.first.locator(".setup-toggle").click()
    expect(rows.first.locator(".build")).to_have_count(0)


def test_twenty_jobs_of_ten_builds_come_at_once(play: Play, open_screen: OpenScreen) -> None:
    feed = wall(play, *(history(f"job-{number}", "FSSSRSSSSS"[::-1]) for number in range(20)))
    page = open_screen(feed.url + "?builds=VM1").page
    expect(popup(page).locator(".build")).to_have_count(200)
    seconds = page.evaluate("""async () => {
        const began = performance.now();
        const dialog = document.querySelector("dialog");
        for (const button of dialog.querySelectorAll(".toggle")) button.click();
        dialog.getBoundingClientRect();
        return (performance.now() - began) / 1000;
    }""")
    expect(popup(page).locator(".details")).to_have_count(200)
    print(f"200 details opened in {seconds:.2f} s")


def test_the_wall_of_two_hundred_setups_pays_nothing_for_the_popup(play: Play, open_screen: OpenScreen) -> None:
    tiles = [{**one, "jobs": 2} for one in lab(200)]
    asked: list[str] = []
    screen = open_screen(
        play(tiles).url, before=lambda page: page.on("request", lambda request: asked.append(request.url))
    )
    screen.expect_tiles(200)
    assert [url for url in asked if "/static/builds/" in url or "/api/" in url] == []
    cells = screen.page.locator('.tile[data-shape="cell"]')
    expect(cells.first).to_be_visible()
    assert cells.locator("a.tile-builds").count() == 0, "cells share one link, which is nowhere yet"
    cells.first.hover()
    expect(cells.first.get_by_role("link", name=re.compile("^Latest builds of"))).to_be_visible()
    assert screen.page.locator('.tile[data-shape="cell"] a.tile-builds').count() == 1


def test_the_own_builds_are_behind_the_release(play: Play, open_screen: OpenScreen) -> None:
    feed = wall(play, history("smoke", "S"))
    feed.release = {
        "commit": "427246ad0c" + "0" * 30,
        "subject": f"Hold a run {HOSTILE}",
        "branch": "main",
        "deployed_at": ago(730),
    }
    feed.builds.own = setup(None, history("livewall-deploy", "SF"))
    page = open_screen(feed.url).page
    release = page.locator("#release")
    expect(release).to_have_text(f"livewall 1.0 · 427246ad “Hold a run {HOSTILE}” (main), deployed 12 min ago")
    release.click()
    expect(popup(page).get_by_role("heading", name="Latest builds of this wall")).to_be_visible()
    expect(popup(page).locator(".about")).to_contain_text("deployed 12 min ago")
    expect(section(page, "livewall-deploy").locator(".build")).to_have_count(2)
    expect(section(page, "smoke")).to_have_count(0)


def test_the_scripted_api_keeps_the_contract() -> None:
    told = setup("VM1", history("smoke", "FRSUAN"))
    told["jobs"][0]["builds"][0]["runs"] = [run("r-1", failure(since=SINCE | {"build": None}))]
    told["jobs"][0]["parameters"] = [builds.parameter("A", "choice", "x", choices=["x", "y"])]
    msgspec.convert({"setups": [told], "next": None}, BuildsOfSetups)
