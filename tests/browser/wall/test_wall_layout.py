"""All setups on one screen, whatever their number and its size: nothing to scroll, nothing hidden, nothing cut."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from browser.feed import Feed
from browser.screen import Screen
from browser.tiles import idle, lab, running
from support.marks import in_the_long_form
from support.waiting import wait_for

Play = Callable[..., Feed]
OpenScreen = Callable[..., Screen]

SIZES = (1, 13, 35, 200, 500)
MORE_SIZES = (6, 16, 60)
"""For the long form: between the others, nothing else begins."""
TEXT_UP_TO = 35
FULL_HD = (1920, 1080)

PLACES = """() => {
    const box = (node) => {
        const {left, top, right, bottom} = node.getBoundingClientRect();
        return [left, top, right, bottom];
    };
    return [...document.querySelectorAll(".tile")].map((tile) => ({
        name: tile.querySelector(".name").textContent, box: box(tile), inner: box(tile.querySelector(".name")),
    }));
}"""
CUT = """() => [...document.querySelectorAll(".tile")].flatMap((tile) => {
    const hidden = (node) => { const {width, height} = node.getBoundingClientRect(); return width < 2 || height < 2; };
    const frames = [tile, ...tile.querySelectorAll(".body")];
    return [...tile.querySelectorAll(".head, .name, .row, .failed-test, .message, .process, .counts, .track, .meta")]
        .filter((node) => !hidden(node))
        .filter((node) => frames.some((frame) => frame.contains(node)
            && node.getBoundingClientRect().bottom > frame.getBoundingClientRect().bottom + 1.5))
        .map((node) => `${tile.querySelector(".name").textContent}: ${node.className}: ${node.textContent}`);
})"""
"""Lines of tiles that the tile cuts off below."""
AT_REST = "document.fonts.ready.then(() => new Promise(requestAnimationFrame))"
"""With the type it was made for."""


def expect_fits(screen: Screen, size: tuple[int, int]) -> None:
    """`assert_fits`, once the last redraw is done: the board's own size follows its page's fonts and summary."""
    wait_for(lambda: not assert_fits(screen, size), what=f"all tiles on a screen of {size}")  # type: ignore[func-returns-value]


def assert_fits(screen: Screen, size: tuple[int, int]) -> None:
    """Every tile within the screen, none over another, each with its name in it."""
    places = screen.page.evaluate(PLACES)
    width, height = size
    for place in places:
        left, top, right, bottom = place["box"]
        assert left >= 0 and top >= 0 and right <= width + 0.5 and bottom <= height + 0.5, place
        assert right - left >= 10 and bottom - top >= 10, place
        inner = place["inner"]
        assert inner[0] >= left and inner[1] >= top - 1 and inner[2] <= right + 0.5 and inner[2] - inner[0] >= 8, place
    rows = sorted(places, key=lambda place: place["box"][1])
    for index, one in enumerate(rows):
        for other in rows[index + 1 :]:
            if other["box"][1] >= one["box"][3] - 0.5:
                break
            assert other["box"][0] >= one["box"][2] - 0.5 or one["box"][0] >= other["box"][2] - 0.5, (one, other)
    assert not screen.scrolls()


@pytest.fixture
def board(play: Play, open_screen: OpenScreen) -> Callable[..., Screen]:
    """`board(size)`: a screen with a lab of so many setups, with the type it was made for."""

    def board(size: int, *, address: str = "", screen_size: tuple[int, int] = FULL_HD, **options: Any) -> Screen:
        feed = play(lab(size))
        screen = open_screen(feed.url + address, size=screen_size, **{"reduced_motion": "reduce", **options})
        screen.expect_tiles(size)
        screen.page.evaluate(AT_REST)
        return screen

    return board


def sizes(most: int, above: int = 0) -> list[Any]:
    short, long = ([size for size in some if above < size <= most] for some in (SIZES, MORE_SIZES))
    return [*short, *in_the_long_form(*long)]


@pytest.fixture(scope="module")
def shown(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Screen]:
    """A lab of so many setups on a screen that tests look at and leave as it is."""
    feed = Feed(lab(request.param)).start()
    try:
        screen = Screen(browser, feed.url, size=FULL_HD, reduced_motion="reduce")
        screen.expect_tiles(request.param)
        screen.page.evaluate(AT_REST)
        yield screen
        screen.close()
    finally:
        feed.stop()
    assert screen.complaints == []


def shown_of(sizes: list[Any]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("shown", sizes, indirect=True)


@shown_of(sizes(500))
def test_every_setup_is_on_the_screen(shown: Screen) -> None:
    expect_fits(shown, FULL_HD)


@pytest.mark.parametrize("screen_size", [(1280, 720), (3840, 2160), (1080, 1920)])
@pytest.mark.parametrize("size", [13, 200])
def test_other_screens_do_as_well(board: Callable[..., Screen], size: int, screen_size: tuple[int, int]) -> None:
    expect_fits(board(size, screen_size=screen_size), screen_size)


@shown_of(sizes(200))
def test_no_line_of_a_tile_is_cut_in_two(shown: Screen) -> None:
    wait_for(lambda: shown.page.evaluate(CUT) == [], what="tiles of the size that their type needs")


@pytest.mark.parametrize("size", [13, TEXT_UP_TO])
def test_rows_of_the_last_runs_are_where_there_is_room(play: Play, open_screen: OpenScreen, size: int) -> None:
    feed = play(lab(size, healthy=True))
    feed.recent = {setup: [{"id": "a", "state": "finished", "status": "FAIL"}] for setup in feed.tiles}
    screen = open_screen(feed.url, size=FULL_HD, reduced_motion="reduce")
    expect(screen.page.locator('.tile[data-kind="passed"] .recent').first).to_be_visible()
    expect_fits(screen, FULL_HD)
    assert screen.page.evaluate(CUT) == []


@shown_of(sizes(TEXT_UP_TO))
def test_up_to_about_forty_setups_tell_their_story(shown: Screen) -> None:
    for tile in shown.page.locator('.tile[data-state="running"]').all():
        expect(tile.locator(".now")).to_be_visible()
        expect(tile.locator(".fraction")).to_be_visible()
    for tile in shown.page.locator('.tile[data-kind="failing"]').all():
        expect(tile.locator(".failed-test").first).to_be_visible()
    assert shown.page.locator('.tile[data-shape="cell"]').count() == 0


@shown_of(sizes(500, above=TEXT_UP_TO))
def test_of_a_crowd_those_that_fail_and_run_keep_their_text(shown: Screen) -> None:
    cells = shown.page.locator('.tile[data-shape="cell"]')
    kinds = set(cells.evaluate_all("tiles => tiles.map((tile) => tile.dataset.kind)"))
    assert kinds and not kinds & {"failing", "running"}
    assert shown.page.locator('.tile:not([data-shape="cell"])').count() > 0
    if shown.page.locator(".tile").count() <= 200:
        for tile in shown.page.locator('.tile[data-kind="failing"]').all():
            expect(tile.locator(".failed-test").first).to_be_visible()


def test_a_name_says_more_than_its_beginning(play: Play, open_screen: OpenScreen) -> None:
    """Names in a lab often begin alike: what a tile shows of a long one, its end or its title tells which it is."""
    names = [f"integration-lab-north-building-3-rack-{i:02}" for i in range(30)]
    feed = play([idle(name, i) for i, name in enumerate(names)])
    screen = open_screen(feed.url)
    screen.expect_tiles(30)
    assert sorted(screen.page.locator(".tile .name").evaluate_all("all => all.map((name) => name.title)")) == names


@pytest.mark.parametrize("width", [390, 320])
@pytest.mark.parametrize("size", [6, 200])
def test_a_phone_gets_a_list(board: Callable[..., Screen], size: int, width: int) -> None:
    screen = board(size, screen_size=(width, 844), is_mobile=True, has_touch=True)
    assert not screen.scrolls(down=False)
    places = [place["box"] for place in screen.page.evaluate(PLACES)]
    assert all(left >= 0 and right <= width for left, _, right, _ in places)
    for above, below in pairwise(places):
        assert below[1] >= above[3], "one below the other"
    screen.page.locator(".tile").last.scroll_into_view_if_needed()
    expect(screen.page.locator(".tile").last).to_be_in_viewport()


@pytest.mark.parametrize("width", [390, 320])
@pytest.mark.parametrize("address", ["?view=table", "?group=nobody"])
def test_no_page_of_the_wall_is_wider_than_a_phone(
    play: Play, open_screen: OpenScreen, address: str, width: int
) -> None:
    feed = play(lab(20))
    screen = open_screen(feed.url + address, size=(width, 844), is_mobile=True)
    expect(screen.page.locator("#connection")).to_contain_text("Live")
    expect(screen.page.locator("main > *").first).to_be_attached()
    assert not screen.scrolls(down=False)


def test_a_screen_that_is_turned_is_drawn_anew(board: Callable[..., Screen]) -> None:
    screen = board(16)
    for size in ((1080, 1920), (640, 900), FULL_HD):
        screen.page.set_viewport_size({"width": size[0], "height": size[1]})
        expect(screen.page.locator("body")).to_have_attribute("data-mode", "list" if size[0] < 700 else "board")
        if size[0] > 700:
            expect_fits(screen, size)


@pytest.mark.parametrize(
    ("address", "columns", "rows"), [("?columns=2", 2, 3), ("?rows=1", 6, 1), ("?columns=4&rows=4", 4, 2)]
)
def test_columns_and_rows_may_be_fixed(board: Callable[..., Screen], address: str, columns: int, rows: int) -> None:
    screen = board(6, address=address)
    expect_fits(screen, FULL_HD)
    boxes = [place["box"] for place in screen.page.evaluate(PLACES)]
    assert len({round(left) for left, *_ in boxes}) == columns
    assert len({round(top) for _, top, *_ in boxes}) == rows


def test_setups_that_come_and_go_never_make_it_scroll(play: Play, open_screen: OpenScreen) -> None:
    feed = play(lab(38))
    screen = open_screen(feed.url, reduced_motion="reduce")
    screen.expect_tiles(38)
    for number in range(38, 44):
        feed.tiles[f"new-{number}"] = running(f"new-{number}", number, failed=number % 2)
        feed.send(feed.tiles[f"new-{number}"])
        screen.expect_tiles(number + 1)
        expect_fits(screen, FULL_HD)
    expect(screen.page.locator("#summary")).to_contain_text(re.compile(r"\d+\s*failing"))
