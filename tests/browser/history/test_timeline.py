"""The timeline: how a test did everywhere, drawn, told to screen readers, and in the address."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from support.dashboard import Dashboard
from support.reporter import BEGAN, Reporter, T
from support.uploads import commit
from support.waiting import wait_for

ADDRESS = "/history?longname=Doors.Open"


@pytest.fixture(scope="module", autouse=True)
def reported(wall: Dashboard, reporter: Reporter) -> None:
    """Six commits: board-2 fails from the fourth on."""
    for number in range(1, 7):
        made = commit(number, "doors")
        wall.request("POST", "/api/commits/register", made)
        for board in ("board-1", "board-2"):
            bad = board == "board-2" and number > 3
            reporter.run(
                [T("Open", "FAIL" if bad else "PASS", f"Stuck <b>at</b> {number}" if bad else ""), T("Shut")],
                suite="Doors", setup=board, clock=BEGAN + timedelta(hours=number), commit=made["hash"],
                repository="doors", branch="main", labels={"arch": "arm64"},
            )  # fmt: skip


def pixels(page: Page) -> int:
    """How many of the canvas's pixels are drawn."""
    drawn: int = page.evaluate("""() => {
        const canvas = document.querySelector(".tl-canvas");
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        return data.filter((value, place) => place % 4 === 3 && value).length; }""")
    return drawn


def test_three_steps_lead_from_a_red_test_to_the_commit(page: Page) -> None:
    """By the keyboard alone: to the first failure, its message, and the commits since the one before."""
    page.goto(ADDRESS)
    expect(page.locator("#sentence")).to_contain_text(
        "Failing on 1 of 2 setups (board-2), since 4@main; last good 3@main"
    )
    wait_for(lambda: pixels(page) > 1000, what="the drawing, which comes with the next frame")
    grid = page.get_by_role("grid")
    grid.focus()
    page.keyboard.press("n")
    expect(grid.locator("[aria-selected=true]")).to_have_text("failed")
    page.keyboard.press("Enter")
    drawer = page.locator(".drawer")
    expect(drawer.locator(".drawer-message")).to_have_text("Stuck <b>at</b> 4")
    expect(drawer.locator(".drawer-between")).to_contain_text("1 commit of doors since 3@main")
    page.reload()
    expect(drawer.locator(".drawer-message")).to_have_text("Stuck <b>at</b> 4")
    grid.focus()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    page.get_by_role("link", name="what is between").click()
    expect(drawer.locator(".drawer-rows")).to_contain_text("board-2")
    page.go_back()
    expect(drawer).to_be_hidden()


def test_the_pointer_picks_selects_a_range_and_folds(page: Page) -> None:
    page.goto(ADDRESS, wait_until="networkidle")  # what comes later may move the drawing
    expect(page.locator(".tl-name")).to_have_text(["board-1", "board-2"])
    box = page.locator(".tl-canvas").bounding_box()
    head = page.locator(".tl-heads").bounding_box()
    assert box and head
    x, y = head["x"] + head["width"], box["y"] + 24 + 28 * 2.5
    page.mouse.move(x + 12, y)
    page.mouse.down()
    page.mouse.move(x + 24 * 3.5, y, steps=4)
    page.mouse.up()
    expect(page.locator(".drawer-title")).to_have_text("4 columns")
    expect(page.locator(".drawer-rows")).to_contain_text("Began to fail: 1")
    expect(page.locator(".drawer-compare")).to_have_attribute("href", re.compile(r"^/compare\?left=[^&]+&right="))
    page.mouse.click(x + 24 * 5.5, y)
    expect(page.locator(".drawer-message")).to_have_text("Stuck <b>at</b> 6")
    page.get_by_role("button", name="arm64").click()
    expect(page.locator(".tl-name")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("button", name="arm64")).to_have_attribute("aria-expanded", "false")


def test_switches_and_selectors_are_in_the_address(page: Page) -> None:
    page.goto("/history?suite=Doors")
    expect(page.locator("#status")).to_have_text("12 runs on 2 setups")
    page.get_by_role("button", name="Failing only").click()
    expect(page.locator(".tl-name")).to_have_text(["board-2"])
    page.get_by_label("Down").select_option("setup")
    page.get_by_label("Across").select_option("start")
    page.get_by_label("Runs of a setup").select_option("30")
    expect(page.locator(".tl-fold")).to_have_count(0)
    assert "failing=yes" in page.url
    assert "axis=start" in page.url
    page.reload()
    expect(page.locator(".tl-name")).to_have_text(["board-2"])
    expect(page.get_by_label("Across")).to_have_value("start")
    page.goto("/history?suite=Nobody")
    expect(page.get_by_role("heading", name="No run matches")).to_be_visible()


