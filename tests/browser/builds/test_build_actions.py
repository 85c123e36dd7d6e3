"""Starting and stopping builds from the popup, for those who may."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from browser.builds import CI, build, history, job, parameter
from browser.feed import Feed
from browser.popup import popup, row, section, wall
from browser.screen import Screen

Play = Callable[..., Feed]
OpenScreen = Callable[..., Screen]

PARAMETERS = [
    parameter("FIRMWARE", "text", "4.2.1", description="Version to flash before the tests."),
    parameter("NOTES", "text", "one\ntwo"),
    parameter("SUITES", "choice", "regression", choices=["smoke", "regression", "<b>soak</b>"]),
    parameter("KEEP_LOGS", "boolean", "true"),
    parameter("FORCE", "boolean", "false"),
    parameter("PASSWORD", "password"),
    parameter("TOKEN", "password"),
]


def test_who_may_not_sees_no_way_to(play: Play, open_screen: OpenScreen) -> None:
    page = open_screen(wall(play, history("smoke", "RS")).url + "?builds=VM1").page
    expect(row(page, 121)).to_contain_text("Running")
    expect(popup(page).get_by_role("button", name=re.compile("Start|Stop"))).to_have_count(0)


def test_a_build_is_started_with_the_parameters_of_its_job(play: Play, open_screen: OpenScreen) -> None:
    feed = wall(play, history("edge-os/smoke", "S", can_start=True, parameters=PARAMETERS))
    page = open_screen(feed.url + "?builds=VM1").page
    start = popup(page).get_by_role("button", name="Start a build of smoke…")
    start.click()
    form = popup(page).get_by_role("form", name="Start a build of smoke")
    expect(form.get_by_label("FIRMWARE")).to_be_focused()
    expect(form).to_contain_text("Version to flash before the tests.")
    form.get_by_label("FIRMWARE").fill("5.0 j k")
    form.get_by_label("SUITES").select_option("<b>soak</b>")
    form.get_by_label("KEEP_LOGS").uncheck()
    form.get_by_label("PASSWORD").fill("s3cret")
    expect(form.get_by_label("PASSWORD")).to_have_attribute("type", "password")
    form.get_by_role("button", name="Start build").click()
    expect(form.get_by_role("status")).to_contain_text("Queued.")
    expect(form.get_by_role("link", name="What it waits for")).to_have_attribute("href", f"{CI}queue/item/7/")
    assert feed.builds.started == [
        {
            "server": "main",
            "job": "edge-os/smoke",
            "parameters": {
                "FIRMWARE": "5.0 j k",
                "NOTES": "one\ntwo",
                "SUITES": "<b>soak</b>",
                "KEEP_LOGS": False,
                "FORCE": False,
                "PASSWORD": "s3cret",
            },
        }
    ]
    feed.builds.setups["VM1"]["jobs"][0]["builds"].insert(0, build(122, None))
    expect(row(page, 122)).to_contain_text("Running")
    expect(form).to_be_visible()
    form.get_by_role("button", name="Cancel").click()
    expect(form).to_have_count(0)
    expect(start).to_be_focused()


def test_what_jenkins_alone_knows_is_left_to_it_and_said(play: Play, open_screen: OpenScreen) -> None:
    parameters = [
        parameter("SCRIPT", "text", own_default=True),
        parameter("NOTE", "text", own_default=True),
        parameter("KIND", "choice", choices=["quick", "full"], own_default=True),
        parameter("IMAGE", "other", own_default=True, type="File"),
        parameter("KEY", "other", own_default=True, type="Credentials"),
    ]
    feed = wall(play, job("smoke", can_start=True, parameters=parameters))
    page = open_screen(feed.url + "?builds=VM1").page
    popup(page).get_by_role("button", name="Start a build").click()
    form = popup(page).get_by_role("form")
    expect(form.get_by_label("SCRIPT")).to_have_attribute("placeholder", "Jenkins’s own default")
    expect(form).to_contain_text("No file is sent: the wall cannot ask for this kind (File).")
    expect(form).to_contain_text("Jenkins’s own default applies: the wall cannot ask for this kind (Credentials).")
    form.get_by_label("NOTE").fill("mine")
    form.get_by_role("button", name="Start build").click()
    expect(form.get_by_role("status")).to_contain_text("Queued.")
    assert feed.builds.started == [{"server": "main", "job": "smoke", "parameters": {"NOTE": "mine"}}]


def test_a_form_under_way_outlives_the_news(play: Play, open_screen: OpenScreen) -> None:
    feed = wall(play, job("smoke", build(7), can_start=True, parameters=PARAMETERS))
    page = open_screen(feed.url + "?builds=VM1").page
    popup(page).get_by_role("button", name="Start a build").click()
    field = popup(page).get_by_label("FIRMWARE")
    field.fill("half a vers")
    known = feed.builds.setups["VM1"]["jobs"][0]
    known["builds"].insert(0, build(8, "FAILURE"))
    known["message"] = "News of the job."
    expect(row(page, 8)).to_be_visible()
    expect(section(page, "smoke")).to_contain_text("News of the job.")
    expect(field).to_have_value("half a vers")
    expect(field).to_be_focused()


def test_a_job_without_parameters_asks_once_more_all_the_same(play: Play, open_screen: OpenScreen) -> None:
    feed = wall(play, job("smoke", can_start=True))
    feed.builds.queued = {"queued": None}
    page = open_screen(feed.url + "?builds=VM1").page
    popup(page).get_by_role("button", name="Start a build").click()
    expect(popup(page).get_by_role("form")).to_contain_text("This job takes no parameters.")
    assert feed.builds.started == []
    popup(page).get_by_role("button", name="Start build").click()
    expect(popup(page).get_by_role("status")).to_have_text("Queued. It shows up here once Jenkins runs it.")
    assert feed.builds.started == [{"server": "main", "job": "smoke", "parameters": {}}]


def test_a_refusal_says_what_to_do(play: Play, open_screen: OpenScreen) -> None:
    feed = wall(play, job("smoke", can_start=True))
    feed.builds.refuses = (403, "This token may not start builds.")
    page = open_screen(feed.url + "?builds=VM1", expects_error=403).page
    popup(page).get_by_role("button", name="Start a build").click()
    popup(page).get_by_role("button", name="Start build").click()
    said = popup(page).get_by_role("form").get_by_role("status")
    expect(said).to_contain_text("This token may not start builds.")
    expect(said).to_contain_text("scope “builds”")
    expect(popup(page).get_by_role("button", name="Start build")).to_be_enabled()


def test_a_start_nobody_answers_leaves_no_doubt_unsaid(play: Play, open_screen: OpenScreen) -> None:
    feed = wall(play, job("smoke", build(7), can_start=True))
    page = open_screen(feed.url + "?builds=VM1", expects_outage=True).page
    popup(page).get_by_role("button", name="Start a build").click()
    feed.stop()
    popup(page).get_by_role("button", name="Start build").click()
    expect(popup(page).get_by_role("form").get_by_role("status")).to_contain_text("The wall does not answer")
    assert feed.builds.started == []


def test_a_build_is_stopped_after_a_second_thought(play: Play, open_screen: OpenScreen) -> None:
    feed = wall(play, history("edge-os/smoke", "RS"))
    feed.builds.setups["VM1"]["jobs"][0]["builds"][0]["can_stop"] = True
    page = open_screen(feed.url + "?builds=VM1").page
    newest = row(page, 121)
    newest.get_by_role("button", name="Stop #121…").click()
    expect(newest.get_by_role("button", name="Stop #121", exact=True)).to_be_focused()
    newest.get_by_role("button", name="Let it run").click()
    assert feed.builds.stopped == []
    newest.get_by_role("button", name="Stop #121…").click()
    newest.get_by_role("button", name="Stop #121", exact=True).click()
    expect(newest.get_by_role("status")).to_contain_text("Jenkins is stopping it")
    assert feed.builds.stopped == [{"server": "main", "job": "edge-os/smoke", "number": 121}]
    known = feed.builds.setups["VM1"]["jobs"][0]["builds"]
    known[0] |= {"result": "ABORTED", "building": False, "elapsed_time": 99.0, "can_stop": False}
    expect(newest).to_contain_text("Aborted")
    expect(newest.get_by_role("button", name=re.compile("Stop"))).to_have_count(0)


def test_a_question_under_way_outlives_the_news(play: Play, open_screen: OpenScreen) -> None:
    feed = wall(play, history("smoke", "RS"))
    known = feed.builds.setups["VM1"]["jobs"][0]["builds"]
    known[0]["can_stop"] = True
    page = open_screen(feed.url + "?builds=VM1").page
    row(page, 121).get_by_role("button", name="Stop #121…").click()
    known[0]["description"] = "Half-way"
    expect(row(page, 121)).to_contain_text("Half-way")
    expect(row(page, 121).get_by_role("button", name="Stop #121", exact=True)).to_be_focused()


def test_no_other_page_can_start_a_build(play: Play, open_screen: OpenScreen) -> None:
    """The crumb comes by a request of its own, and goes along in a header no form can set."""
    feed = wall(play, job("smoke", can_start=True))
    page = open_screen(feed.url + "?builds=VM1").page
    popup(page).get_by_role("button", name="Start a build").click()
    with page.expect_request(lambda request: request.method == "POST" and "/api/" in request.url) as sent:
        popup(page).get_by_role("button", name="Start build").click()
    assert sent.value.headers["x-livewall-crumb"] == feed.builds.crumb
    assert sent.value.headers["content-type"] == "application/json"
    expect(popup(page).get_by_role("form").get_by_role("status")).to_contain_text("Queued.")
    assert len(feed.builds.started) == 1
