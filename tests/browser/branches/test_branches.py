"""The pages of branches, over builds of real repositories that go on while they are open."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from browser.branches.conftest import KeptInstances, Shop
from browser.screen import Screen
from support.waiting import wait_for

OpenScreen = Callable[..., Screen]
Faults = Callable[[Page], list[str]]

NO_LOOKS = "window.setInterval = () => 0"
"""What then comes by itself came through the socket: pages look again by this alone."""
SAID = "origin null, no cookies, b of 1, refused"
"""By the script of the coverage's page, each time that it is loaded."""
BUILT = 120_000
"""Milliseconds within which an agent has built two branches on a busy machine."""


def expect_fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")


def test_from_a_branch_to_the_error_of_its_build(shop: Shop, open_screen: OpenScreen, grave_faults: Faults) -> None:
    shop.agent.start()
    screen = open_screen(f"{shop.wall.url}/branches/none?theme=light", size=(390, 844))
    page = screen.page
    expect(page.get_by_role("heading", name="No project is called none")).to_be_visible()
    page.get_by_role("link", name="Branches", exact=True).click()
    expect(page).to_have_url(f"{shop.wall.url}/branches/shop?theme=light")
    rows = page.locator("#branches tbody").get_by_role("row")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("sticky")
    expect(rows.nth(0).locator(".point")).to_have_text(re.compile("Passed$"), timeout=BUILT)
    failed = rows.nth(1).locator(".point")
    expect(failed).to_have_text(re.compile("Failed$"), timeout=BUILT)
    expect(rows.nth(1).locator(".commit-line")).to_have_text(
        [re.compile("server .* Write <b>check</b>"), re.compile("client .* base .*README")]
    )
    expect_fits(page)
    assert grave_faults(page) == []
    page.get_by_role("searchbox", name="Branch").fill("LOG")
    expect(rows).to_have_count(1)
    expect(page).to_have_url(re.compile(r"q=LOG"))
    page.get_by_role("searchbox", name="Branch").fill("none")
    expect(page.get_by_role("heading", name="No branch matches")).to_be_visible()
    page.get_by_role("link", name="Show all branches").click()

    failed.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^login #\d+$"))
    expect(page.locator("#head")).to_have_attribute("data-status", "FAIL")
    expect(page.locator("#commits .rule")).to_have_text(["head", "base"])
    steps = page.locator("#steps .step")
    expect(steps).to_have_text([re.compile("Passed.*build"), re.compile("Failed.*test.*exit 3")])
    expect(steps.nth(1).locator("code")).to_have_text("x.c:7: no <b>zorch</b>")
    steps.nth(1).get_by_role("link", name="Log of test").click()
    expect(page.get_by_role("region", name="Lines of test").locator("[data-marked]")).to_contain_text("no <b>zorch</b>")
    page.get_by_label("Search the log").fill("ZORCH")
    expect(page.locator(".log-found")).to_have_text("1 of 1 line")
    raw = page.get_by_role("link", name="Raw").get_attribute("href") or ""
    assert b"no <b>zorch</b>" in shop.wall.request("GET", raw)[1]
    assert grave_faults(page) == []
    page.go_back()
    _coverage_is_browsed_in_a_sandbox(screen, steps.nth(0))
    tests = page.get_by_role("region", name="Tests")
    expect(tests.locator(".run-item")).to_have_count(2)
    expect(tests).to_contain_text("1 test ")
    expect_fits(page)
    assert grave_faults(page) == []


def _coverage_is_browsed_in_a_sandbox(screen: Screen, step: Locator) -> None:
    """Its scripts run, and are of no site."""
    page = screen.page
    step.get_by_role("link", name="Coverage 87 % of build").click()
    expect(page.locator("#who")).to_have_text(SAID)
    expect(page.locator("#who")).to_have_css("color", "rgb(1, 2, 3)")
    page.get_by_role("link", name="more").click()
    expect(page.get_by_text("Of one file")).to_be_visible()
    page.go_back()
    expect(page.locator("#who")).to_have_text(SAID)
    page.go_back()
    expect(step).to_be_visible()
    screen.complaints[:] = [each for each in screen.complaints if "/api/v1/projects" not in each]  # what it tried


