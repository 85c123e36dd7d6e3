"""The pages of runs as somebody meets them who walked up to a red tile."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from livewall_dashboard.access.tokens import TokenStore
from livewall_dashboard.postgres.database import Database
from livewall_listener import wire
from support.dashboard import Dashboard, running_dashboard
from support.postgres import Databases
from support.reporter import Process, Reporter, T
from support.waiting import wait_for

FAILURE = "Element 'id:login' did not appear in 5 seconds.\n\nAlso teardown failed:\nNo open connection."
LONG = "\n".join(f"line {number}" for number in range(1, 201))
HOSTILE = "<img src=x onerror=\"document.title='caught'\"><script>document.title='caught'</script>"
LOG = b"<!doctype html><p></p><script>document.querySelector('p').textContent = location.hash</script>"
BUILD = wire.Build("jenkins", "https://ci.example/job/app/7/", "app", "7")
INFO = {"labels": {"os": "debian-12"}, "branch": "main", "commit": "0123456789abcdef", "build": BUILD}


@pytest.fixture(scope="module")
def wall(databases: Databases, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    with running_dashboard(databases, template, tmp_path_factory.mktemp("wall")) as wall:
        yield wall


@pytest.fixture(scope="module")
def reporter(wall: Dashboard) -> Reporter:
    return Reporter(wall.request)


@pytest.fixture
def page(browser: Browser, wall: Dashboard) -> Iterator[Page]:
    """A page on which no script fails and nothing breaks the policy."""
    context = browser.new_context(base_url=wall.url, viewport={"width": 1400, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    yield page
    context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def red(wall: Dashboard, reporter: Reporter) -> str:
    """A run of two suites with every kind of test; its log.html is there."""
    process = reporter.process(setup="vm-red", last_in_pool=True, host="node-7", robot_version="7.3", **INFO)
    process.start_suite("s1", "Shop", total=5, test_count=5)
    process.start_suite("s1-s1", "Shop.Login", test_count=3, source="/tests/login.robot")
    process.send(
        process.test("s1-s1", "Shop.Login", 1, T("Valid", "FAIL", FAILURE, ["smoke"])),
        process.test("s1-s1", "Shop.Login", 2, T("Expired", tags=["smoke", "slow"])),
        process.test("s1-s1", "Shop.Login", 3, T(HOSTILE, "FAIL", f"*HTML* <b>Bold</b>{HOSTILE}", ["<b>tag</b>"])),
    )
    process.end_suite("s1-s1", "FAIL")
    process.start_suite("s1-s2", "Shop.Cart", test_count=2, source="/tests/cart.robot")
    process.send(
        process.test("s1-s2", "Shop.Cart", 1, T("Long", "FAIL", LONG)),
        process.test("s1-s2", "Shop.Cart", 2, T("Later", "SKIP", "not on this hardware")),
    )
    process.end_suite("s1-s2", "FAIL", setup=wire.Phase("Fill Cart", "FAIL", 7.5))
    process.end_suite("s1", "FAIL")
    process.end(warnings=2)
    assert wall.request("PUT", f"/api/v1/runs/{process.run}/artifacts/log.html", LOG)[0] == 201
    return process.run


@pytest.fixture(scope="module")
def big(reporter: Reporter) -> str:
    """5,000 tests in 100 suites, 50 of them failed."""
    process = reporter.process(setup="vm-big", last_in_pool=True)
    process.start_suite("s1", "Big", total=5000, test_count=5000)
    for suite in range(1, 101):
        name = f"Big.Suite {suite}"
        process.start_suite(f"s1-s{suite}", name, test_count=50)
        tests = [T(f"Test {suite}.{number}", "FAIL" if number == suite // 2 else "PASS") for number in range(1, 51)]
        process.send(*(process.test(f"s1-s{suite}", name, number, test) for number, test in enumerate(tests, 1)))
        process.end_suite(f"s1-s{suite}")
    process.end_suite("s1", "FAIL")
    process.end()
    return process.run


def titles(page: Page) -> list[str]:
    return page.locator(".test-list .test-title").all_text_contents()


def expect_titles(page: Page, *wanted: str) -> None:
    expect(page.locator(".test-list .test-title")).to_have_text(list(wanted))


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
        links = page.locator("#summary dd a").all()
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
    expect(page.locator(".run-title .badge")).to_have_text("Incomplete")
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


def test_the_list_shows_runs_and_filters_them(page: Page, red: str, big: str) -> None:
    page.goto("/runs")
    expect(page.locator(f'[data-run="{red}"]')).to_contain_text("vm-red")
    expect(page.locator(f'[data-run="{red}"]')).to_contain_text("3 failed · 1 skipped · 1 passed")
    page.get_by_label("Setup").select_option("vm-big")
    expect(page.locator(f'[data-run="{red}"]')).to_have_count(0)
    expect(page.locator(f'[data-run="{big}"]')).to_be_visible()
    expect(page).to_have_url(re.compile(r"/runs\?setup=vm-big"))
    page.goto("/runs?commit=0123456")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Shop").click()
    expect(page).to_have_url(re.compile(f"/runs/{red}"))


def test_running_runs_stand_above_later_ones(page: Page, reporter: Reporter) -> None:
    now = datetime.now(timezone.utc)
    running = reporter.run([T("One")], suite="Long", setup="vm-long", ended=False, clock=now - timedelta(days=2))
    reporter.run([T("One")], suite="Short", setup="vm-short", clock=now, last_in_pool=True)
    page.goto("/runs")
    expect(page.locator("tbody tr").first).to_have_attribute("data-state", "running")
    expect(page.locator(f'[data-run="{running}"]')).to_contain_text("so far")
    page.get_by_label("Status").select_option("running")
    expect(page.locator(f'[data-run="{running}"]')).to_be_visible()
    expect(page.locator('tbody tr:not([data-state="running"])')).to_have_count(0)


def test_a_row_that_did_not_change_stays(page: Page, reporter: Reporter, red: str) -> None:
    page.goto("/runs?setup=vm-red")
    row = page.locator(f'[data-run="{red}"]')
    row.evaluate("row => { row.seen = true }")
    reporter.run([T("Later")], setup="vm-red", suite="Newcomer", ended=False, clock=datetime.now(timezone.utc))
    expect(page.locator("tbody tr").first).to_contain_text("Newcomer")
    assert row.evaluate("row => row.seen")


def test_one_test_over_runs(page: Page, reporter: Reporter) -> None:
    for status in ("PASS", "FAIL", "PASS"):
        reporter.run([T("Flip", status, "why" if status == "FAIL" else "")], suite="Coin", setup="vm-coin")
    page.goto("/tests?longname=Coin.Flip")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Flip")
    expect(page.locator(".strip-cell .badge")).to_have_text(["Passed", "Failed", "Passed"])
    expect(page.locator(".result .badge")).to_have_text(["Passed", "Failed", "Passed"])
    expect(page.locator(".result-message")).to_have_text("why")
    page.locator(".result a").nth(1).click()
    expect(page.locator(".is-linked .message")).to_have_text("why")


def test_what_is_not_there_is_said_calmly(page: Page) -> None:
    page.goto("/runs?setup=nobody")
    expect(page.get_by_role("heading", name="No run matches")).to_be_visible()
    page.goto("/tests?longname=Nobody.Ever")
    expect(page.get_by_role("heading", name="Never seen")).to_be_visible()


def test_an_unknown_run_is_said_calmly(browser: Browser, wall: Dashboard) -> None:
    with browser.new_context(base_url=wall.url) as context:
        page = context.new_page()
        page.goto("/runs/nobody")
        expect(page.get_by_role("heading", name="No such run")).to_be_visible()
        assert page.goto("/nothing/here")
        expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()


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


def test_a_closed_wall_opens_by_an_address(
    browser: Browser, make_dashboard: Callable[..., Dashboard], database_url: str
) -> None:
    database = Database(database_url)
    database.open()
    tokens = TokenStore(database)
    reading, ingesting = tokens.create("screen", "read"), tokens.create("node", "ingest")
    database.close()
    wall = make_dashboard(extra_args=["--require-tokens"]).start()
    run = Reporter(wall.request, ingesting).run([T("One", "FAIL", "why")])
    upload = {"Authorization": f"Bearer {ingesting}"}
    assert wall.request("PUT", f"/api/v1/runs/{run}/artifacts/log.html", LOG, headers=upload)[0] == 201
    with browser.new_context(base_url=wall.url) as context:
        page = context.new_page()
        page.goto("/runs")
        expect(page.get_by_role("heading", name="This wall asks for a token")).to_be_visible()
        page.goto(f"/runs/{run}#{reading}")
        expect(page).to_have_url(f"{wall.url}/runs/{run}")
        expect(page.locator(".message")).to_have_text("why")
        with context.expect_page() as opened:
            page.get_by_role("link", name="Open in log.html").click()
        expect(opened.value.locator("p")).to_have_text("#s1-t1")


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("plain <b>text</b> &amp;", "plain <b>text</b> &amp;"),
        ("*HTML* <b>bold</b><br>next &lt;tag&gt; &#65;&#x42; &unknown;", "bold\nnext <tag> AB &unknown;"),
        ("*HTML*<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
        ("*HTML*<a href=\"x>y\" title='a>b'>link</a> 1 < 2 > 0", "link 1 < 2 > 0"),
        ("*HTML*<img src=x onerror=alert(1)>&lt;script&gt;", "<script>"),
        ("*HTML*&#99999999;&#x110000;", "&#99999999;&#x110000;"),
    ],
)
def test_html_of_a_message_becomes_its_text(page: Page, message: str, text: str) -> None:
    page.goto("/runs")
    plain = "async (message) => (await import('/static/history/text.js')).plainMessage(message)"
    assert page.evaluate(plain, message) == text


def test_no_message_keeps_a_browser_busy(page: Page) -> None:
    page.goto("/runs")
    page.evaluate("""async () => {
        const { plainMessage } = await import('/static/history/text.js');
        const parts = ['<a', '<a "', "<a '", '&#', '<', `<a b="'`];
        setTimeout(() => {
            for (const part of parts) plainMessage('*HTML*' + part.repeat(300_000));
            document.title = 'done';
        });
    }""")
    expect(page).to_have_title("done", timeout=30_000)


@pytest.mark.parametrize(("theme", "width"), [("light", 390), ("dark", 1400)])
def test_axe_finds_nothing_grave(
    browser: Browser,
    wall: Dashboard,
    red: str,
    grave_faults: Callable[[Page], list[str]],
    theme: Literal["dark", "light"],
    width: int,
) -> None:
    size: ViewportSize = {"width": width, "height": 900}
    with browser.new_context(base_url=wall.url, viewport=size, color_scheme=theme, bypass_csp=True) as context:
        for address in (
            "/runs", "/runs?setup=nobody", f"/runs/{red}", f"/runs/{red}?status=all#s1-s2-t1",
            "/tests?longname=Shop.Login.Valid", "/nothing",
        ):  # fmt: skip
            page = context.new_page()
            page.goto(address)
            expect(page.locator("main .badge, main .quiet").first).to_be_visible()
            page.evaluate("document.querySelectorAll('details').forEach(node => { node.open = true })")
            assert grave_faults(page) == [], address
            page.close()


@pytest.mark.parametrize("width", [320, 390, 768, 1920])
def test_nothing_is_wider_than_the_screen(page: Page, red: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for address in ("/runs", f"/runs/{red}?status=all", "/tests?longname=Shop.Login.Valid"):
        page.goto(address)
        expect(page.locator(".badge").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
