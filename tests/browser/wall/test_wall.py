"""The wall as the people in the room see it: what stands on a tile, and which comes first."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from browser.feed import Feed
from browser.screen import Screen
from browser.tiles import counts, failure, idle, lab, running, tile
from support.marks import in_the_long_form
from support.waiting import wait_for

Play = Callable[..., Feed]
OpenScreen = Callable[..., Screen]

HOSTILE = (
    "<script>document.title = 'caught'</script>",
    "<img src=x onerror=\"document.title='caught'\">",
    "\u202eevil\u202c \u05d0\u05d1\u05d2",
    "a\u0000b\u0007c",
    "\U0001f525 %s {{ 7 * 7 }} ${jndi:ldap://x} ' OR 1=1 --",
    "L" + "o" * 10_000 + "ng",
)
SCHEMES = (
    "javascript:document.title='caught'",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc",
)


def seconds_of(figure: str) -> int:
    """A duration as the wall writes it, in seconds."""
    if figure.endswith(" s"):
        return int(figure[:-2])
    value = 0
    for part in figure.split(":"):
        value = value * 60 + int(part)
    return value


def expect_figure(locator: Locator, elapsed: Callable[[], float]) -> None:
    """The figure there is the time elapsed, to two seconds."""
    wait_for(
        lambda: abs(seconds_of(locator.inner_text()) - elapsed()) <= 2,
        what=f"{locator}: {locator.inner_text()} instead of about {elapsed():.0f} s",
    )


def test_the_first_snapshot_draws_every_setup(play: Play, open_screen: OpenScreen) -> None:
    feed = play(lab(16))
    screen = open_screen(feed.url)
    screen.expect_tiles(16)
    assert sorted(screen.names()) == sorted(feed.tiles)
    expect(screen.page.locator("#connection")).to_contain_text("Live")
    expect(screen.page.locator("#banner")).to_be_hidden()


def test_a_running_tile_tells_what_its_setup_does(play: Play, open_screen: OpenScreen) -> None:
    tile = running("vm-1", 0, failed=1, age=75, group="Debian 12", counts=counts(40, 9, 1, 2), others=2)
    feed = play([tile])
    shown = open_screen(feed.url).tile("vm-1")
    for text in (
        "vm-1",
        "Debian 12",
        "Failing",
        tile["test"]["name"],
        tile["suite"]["name"],
        "Wait Until Element Is Visible",
        "12 / 40",
        "3 min left",
        tile["failures"][0]["name"],
        tile["failures"][0]["message"],
        tile["run"]["branch"],
        tile["run"]["commit"][:7],
        "#0",
        "+ 2 more runs",
    ):
        expect(shown).to_contain_text(text, use_inner_text=True)
    expect(shown).to_contain_text(re.compile(r"news (just now|\d+ s ago)"), use_inner_text=True)
    assert shown.get_by_role("link", name="vm-1").get_attribute("href") == "/runs/run-0"
    assert shown.get_by_role("link", name=tile["failures"][0]["name"]).get_attribute("href") == "/runs/run-0#s1-s1-t1"


def test_the_keyword_is_left_out_of_short_tests(play: Play, open_screen: OpenScreen) -> None:
    feed = play([running("vm-1", 0, age=-3600)])
    shown = open_screen(feed.url).tile("vm-1")
    expect(shown).to_contain_text("Valid Login")
    expect(shown.get_by_text("Wait Until Element Is Visible")).to_be_hidden()


def test_a_suite_setup_is_told_with_its_duration(play: Play, open_screen: OpenScreen) -> None:
    feed = play([])
    phase = {"kind": "suite setup", "name": "Flash Firmware", "started_at": feed.now(42)}
    feed.tiles = {"vm-1": {**running("vm-1", 0), "test": None, "keyword": None, "phase": phase}}
    shown = open_screen(feed.url).tile("vm-1")
    expect(shown).to_contain_text(re.compile("suite setup: Flash Firmware", re.IGNORECASE))
    expect_figure(shown.locator(".now .figure"), lambda: feed.elapsed(phase["started_at"]))


def test_what_runs_keeps_its_line_between_two_tests(play: Play, open_screen: OpenScreen) -> None:
    feed = play([{**running("vm-1", 0), "test": None, "keyword": None}])
    line = open_screen(feed.url).tile("vm-1").locator(".now")
    expect(line).to_be_hidden()
    feed.change("vm-1", test={"id": "s1-t1", "name": "Soak", "longname": "S.Soak", "started_at": feed.now(75)})
    expect(line.locator(".what")).to_have_text("Soak")
    expect(line).not_to_have_attribute("aria-hidden", "true")
    box = line.bounding_box()
    assert box and box["height"] > 0
    feed.change("vm-1", test=None)
    expect(line).to_have_attribute("aria-hidden", "true")
    for part in (".what", ".figure"):
        expect(line.locator(part)).to_have_css("color", "rgba(0, 0, 0, 0)")
    assert line.bounding_box() == box
    feed.change("vm-1", **idle("vm-1", 0))
    expect(line).to_be_hidden()


@pytest.mark.parametrize("offset", [-5, 0, 5])
def test_durations_tick_by_the_servers_clock(play: Play, open_screen: OpenScreen, offset: int) -> None:
    feed = play([], clock_offset=offset * 3600)
    test = {"id": "s1-t1", "name": "Soak", "longname": "S.Soak", "started_at": feed.now(75)}
    suite = {"id": "s1", "name": "Night", "longname": "Night", "started_at": feed.now(3700)}
    feed.tiles = {"vm-1": {**running("vm-1", 0), "test": test, "suite": suite, "news_at": feed.now(20)}}
    shown = open_screen(feed.url).tile("vm-1")
    figure = shown.locator(".now .figure")
    expect_figure(figure, lambda: feed.elapsed(test["started_at"]))
    expect_figure(shown.locator(".suite .figure"), lambda: feed.elapsed(suite["started_at"]))
    first = figure.inner_text()
    expect(figure).not_to_have_text(first)
    expect_figure(figure, lambda: feed.elapsed(test["started_at"]))
    expect(shown).to_contain_text(re.compile(r"news [23]\d s ago"))


def test_an_idle_tile_tells_its_last_result_and_when(play: Play, open_screen: OpenScreen) -> None:
    feed = play([idle("good", 0, number=26), idle("bad", 1, "FAIL", number=26), idle("none", 2, "SKIP", number=26)])
    screen = open_screen(feed.url)
    for name, word in (("good", "Passed"), ("bad", "Failed"), ("none", "Skipped")):
        expect(screen.tile(name)).to_contain_text(re.compile(rf"{word} 3 h ago"))
    expect(screen.tile("good")).to_contain_text("took 7:06")


def test_no_estimate_without_history(play: Play, open_screen: OpenScreen) -> None:
    feed = play([running("known", 0), running("new", 1, eta=None)])
    screen = open_screen(feed.url)
    expect(screen.tile("known")).to_contain_text("min left")
    expect(screen.tile("new")).to_contain_text("Valid Login")
    expect(screen.tile("new")).not_to_contain_text(re.compile(r"\bleft\b|\bover\b"))


def test_an_overrun_says_so_and_looks_it(play: Play, open_screen: OpenScreen) -> None:
    feed = play([running("in-time", 0), running("late", 1), running("late and failing", 2, failed=1)])
    for name in ("late", "late and failing"):
        feed.tiles[name]["eta"] = {"ends_at": feed.now(200), "expected_time": 600}
    screen = open_screen(feed.url)
    expect(screen.tile("late")).to_contain_text("3 min over")
    expect(screen.tile("late")).not_to_contain_text("left")
    background = "node => getComputedStyle(node.querySelector('.eta')).backgroundColor"
    assert screen.tile("late").evaluate(background) != screen.tile("in-time").evaluate(background)
    hatched = "node => getComputedStyle(node.querySelector('.track')).backgroundImage.includes('repeating')"
    names = ("in-time", "late", "late and failing")
    assert [screen.tile(name).evaluate(hatched) for name in names] == [False, True, False]


def test_a_bar_shows_each_part_of_the_plan(play: Play, open_screen: OpenScreen) -> None:
    feed = play([running("vm-1", 0, counts={**counts(40, 10, 2, 4), "expected_failures": 8})])
    track = open_screen(feed.url).tile("vm-1").locator(".track")
    ends = re.compile(r"25%.*0px, .* 30%.*0px, .* 40%.*0px, .* 60%")
    expect(track).to_have_css("background-image", ends)
    feed.change("vm-1", counts=counts(40, 20))
    expect(track).to_have_css("background-image", re.compile(r"50%.*0px, .* 50%.*0px, .* 50%.*0px, .* 50%"))


SILENT = ("stale", "abandoned", "nodata")
COLOURS = """(tiles) => {
    const probe = document.body.appendChild(document.createElement("i"));
    const named = (name) => { probe.style.color = `var(${name})`; return getComputedStyle(probe).color; };
    const well = ["--pass", "--pass-fill", "--run", "--run-surface"].map(named);
    probe.remove();
    const looks = (node) => ["color", "backgroundColor", "backgroundImage"].map((name) => getComputedStyle(node)[name]);
    return tiles.flatMap((tile) => [tile, ...tile.querySelectorAll("*")])
        .filter((node) => node.checkVisibility() && !node.closest("td a, th a"))
        .flatMap((node) => looks(node).filter((look) => well.some((one) => look.includes(one)))
            .map((look) => `${node.className.baseVal ?? node.className}: ${look}`));
}"""
"""What of these nodes is drawn in a colour that means that all is well; links of a table are drawn as links."""


@pytest.mark.parametrize(
    ("address", "others"),
    [
        *[("", 3), ("?theme=light", 60), ("?view=table", 3)],
        *in_the_long_form(("", 60), ("?theme=light", 3), ("?view=table", 60), ("?view=table&theme=light", 3)),
    ],
)
def test_no_news_are_never_good_news(play: Play, open_screen: OpenScreen, address: str, others: int) -> None:
    silent = [{**running(name, i), "state": name, "status": status} for i, (name, status) in enumerate(
        [("stale", "PASS"), ("abandoned", "PASS")])]  # fmt: skip
    feed = play([*silent, tile("nodata", 2), *(idle(f"well-{i}", 3 + i) for i in range(others))])
    screen = open_screen(feed.url + address)
    nodes = screen.page.locator(", ".join(f'[data-kind="{kind}"]' for kind in SILENT))
    expect(nodes).to_have_count(3)
    assert nodes.evaluate_all(COLOURS) == []
    well = screen.page.locator('[data-kind="passed"]')
    assert well.evaluate_all(COLOURS) != [], "this test knows the colours of what is well"
    expect(screen.page.locator("#summary")).not_to_contain_text("All well")
    expect(screen.page.locator("#summary")).to_contain_text(re.compile(r"2\s*no news"))
    expect(screen.page.locator("#summary")).to_contain_text(re.compile(r"1\s*no data"))


def test_no_news_say_since_when(play: Play, open_screen: OpenScreen) -> None:
    feed = play([])
    for order, (state, silent_for) in enumerate((("stale", 47), ("abandoned", 1900))):
        feed.tiles[state] = {**running(state, order), "state": state, "news_at": feed.now(silent_for)}
    feed.tiles["nodata"] = tile("nodata", 2)
    screen = open_screen(feed.url, timezone_id="UTC")
    for state, word, age in (("stale", "No news", r"(4[7-9]|5\d) s"), ("abandoned", "Abandoned", "31 min")):
        shown = screen.tile(state)
        at = feed.tiles[state]["news_at"][11:16]
        expect(shown).to_contain_text(word)
        expect(shown).to_contain_text(f"No news since {at}")
        expect(shown).to_contain_text(re.compile(age))
    expect(screen.tile("nodata")).to_contain_text("No data")
    expect(screen.tile("nodata")).to_contain_text("Never heard of")


def first_on_screen(screen: Screen) -> str:
    """The setup at the top left."""
    found: str = screen.page.evaluate("""() => {
        const tiles = [...document.querySelectorAll(".tile")].map((tile) => [tile, tile.getBoundingClientRect()]);
        tiles.sort(([, a], [, b]) => Math.round(a.top - b.top) || a.left - b.left);
        return tiles[0][0].querySelector(".name").textContent;
    }""")
    return found


@pytest.mark.parametrize("size", [9, 60])
def test_failures_come_first(play: Play, open_screen: OpenScreen, size: int) -> None:
    feed = play([idle(f"vm-{i:02}", i) for i in range(size)])
    screen = open_screen(feed.url, reduced_motion="reduce")
    screen.expect_tiles(size)
    assert first_on_screen(screen) == "vm-00"
    feed.change("vm-07", **running("vm-07", 7, failed=1))
    wait_for(lambda: first_on_screen(screen) == "vm-07" and screen.names()[0] == "vm-07", what="vm-07 at the top left")
    feed.change("vm-07", **idle("vm-07", 7))
    wait_for(lambda: first_on_screen(screen) == "vm-00" and screen.names() == sorted(screen.names()), what="its place")


@pytest.mark.parametrize("size", [9, 60])
def test_a_screen_may_keep_the_order_of_the_configuration(play: Play, open_screen: OpenScreen, size: int) -> None:
    feed = play([idle(f"vm-{size - i:02}", i) for i in range(size)])
    screen = open_screen(f"{feed.url}?order=config", reduced_motion="reduce")
    screen.expect_tiles(size)
    order = screen.names()
    assert order == [f"vm-{size - i:02}" for i in range(size)]
    feed.change("vm-01", **running("vm-01", size - 1, failed=1))
    expect(screen.tile("vm-01")).to_have_attribute("data-kind", "failing")
    assert screen.names() == order
    assert first_on_screen(screen) == order[0]


def test_a_new_setup_comes_and_a_removed_one_goes(play: Play, open_screen: OpenScreen) -> None:
    feed = play([idle("old", 0), idle("stays", 1)])
    screen = open_screen(feed.url)
    screen.expect_tiles(2)
    feed.tiles["new"] = running("new", 2)
    feed.send(feed.tiles["new"])
    expect(screen.tile("new")).to_be_visible()
    del feed.tiles["old"]
    feed.send({"setup": "old", "gone": True})
    expect(screen.tile("old")).to_have_count(0)
    screen.expect_tiles(2)


def test_a_screen_of_a_group_that_nobody_is_in_says_which_there_are(play: Play, open_screen: OpenScreen) -> None:
    feed = play([idle("a", 0, group="Red & Blue"), idle("b", 1, group="x"), idle("c", 2)])
    page = open_screen(f"{feed.url}?group=Nosuch&theme=dark").page
    expect(page.get_by_role("heading", name="No setup is in the group “Nosuch”.")).to_be_visible()
    expect(page.locator("#wall").get_by_role("link")).to_have_text(["All setups", "Red & Blue", "x"])
    page.get_by_role("link", name="Red & Blue").click()
    expect(page.locator(".tile")).to_have_count(1)
    assert page.url.endswith("?theme=dark&group=Red+%26+Blue")


def test_a_screen_may_show_some_groups_alone(play: Play, open_screen: OpenScreen) -> None:
    feed = play([idle("a", 0, group="Red & Blue"), idle("b", 1, group="x"), idle("c", 2)])
    screen = open_screen(f"{feed.url}?group=Red+%26+Blue")
    screen.expect_tiles(1)
    assert screen.names() == ["a"]


def named(name: str, order: int) -> dict[str, Any]:
    """A setup of which all that is told is that name."""
    made: dict[str, Any] = running(name, order, failed=1, age=75, group=name)
    for part in ("suite", "test"):
        made[part] |= {"name": name, "longname": name}
    made["keyword"]["path"] = [name, name]
    made["failures"] = [{**failure(0), "name": name, "message": name}]
    made["run"] |= {"name": name, "branch": name, "commit": name, "repository": name, "labels": {name: name}}
    made["run"]["build"] |= {"job": name, "number": name}
    made["links"] = [{"title": name, "url": "https://wiki.example/"}]
    return made


@pytest.mark.parametrize("address", ["", *in_the_long_form("?view=table")])  # more of this: browser/security
def test_names_and_messages_are_text(play: Play, open_screen: OpenScreen, address: str) -> None:
    feed = play([*(named(name, order) for order, name in enumerate(HOSTILE)), idle("beside", len(HOSTILE))])
    screen = open_screen(feed.url + address)
    page = screen.page
    failing = page.locator('[data-kind="failing"]')
    expect(failing).to_have_count(len(HOSTILE))
    texts = failing.evaluate_all("nodes => nodes.map((node) => node.textContent)")
    for name in HOSTILE:
        beginning = name[:100]  # of the endless one
        seen = (beginning, beginning.replace("\u0000", "\ufffd"))
        assert any(text.count(shown) >= 3 for text in texts for shown in seen), name
    expect(page).to_have_title(re.compile(f"{len(HOSTILE)} failing"))
    assert page.locator("main script, main img, main iframe").count() == 0
    assert not screen.scrolls()
    feed.change("beside", status="FAIL")
    expect(failing).to_have_count(len(HOSTILE) + 1)


@pytest.mark.parametrize("address", ["", "?view=table"])
def test_only_addresses_of_the_web_become_links(play: Play, open_screen: OpenScreen, address: str) -> None:
    def with_address(number: int, url: str) -> dict[str, Any]:
        made: dict[str, Any] = running(f"vm-{number}", number, failed=1, links=[{"title": "Wiki", "url": url}])
        made["run"]["build"]["url"] = url
        made["failures_log"] = url
        return made

    good = "https://jenkins.example/job/7/"
    feed = play([with_address(i, url) for i, url in enumerate((*SCHEMES, good))])
    screen = open_screen(feed.url + address)
    expect(screen.page.locator(f'main a[href^="{good}"]').first).to_be_attached()
    targets = screen.page.locator("main a").evaluate_all(
        "links => links.map((link) => link.getAttribute('href') ?? '')"
    )
    assert [target for target in targets if not target.startswith(("/", good)) and target] == []


def test_the_log_of_a_failure_is_one_click_away(play: Play, open_screen: OpenScreen) -> None:
    feed = play([running("vm-1", 0, failed=1, failures_log="/api/v1/runs/run-0/artifacts/log.html")])
    log = open_screen(feed.url).tile("vm-1").get_by_role("link", name="log", exact=True)
    expect(log).to_have_attribute("href", re.compile(r"/api/v1/runs/run-0/artifacts/log\.html#s1-s1-t1$"))


def test_no_setups_yet_is_an_invitation(play: Play, open_screen: OpenScreen) -> None:
    feed = play([])
    screen = open_screen(feed.url)
    main = screen.page.locator("main")
    expect(main).to_contain_text("robot --listener livewall_listener.Listener")
    expect(main).to_contain_text(f"LIVEWALL_URL={screen.origin}")
    expect(main.get_by_role("heading")).to_be_visible()
    feed.tiles["vm-1"] = running("vm-1", 0)
    feed.send(feed.tiles["vm-1"])
    expect(screen.tile("vm-1")).to_be_visible()
    expect(main).not_to_contain_text("robot --listener")


def test_all_well_is_said_and_taken_back(play: Play, open_screen: OpenScreen) -> None:
    feed = play(lab(12, healthy=True))
    screen = open_screen(feed.url)
    summary = screen.page.locator("#summary")
    expect(summary).to_contain_text("All well")
    name = next(iter(feed.tiles))
    feed.change(name, **running(name, 0, failed=1))
    expect(summary).not_to_contain_text("All well")
    expect(summary).to_contain_text(re.compile(r"1\s*failing"))