def test_a_suite_opens_level_by_level_and_leads_to_its_rows_by_setup(page: Page, reporter: Reporter) -> None:
    for number, roof in enumerate(("PASS", "FAIL")):
        process = reporter.process(setup="board-3", clock=BEGAN + timedelta(hours=number))
        process.start_suite("s1", "House", total=2)
        for place, (suite, test) in enumerate((("House.Door", T("Open")), ("House.Roof", T("Hold", roof, "wet"))), 1):
            process.start_suite(f"s1-s{place}", suite, test_count=1)
            process.send(process.test(f"s1-s{place}", suite, 1, test))
            process.end_suite(f"s1-s{place}")
        process.end_suite("s1")
        process.end()
    page.goto("/history")
    page.get_by_role("link", name="Suites and tests in House").click()
    expect(page.locator(".tl-name")).to_have_text(["Door", "Roof"])
    expect(page.locator("#sentence")).to_contain_text("Failing on 1 of 2 rows (Roof)")
    page.get_by_role("button", name="What is in Roof").click()
    expect(page.locator(".tl-name")).to_have_text(["Door", "Roof", "Hold"])
    expect(page.get_by_role("button", name="What is in Roof")).to_be_focused()
    page.reload()
    expect(page.locator(".tl-name")).to_have_text(["Door", "Roof", "Hold"])
    grid = page.get_by_role("grid")
    grid.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowDown")
    expect(grid.locator("tr:has([aria-selected=true]) th")).to_have_text("House.Roof, open")
    page.keyboard.press("e")
    expect(page.locator(".tl-name")).to_have_text(["Door", "Roof"])
    expect(grid).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".drawer")).to_contain_text("1 of 1 test failed")
    expect(page.locator(".drawer-failures")).to_contain_text("wet")
    page.locator(".tl-name", has_text="Roof").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("House › Roof")
    expect(page.locator(".tl-name")).to_have_text(["board-3"])
    expect(page.locator("#sentence")).to_contain_text("Failing on board-3")
    page.get_by_label("Down").select_option("parts")
    expect(page.locator(".tl-name")).to_have_text(["Hold"])
    page.set_viewport_size({"width": 390, "height": 844})
    wait_for(lambda: page.evaluate("document.documentElement.scrollWidth") <= 390, what="the drawing to be fitted")


def test_of_a_suite_that_is_open_it_is_told_what_is_left_out(page: Page, reporter: Reporter) -> None:
    process = reporter.process(setup="board-3", clock=BEGAN)
    process.start_suite("s1", "Barn", total=2)
    for place, suite in enumerate(("Barn.Door", "Barn.Roof"), 1):
        process.start_suite(f"s1-s{place}", suite, test_count=1)
        process.send(process.test(f"s1-s{place}", suite, 1, T("Hold")))
        process.end_suite(f"s1-s{place}")
    process.end_suite("s1")
    process.end()

    def cut(route: Route) -> None:
        """As where it has more than 20,000 tests."""
        response = route.fetch()
        route.fulfill(response=response, json={**response.json(), "parts_not_drawn": 7})

    page.route(re.compile(r"/api/v1/timeline\?.*folder=Barn\.Roof"), cut)
    page.goto("/history?folder=Barn&rows=parts")
    status, roof = page.locator("#status"), page.get_by_role("button", name="What is in Roof")
    expect(status).to_have_text("1 run on 1 setup")
    roof.click()
    left = "7 more suites and tests of Roof than the first 1 are not drawn"
    expect(status).to_have_text(f"1 run on 1 setup; {left}")
    roof.click()
    expect(status).to_have_text("1 run on 1 setup")


@pytest.mark.parametrize(("width", "theme"), [(1920, "dark"), (390, "light")])
def test_nobody_is_left_out(
    browser: Browser, wall: Dashboard, grave_faults: Callable[[Page], list[str]], width: int, theme: str
) -> None:
    context = browser.new_context(
        base_url=wall.url,
        viewport={"width": width, "height": 900},
        color_scheme=theme,  # type: ignore[arg-type]
        bypass_csp=True,
    )
    with context:
        page = context.new_page()
        page.goto(ADDRESS)
        page.get_by_role("link", name="what is between").click()
        expect(page.locator(".drawer-between li").first).to_be_visible()
        assert grave_faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
