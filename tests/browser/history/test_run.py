"""The page of a run as somebody meets it who walked up to a red tile."""

from __future__ import annotations

import re
from datetime import datetime, timezone

import pytest
from playwright.sync_api import Page, expect

from browser.reported import FAILURE, HOSTILE, LONG, expect_titles, report_large_run, titles
from livewall_listener import wire
from support.reporter import Process, Reporter, T
from support.waiting import wait_for


@pytest.fixture(scope="module")
def big(reporter: Reporter) -> str:
    return report_large_run(reporter)


def test_a_red_run_shows_first_what_failed_and_why(page: Page, red: str) -> None:
    page.goto(f"/runs/{red}")
    expect_titles(page, "Valid", HOSTILE, "Long")
    expect(page.locator(".message").first).to_have_text(FAILURE)
    expect(page.locator(".message").first).to_be_in_viewport()
    head = page.locator("#summary")
    for text in (
        "Failed",
        "Shop",
        "vm-red",
        "debian-12",
        "main",
        "0123456789",
        "app #7",
        "verified",
        "2 warnings",
        "node-7",
    ):
        expect(head).to_contain_text(text)
    expect(page).to_have_title("Shop on vm-red · livewall")
    assert page.get_by_role("link", name="app #7").get_attribute("href") == "https://ci.example/job/app/7/"


def test_a_run_can_be_kept_for_ever_and_let_go_of(page: Page, red: str) -> None:
    page.goto(f"/runs/{red}")
    page.get_by_role("button", name="Keep for ever").click()
    release = page.get_by_role("button", name="Let go")
    expect(release).to_be_visible()
    expect(page.locator(".pin")).to_contain_text("for ever, since")
    release.click()
    expect(page.get_by_role("button", name="Keep for ever")).to_be_visible()
    expect(page.locator(".pin")).not_to_contain_text("for ever, since")


def test_names_and_messages_are_text(page: Page, red: str) -> None:
    page.goto(f"/runs/{red}")
    hostile = page.locator(".test", has_text="onerror")
    expect(hostile.locator(".test-title")).to_have_text(HOSTILE)
    expect(hostile.locator(".message")).to_contain_text("Bold")
    expect(hostile.locator(".tag")).to_have_text("<b>tag</b>")
    assert page.locator("main img").count() == 0
    expect(page).to_have_title("Shop on vm-red · livewall")


def test_only_addresses_of_the_web_become_links(page: Page, reporter: Reporter) -> None:
    for repository in ("javascript:document.title='caught'", "git@git.example:lab/app.git", "https://git.example/app"):
        run = reporter.run([T("One")], setup="vm-links", repository=repository, commit="abc")
        page.goto(f"/runs/{run}")
        expect(page.locator("#summary")).to_contain_text(repository)
        links = page.locator("#summary dd a:not([href^='/runs?'], [href^='/compare?'])").all()
        assert [link.get_attribute("href") for link in links] == [repository] * repository.startswith("https")


def test_a_long_message_is_shown_in_full_on_request(page: Page, red: str) -> None:
    page.goto(f"/runs/{red}")
    long = page.locator(".test", has_text="line 1")
    expect(long.locator(".message")).to_contain_text("line 14")
    expect(long.locator(".message")).not_to_contain_text("line 15")
    long.get_by_role("button", name="Show all 200 lines").click()
    expect(long.locator(".message")).to_have_text(LONG)


def test_filters_live_in_the_address(page: Page, red: str) -> None:
    page.goto(f"/runs/{red}")
    page.get_by_role("button", name=re.compile("^All")).click()
    expect_titles(page, "Valid", "Expired", HOSTILE, "Long", "Later")
    expect(page).to_have_url(re.compile("status=all"))
    page.get_by_label("Tag").fill("SMOKE")
    expect_titles(page, "Valid", "Expired")
    page.get_by_label("Text").fill("expired")
    expect_titles(page, "Expired")
    page.reload()
    expect_titles(page, "Expired")
    expect(page.get_by_label("Tag")).to_have_value("SMOKE")
    page.get_by_label("Text").fill("no such thing")
    expect(page.get_by_text("No test matches these filters.")).to_be_visible()


def test_the_back_button_undoes_a_filter(page: Page, red: str) -> None:
    page.goto(f"/runs/{red}")
    page.get_by_role("button", name=re.compile("^Skipped")).click()
    expect_titles(page, "Later")
    page.go_back()
    expect_titles(page, "Valid", HOSTILE, "Long")


def test_a_suite_of_the_tree_filters_the_tests(page: Page, red: str) -> None:
    page.goto(f"/runs/{red}")
    tree = page.locator("#suites")
    expect(tree).to_contain_text("setup failed, 7.5 s")
    tree.get_by_role("button", name="Cart", exact=True).click()
    expect_titles(page, "Long")
    expect(tree.locator("[aria-current]")).to_have_text("Cart")
    page.get_by_role("button", name="Show all suites").click()
    expect_titles(page, "Valid", HOSTILE, "Long")


def test_the_tree_folds(page: Page, red: str) -> None:
    page.goto(f"/runs/{red}")
    tree = page.locator("#suites")
    expect(tree.get_by_role("button", name="Login", exact=True)).to_be_visible()
    toggle = tree.get_by_role("button", name="Suites of Shop")
    toggle.click()
    expect(toggle).to_have_attribute("aria-expanded", "false")
    expect(tree.get_by_role("button", name="Login", exact=True)).to_be_hidden()


