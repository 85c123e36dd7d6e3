"""Many tiles change at once, as where a lab loses its network: news first, order after it, and some in each picture."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser.feed import Feed
from browser.screen import Screen
from browser.tiles import counts, failure, idle, running
from support.waiting import wait_for

Play = Callable[..., Feed]
OpenScreen = Callable[..., Screen]

SETUPS = 200
FEW = 44
MOST_AT_ONCE, MOST_ON_SLOW, MOST_ALARMS = 12, 6, 8
"""Tiles that a picture moves, on a slow screen, too, and that light up at a time: of board.js and tile.js."""
TELL_TIME = "const now = performance.now.bind(performance); performance.now = () => globalThis.still ?? now();"

WATCH = """() => {
    globalThis.batches = [];
    globalThis.animated = 0;
    new MutationObserver((records) => {
        const moved = new Set(), told = new Set();
        for (const {target, attributeName} of records) {
            if (!target.classList.contains("tile")) continue;
            (attributeName === "style" ? moved : told).add(target.dataset.setup);
        }
        if (moved.size || told.size) batches.push({moved: [...moved], told: [...told]});
        const tiles = document.getAnimations().filter(({effect}) => effect.target.classList.contains("tile"));
        animated = Math.max(animated, tiles.length);
    }).observe(document.querySelector(".board"), {attributeFilter: ["style", "data-kind"], subtree: true});
}"""
"""What is written to tiles, by the tasks of the page that did it."""


FIVE_PICTURES = """async () => {
    for (let picture = 0; picture < 5; picture += 1) await new Promise(requestAnimationFrame);
}"""


@pytest.fixture
def feed(play: Play) -> Feed:
    return play([running(name(i), i) for i in range(SETUPS)])


@pytest.fixture
def screen(feed: Feed, open_screen: OpenScreen) -> Screen:
    screen = open_screen(feed.url, before=lambda page: page.add_init_script(TELL_TIME))
    screen.expect_tiles(SETUPS)
    screen.page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
    screen.page.evaluate(WATCH)
    return screen


def name(number: int) -> str:
    return f"vm-{number:03}"


def failed(number: int) -> dict[str, Any]:
    return {"status": "FAIL", "failures": [failure(number)], "counts": counts(90, 8, 1)}


def slow_down(page: Page, milliseconds: int) -> None:
    """So long is a picture."""
    page.evaluate(
        """(each) => {
            requestAnimationFrame = (draw) => setTimeout(draw, each);
            cancelAnimationFrame = clearTimeout;
        }""",
        milliseconds,
    )


def fail_all(feed: Feed, page: Page) -> None:
    """Each in a frame of its own, the last first."""
    for number in reversed(range(SETUPS)):
        feed.change(name(number), **failed(number))
    expect(page.locator('.tile[data-kind="failing"]')).to_have_count(SETUPS)


def overlaps(page: Page) -> bool:
    found: bool = page.evaluate("""() => {
        const boxes = [...document.querySelectorAll(".tile")].map((tile) => tile.getBoundingClientRect());
        return boxes.some((a, i) => boxes.slice(i + 1).some((b) => a.left < b.right - 1 && b.left < a.right - 1
            && a.top < b.bottom - 1 && b.top < a.bottom - 1));
    }""")
    return found


def test_a_burst_places_tiles_once_until_time_has_passed_and_some_in_each_picture(feed: Feed, screen: Screen) -> None:
    page = screen.page
    wait_for(lambda: not overlaps(page), what="tiles beside one another")
    page.evaluate("still = performance.now() + 5000; batches.length = 0")
    feed.change(name(SETUPS - 1), **failed(SETUPS - 1))
    wait_for(lambda: screen.names()[0] == name(SETUPS - 1) and not overlaps(page), what="the first failure in front")
    fail_all(feed, page)
    assert screen.names() == [name(SETUPS - 1), *(name(number) for number in range(SETUPS - 1))]
    page.evaluate("still += 2000")  # long enough where few tiles had moved
    bar = screen.tile(name(0)).locator(".track")
    before = bar.get_attribute("style") or ""
    page.evaluate("batches.length = 0")
    feed.change(name(0), counts=counts(90, 60, 1))
    expect(bar).not_to_have_attribute("style", before)
    page.evaluate(FIVE_PICTURES)
    assert page.evaluate("batches.flatMap(({moved}) => moved)") == []
    page.evaluate("still += 2000")
    wait_for(lambda: screen.names() == [name(number) for number in range(SETUPS)], what="order")
    wait_for(lambda: not overlaps(page), what="tiles beside one another")
    batches: list[dict[str, list[str]]] = page.evaluate("batches")
    assert max(len(batch["moved"]) for batch in batches) <= MOST_AT_ONCE
    for setup in (name(number) for number in range(SETUPS)):
        assert sum(setup in batch["moved"] for batch in batches) <= 2, setup
    assert page.evaluate("animated") <= MOST_ALARMS


def test_a_tile_fails_where_it_stands_and_goes_to_its_place_above_all_others(feed: Feed, screen: Screen) -> None:
    setup = name(SETUPS - 1)
    screen.page.evaluate("batches.length = 0")
    feed.change(setup, **failed(1))
    wait_for(lambda: screen.names()[0] == setup, what="the failing tile in front")
    batches: list[dict[str, list[str]]] = screen.page.evaluate("batches")
    told = next(index for index, batch in enumerate(batches) if setup in batch["told"])
    assert setup not in batches[told]["moved"]
    assert any(setup in batch["moved"] for batch in batches[told + 1 :])
    expect(screen.tile(setup)).to_have_css("z-index", "1")


def test_tiles_stay_where_they_are_until_the_wall_is_put_in_order(feed: Feed, screen: Screen) -> None:
    """The first to fail makes room for two; a third would resize all."""
    page, first, second = screen.page, name(SETUPS - 1), name(SETUPS // 2)
    page.evaluate("""() => {
        globalThis.late = [];
        const later = setTimeout;
        setTimeout = (call, milliseconds) => (milliseconds > 60_000 ? late.push(call) : later(call, milliseconds));
    }""")
    feed.change(first, **failed(1))
    wait_for(lambda: screen.names()[0] == first and sizes(page) == 2, what="the first failure in front")
    before = boxes(page)
    feed.change(second, **failed(2))
    wait_for(lambda: screen.names()[:2] == [first, second] and not overlaps(page), what="the second one beside it")
    assert sizes(page) == 2
    across = boxes(page)[first]["width"] // boxes(page)[name(0)]["width"]
    moved = [setup for setup, box in boxes(page).items() if box != before[setup]]
    assert second in moved
    assert len(moved) <= across**2 + 1
    order = [second, first, *(setup for setup in map(name, range(SETUPS)) if setup not in {first, second})]
    assert screen.names() != order
    page.evaluate("still = performance.now() + 300_000; late.forEach((call) => call())")
    wait_for(lambda: screen.names() == order and not overlaps(page), what="order, though there is no news")


def boxes(page: Page) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = page.evaluate("""() => {
        const tiles = [...document.querySelectorAll(".tile")];
        return Object.fromEntries(tiles.map((tile) => [tile.dataset.setup, tile.getBoundingClientRect().toJSON()]));
    }""")
    return found


def sizes(page: Page) -> int:
    """How many there are; one more for those of the former grid while tiles are still on their way."""
    return len({(round(box["width"]), round(box["height"])) for box in boxes(page).values()})


def test_tiles_light_up_until_so_many_fail_that_none_would_be_seen(feed: Feed, screen: Screen) -> None:
    page = screen.page
    page.evaluate(
        """() => {
            globalThis.ends = [];
            const light = Element.prototype.animate, later = setTimeout;
            Element.prototype.animate = function (...how) {
                const animation = light.apply(this, how);
                for (const end of ["cancel", "finish"]) animation.addEventListener(end, () => ends.push(end));
                animation.playbackRate = 0.001;
                return animation;
            };
            setTimeout = (end, milliseconds) => later(end, milliseconds === 3000 ? 1e9 : milliseconds);
        }"""
    )
    failing = page.locator('.tile[data-kind="failing"]')
    feed.send(*({"setup": name(i), **failed(i)} for i in range(MOST_ALARMS)))
    expect(failing).to_have_count(MOST_ALARMS)
    assert page.evaluate("animated") == MOST_ALARMS and page.evaluate("ends") == []
    feed.send({"setup": name(0), **running(name(0), 0)})
    wait_for(lambda: page.evaluate("ends") == ["cancel"], what="a tile that is well again to go out")
    feed.send(*({"setup": name(i), **failed(i)} for i in (0, MOST_ALARMS)))
    expect(failing).to_have_count(MOST_ALARMS + 1)
    wait_for(lambda: page.evaluate("ends").count("cancel") >= MOST_ALARMS, what="all to be put out")
    assert page.evaluate("document.getAnimations().filter(({effect}) => effect.target.matches('.tile')).length") == 0


def test_bars_move_while_many_tiles_wait_to_turn(feed: Feed, screen: Screen) -> None:
    page, setup = screen.page, name(SETUPS - 1)
    slow_down(page, 200)
    page.evaluate(
        """setup => {
            globalThis.turned = [];
            new MutationObserver(() => turned.push(document.querySelectorAll('.tile[data-kind="failing"]').length))
                .observe(document.querySelector(`.tile[data-setup="${setup}"] .track`), {attributeFilter: ["style"]});
        }""",
        setup,
    )
    turning = [{"setup": name(i), **failed(i)} for i in range(SETUPS - 1)]
    feed.send(*turning, {"setup": setup, "counts": counts(9000, 1)})
    wait_for(lambda: len(page.evaluate("turned")) == 1, what="the bar to move")
    feed.change(setup, counts=counts(9000, 4000))
    wait_for(lambda: len(page.evaluate("turned")) == 2, what="the bar to move again")
    first, second = page.evaluate("turned")
    assert first <= MOST_AT_ONCE
    assert second < SETUPS - 1
    expect(page.locator('.tile[data-kind="failing"]')).to_have_count(SETUPS - 1, timeout=60_000)


def test_the_focus_stays_with_its_tile(feed: Feed, screen: Screen) -> None:
    link = screen.page.get_by_role("link", name=name(137), exact=True)
    link.focus()
    for number in (137, 150):
        fail_and_wait(feed, screen, name(number))
        expect(link).to_be_focused()


def fail_and_wait(feed: Feed, screen: Screen, setup: str) -> None:
    feed.change(setup, **failed(1))
    wait_for(lambda: setup in screen.names()[:2], what="the failing tile in front")


def test_clocks_go_on_while_tiles_wait_to_be_drawn(play: Play, open_screen: OpenScreen) -> None:
    """All runs end at once, and a second turns before the last of them is drawn."""
    feed = play([running(name(i), i, keyword=None) for i in range(FEW)])
    screen = open_screen(feed.url)
    screen.expect_tiles(FEW)
    page = screen.page
    expect(page.locator(".tile .suite").first).to_be_visible()
    slow_down(page, 500)
    feed.send(*({"setup": name(i), **idle(name(i), i)} for i in range(FEW)))
    expect(page.locator('.tile[data-state="running"]')).to_have_count(0, timeout=30_000)
    word = screen.tile(name(0)).locator(".word")
    told = word.text_content()
    feed.clock_offset += timedelta(hours=1)
    expect(word).not_to_have_text(told or "")


def test_order_comes_though_there_is_always_more_news(feed: Feed, screen: Screen) -> None:
    setup = name(SETUPS - 1)
    slow_down(screen.page, 100)
    send = more_news(feed)

    def is_in_front() -> bool:
        send()
        return screen.names()[0] == setup

    wait_for(is_in_front, what="the failing tile in front", pause=0.05)


def test_a_tile_fails_though_there_is_always_more_news(feed: Feed, open_screen: OpenScreen) -> None:
    """In the order of the configuration, in which it goes nowhere."""
    screen = open_screen(f"{feed.url}?order=config")
    screen.expect_tiles(SETUPS)
    slow_down(screen.page, 500)  # there is more news long before a few pictures have drawn it all
    send = more_news(feed)

    def has_failed() -> bool:
        send()
        return screen.tile(name(SETUPS - 1)).get_attribute("data-kind") == "failing"

    wait_for(has_failed, what="the tile to fail", pause=0.05)


def more_news(feed: Feed) -> Callable[[], None]:
    """What tells, each time, of all bars but that of the last tile, which fails: to draw them all takes far longer."""
    numbers = count(1)

    def send() -> None:
        number = next(numbers)
        told = [{"setup": name(i), "counts": counts(9000, number)} for i in range(SETUPS - 1)]
        feed.send(*told, {"setup": name(SETUPS - 1), **failed(number)})

    return send


def test_a_screen_whose_pictures_are_late_draws_fewer_tiles_in_each(feed: Feed, screen: Screen) -> None:
    page = screen.page
    page.evaluate("""() => {
        const next = requestAnimationFrame;
        requestAnimationFrame = (draw) => next((begun) => draw(begun - 100));
    }""")
    fail_all(feed, page)
    page.evaluate("batches.length = 0")
    feed.send(*({"setup": name(i), **idle(name(i), i)} for i in range(SETUPS)))
    expect(page.locator('.tile[data-kind="passed"]')).to_have_count(SETUPS)
    batches: list[dict[str, list[str]]] = page.evaluate("batches")
    assert max(len(batch["told"]) for batch in batches) <= MOST_ON_SLOW
    assert max(len(batch["moved"]) for batch in batches) <= MOST_ON_SLOW
