"""Expected failures are quiet, what is unexpected is not, and a test that was tried again shows its tries."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from playwright.sync_api import Page, expect

from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.history.result_sets.result_set import Attempt, GivenResult, GivenSuite, ResultSet
from livewall_dashboard.history.result_sets.store_result_set import ResultSets
from livewall_dashboard.history.results.expectation import parse
from livewall_dashboard.postgres.database import Database
from support.dashboard import Dashboard

BEGAN = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)


@pytest.fixture(scope="module")
def uploaded(wall: Dashboard) -> str:
    tries = [Attempt("FAIL", "no answer", elapsed_time=5.0), Attempt("PASS")]
    results = [
        GivenResult("fast/known.html", parse("TEXT"), parse("FAIL")),
        GivenResult("fast/healed.html", parse("PASS"), parse("FAIL")),
        GivenResult("fast/again.html", attempts=tries),
    ]
    root = GivenSuite("layout-tests", results)
    database = Database(wall.database_url)
    sets = ResultSets(database, clock=utc_now, on_stored=lambda _: None)
    try:
        sets.store(ResultSet("uploaded", "mac-1", "layout-tests", root, BEGAN, BEGAN + timedelta(seconds=9)))
        cut = GivenSuite("layout-tests", [GivenResult("a")])
        sets.store(ResultSet("cut", "mac-2", "layout-tests", cut, BEGAN, BEGAN, is_whole=False))
    finally:
        sets.close()
        database.close()
    return "uploaded"


def test_the_run_shows_what_was_expected_and_tried(page: Page, uploaded: str) -> None:
    page.goto(f"/runs/{uploaded}?status=all")
    expect(page.locator(".number-expected dd")).to_have_text("1")
    expect(page.locator(".number-failed dd")).to_have_text("1")
    known, healed, again = (page.locator(".test", has_text=name) for name in ("known", "healed", "again"))
    expect(known.locator(".badge").first).to_have_text("As expected")
    expect(healed.locator(".badge").first).to_have_text("Unexpected")
    expect(healed.locator(".test-expected")).to_have_text("PASS, expected FAIL")
    expect(again.locator(".tries")).to_have_text("passed at try 2")
    again.locator(".test-line").click()
    expect(again.locator(".attempt")).to_have_text(["FailedTry 15.0 sno answer", "PassedTry 2"])
    page.get_by_role("button", name="As expected").click()
    expect(page.locator(".test-list .test-title")).to_have_text(["known.html"])


def test_the_history_of_a_known_failure_is_grey(page: Page, uploaded: str) -> None:
    page.goto("/tests?longname=fast/known.html")
    expect(page.locator(".result .badge")).to_have_text("As expected")
    expect(page.locator("#status")).to_have_text("1 run, 0 failed, 1 as expected")


@pytest.mark.usefixtures("uploaded")
def test_no_output_xml_is_asked_for_where_no_robot_ran(page: Page) -> None:
    page.goto("/runs/cut")
    expect(page.locator(".run-partial")).to_have_text("partial: parts are missing or differ.")