def test_a_tag_of_a_test_is_a_filter(page: Page, red: str) -> None:
    page.goto(f"/runs/{red}")
    page.locator(".test").first.get_by_role("button", name="smoke").click()
    expect_titles(page, "Valid")


def test_a_failed_test_leads_to_its_place_in_the_log(page: Page, red: str) -> None:
    page.goto(f"/runs/{red}")
    with page.context.expect_page() as opened:
        page.locator(".test").first.get_by_role("link", name="Open in log.html").click()
    log = opened.value
    expect(log.locator("p")).to_have_text("#s1-s1-t1")
    assert log.evaluate("origin") == "null"


def test_a_link_to_a_test_opens_it_wherever_it_is(page: Page, big: str) -> None:
    page.goto(f"/runs/{big}#s1-s99-t7")
    linked = page.locator(".test.is-linked")
    expect(linked.locator(".test-title")).to_have_text("Test 99.7")
    expect(linked).to_be_in_viewport()
    expect(linked).to_have_attribute("open", "")


def test_a_link_to_a_test_in_the_list_marks_it_there(page: Page, red: str) -> None:
    page.goto(f"/runs/{red}#s1-s2-t1")
    linked = page.locator(".test-list .test.is-linked")
    expect(linked.locator(".test-title")).to_have_text("Long")
    expect(linked).to_be_in_viewport()


def test_five_thousand_tests_come_page_by_page(page: Page, big: str) -> None:
    page.goto(f"/runs/{big}?status=all")
    rows = page.locator(".test-list .test")
    expect(rows).to_have_count(100)
    page.mouse.move(900, 700)
    wait_for(lambda: page.mouse.wheel(0, 20_000) or rows.count() >= 300)
    shown = titles(page)
    assert len(set(shown)) == len(shown)


def test_a_running_run_streams(page: Page, reporter: Reporter) -> None:
    process = reporter.process(setup="vm-run", clock=datetime.now(timezone.utc), last_in_pool=True)
    process.start_suite("s1", "Live", total=3, test_count=3)
    process.send(process.test("s1", "Live", 1, T("First")))
    process.send(wire.StartTest("s1-t2", "Second", "Live.Second", process.clock.isoformat()))
    page.goto(f"/runs/{process.run}")
    expect(page.locator("#summary")).to_contain_text("Running")
    expect(page.locator("#now")).to_contain_text("Now: Live.Second")
    expect_titles(page, "First")
    process.send(process.test("s1", "Live", 2, T("Second", tags=["new"])))
    expect_titles(page, "First", "Second")
    process.send(process.test("s1", "Live", 3, T("Third", "FAIL", "why")))
    expect_titles(page, "Third")
    process.end_suite("s1", "FAIL")
    process.end()
    expect(page.locator("#summary .badge")).to_have_text("Failed")
    expect(page.locator("#summary")).to_contain_text("verified")
    expect(page.locator("#now")).to_be_hidden()


def test_a_partial_run_says_what_is_missing_and_how_it_is_mended(page: Page, reporter: Reporter) -> None:
    process = reporter.process(setup="partial")
    process.start_suite("s1", "Partial", total=20, test_count=20, source="/tests/suite.robot")
    tests = [process.test("s1", "Partial", number, T(f"Test {number}")) for number in range(1, 21)]
    process.send(*tests[:8])  # the others were on a disk that is gone
    process.end_suite("s1")
    process.end()
    page.goto(f"/runs/{process.run}")
    said = page.locator(".run-partial")
    expect(said).to_contain_text("partial: 12 tests missing")
    expect(said).to_contain_text(f"livewall import --run {process.run} output.xml")
    expect(page.locator(".number-rest")).to_have_text("missing12")
    expect(page.locator(".thing-title .badge")).to_have_text("Incomplete")
    page.goto("/runs?setup=partial")
    expect(page.locator("tbody .badge")).to_have_text("Incomplete")
    expect(page.locator(".run-numbers")).to_have_text("8 passed · 12 missing")
    page.goto("/")
    tile = page.locator(".tile[data-setup=partial]")
    expect(tile.locator(".lost")).to_have_text("partial: 12 tests missing")
    expect(tile.locator(".word")).to_contain_text("Incomplete")
    expect(page.locator(".all-well")).to_be_hidden()


def test_suites_of_several_processes_are_one_tree(page: Page, reporter: Reporter) -> None:
    def part(run: str | None, name: str, suite: str, *, last: bool) -> Process:
        process = reporter.process(run, name=name, slot=name, setup="vm-pabot", pabot=True, last_in_pool=last)
        process.start_suite("s1", "Root", total=1, test_count=1)
        process.start_suite("s1-s1", f"Root.{suite}", test_count=1)
        process.send(process.test("s1-s1", f"Root.{suite}", 1, T(f"Of {suite}", "FAIL", f"in {suite}")))
        process.end_suite("s1-s1", "FAIL")
        process.end_suite("s1", "FAIL")
        process.end()
        return process

    run = part(None, "0-a", "One", last=False).run
    part(run, "1-b", "Two", last=True)
    page.goto(f"/runs/{run}")
    picks = page.locator(".suite-pick")
    expect(picks).to_have_text(["Root", "One", "Two"])
    picks.nth(2).click()
    expect_titles(page, "Of Two")
    picks.nth(0).click()
    expect_titles(page, "Of One", "Of Two")
    page.goto(f"/runs/{run}#1-b/s1-s1-t1")
    expect(page.locator(".is-linked .test-title")).to_have_text("Of Two")