def test_killed_kept_and_built_again_as_it_is_told(shop: Shop, open_screen: OpenScreen) -> None:
    def deaf_to_time(page: Page) -> None:
        page.add_init_script(NO_LOOKS)

    screen = open_screen(f"{shop.wall.url}/branches/shop", before=deaf_to_time)
    page = screen.page
    row = page.locator("#branches tbody").get_by_role("row", name=re.compile("^main"))
    expect(row.locator(".point")).to_have_text(re.compile("Waiting$"))
    first = row.locator(".point").get_attribute("href") or ""
    build = open_screen(f"{shop.wall.url}{first}", before=deaf_to_time).page
    row.get_by_role("button", name="Kill…").click()
    row.get_by_role("button", name="End it").click()
    expect(row.locator(".point")).to_have_text(re.compile("Killed$"))
    expect(row.locator(".point")).to_have_attribute("data-status", "none")
    expect(build.locator("#head")).to_have_attribute("data-status", "none")
    expect(build.locator("#steps .step .badge")).to_have_text(["Not run", "Not run"])

    build.get_by_role("button", name="Keep").click()
    expect(build.get_by_role("button", name="Keep")).to_have_attribute("aria-pressed", "true")
    expect(row.locator(".point[data-kept]")).to_have_count(1)
    build.get_by_role("button", name="Rebuild").click()
    expect(build).not_to_have_url(f"{shop.wall.url}{first}")
    expect(build.locator(".fact", has_text="Again after")).to_contain_text("#")
    expect(row.locator(".point")).to_have_text([re.compile("Waiting$"), re.compile("Killed, kept$")])
    assert screen.loads == 1


def test_connect_and_wake_as_it_is_told(
    shop: Shop, instances: KeptInstances, open_screen: OpenScreen, grave_faults: Faults
) -> None:
    def deaf_to_time(page: Page) -> None:
        page.add_init_script(NO_LOOKS)

    main, former, newest = instances.add("main"), instances.add("login"), instances.add("login")
    instances.obey()
    page = open_screen(f"{shop.wall.url}/branches/shop", before=deaf_to_time, size=(390, 844)).page
    expect(page.get_by_role("status").first).to_contain_text("instances 2 of 2")
    for number, bundle in ((main, "main"), (newest, "login")):
        connect = page.get_by_role("link", name=f"Connect to #{number} of {bundle}")
        expect(connect).to_have_attribute("href", f"/branch-builds/{number}/connect")
    expect_fits(page)
    assert grave_faults(page) == []

    build = open_screen(f"{shop.wall.url}/branch-builds/{former}", before=deaf_to_time).page
    part = build.get_by_role("region", name="Left running")
    expect(part.locator(".badge")).to_have_text("Sleeps")
    wanted = instances.report()
    part.get_by_role("button", name=f"Wake #{former} of login").click()
    wait_for(lambda: instances.report() != wanted, what="another one to be wanted")
    instances.obey()  # the one that was used last but one stops
    instances.said[former] |= {"restarts": 2, "exit_code": 7, "log": "<b>hello</b>"}
    instances.obey()
    expect(part.get_by_role("link", name=f"Connect to #{former} of login")).to_be_visible()
    expect(part).to_contain_text("2 times, the last time with 7")
    expect(page.get_by_role("link", name=f"Connect to #{former} of login")).to_be_visible()
    assert grave_faults(build) == []
    part.get_by_role("button", name=f"Stop #{former} of login").click()
    expect(part).to_contain_text("stopped by hand: it sleeps until somebody wakes it")
    instances.obey()
    expect(part.get_by_role("button", name=f"Wake #{former} of login")).to_be_visible()
    expect(part.get_by_role("link", name="Connect")).to_have_count(0)
    reply = shop.wall.request("GET", part.get_by_role("link", name="Log of the server").get_attribute("href") or "")
    assert reply[:2] == (200, b"<b>hello</b>")
