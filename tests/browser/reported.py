"""Runs for the pages of the history, and what these list of them."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from livewall_listener import wire
from support.dashboard import Dashboard
from support.reporter import Reporter, T

FAILURE = "Element 'id:login' did not appear in 5 seconds.\n\nAlso teardown failed:\nNo open connection."
LONG = "\n".join(f"line {number}" for number in range(1, 201))
HOSTILE = "<img src=x onerror=\"document.title='caught'\"><script>document.title='caught'</script>"
LOG = b"<!doctype html><p></p><script>document.querySelector('p').textContent = location.hash</script>"
BUILD = wire.Build("jenkins", "https://ci.example/job/app/7/", "app", "7")
INFO = {"labels": {"os": "debian-12"}, "branch": "main", "commit": "0123456789abcdef", "build": BUILD}


def report_red_run(wall: Dashboard) -> str:
    """A run of two suites with every kind of test; its log.html is there."""
    process = Reporter(wall.request).process(
        setup="vm-red", last_in_pool=True, host="node-7", robot_version="7.3", **INFO
    )
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


def report_large_run(reporter: Reporter) -> str:
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
