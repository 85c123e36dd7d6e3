"""The builds' popup for everybody: by keyboard, by address, on a phone, read aloud, from the table and the heat map."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from browser.builds import build, failure, history, job, run, server, setup
from browser.feed import Feed
from browser.popup import popup, row, wall
from browser.screen import Screen
from browser.tiles import ago, idle, lab
from support.marks import in_the_long_form

Play = Callable[..., Feed]
OpenScreen = Callable[..., Screen]


def test_the_address_opens_it_and_back_closes_it(play: Play, open_screen: OpenScreen) -> None:
    feed = wall(play, history("smoke", "FS"))
    screen = open_screen(feed.url + "?theme=dark")
    page = screen.page
    screen.tile("VM1").get_by_role("link", name="Latest builds of VM1").click()
    expect(page).to_have_url(re.compile(r"\?theme=dark&builds=VM1$"))
    expect(row(page, 121)).to_be_visible()
    popup(page).get_by_role("link", name="Latest builds of all setups").click()
    expect(page).to_have_url(re.compile(r"builds=\*$"))
    expect(popup(page).locator(".setup-row")).to_have_count(1)
    page.go_back()
    expect(page).to_have_url(re.compile("builds=VM1$"))
    expect(row(page, 121)).to_be_visible()
    page.go_forward()
    expect(popup(page).locator(".setup-row")).to_have_count(1)
    popup(page).get_by_role("button", name="Close").click()
    expect(popup(page)).to_be_hidden()
    expect(page).to_have_url(re.compile(r"\?theme=dark$"))
    assert screen.loads == 1


@pytest.mark.parametrize("which", ["VM1", "*", ""])
def test_an_address_works_cold(play: Play, open_screen: OpenScreen, which: str) -> None:
    feed = wall(play, history("smoke", "FS"))
    feed.builds.own = setup(None, history("deploy", "S"))
    page = open_screen(f"{feed.url}?view=table&builds={which}").page
    expect(popup(page).locator(".job, .setup-row").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(popup(page)).to_be_hidden()
    expect(page).to_have_url(re.compile(r"\?view=table$"))
    expect(page.locator("tbody tr")).to_have_count(2)


def test_a_name_of_any_kind_has_an_address(play: Play, open_screen: OpenScreen) -> None:
    name = 'Prüfstand 7/"A" & B=1 #2 100%'
    screen = open_screen(wall(play, history("smoke", "S"), name=name).url)
    page = screen.page
    page.get_by_role("link", name=f"Latest builds of {name}").click()
    expect(row(page, 121)).to_be_visible()
    page.reload()
    expect(popup(page).get_by_role("heading", level=2)).to_have_text(f"Latest builds of {name}")
    expect(row(page, 121)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).to_have_url(screen.origin + "/")


def test_by_keyboard_alone(play: Play, open_screen: OpenScreen) -> None:
    feed = wall(play, history("smoke", "FSS"), history("nightly", "SS", newest=48))
    page = open_screen(feed.url).page
    opener = page.get_by_role("link", name="Latest builds of VM1")
    opener.focus()
    page.keyboard.press("Enter")
    expect(popup(page).get_by_role("heading", level=2)).to_be_focused()
    expect(row(page, 119)).to_be_visible()
    for key, number in (("ArrowDown", 121), ("j", 120), ("ArrowDown", 119), ("j", 48), ("k", 119), ("End", 47)):
        page.keyboard.press(key)
        expect(row(page, number).locator(".build-number")).to_be_focused()
        expect(row(page, number)).to_be_in_viewport()
    page.keyboard.press("j")
    expect(row(page, 47).locator(".build-number")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(row(page, 47).locator(".details")).to_be_visible()
    expect(row(page, 47).locator(".build-number")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(row(page, 47).locator(".details")).to_have_count(0)
    page.keyboard.press("Home")
    expect(row(page, 121).locator(".build-number")).to_be_focused()
    inside = "document.activeElement === document.body || document.activeElement.closest('dialog') !== null"
    for _ in range(40):
        page.keyboard.press("Tab")
        assert page.evaluate(inside), "the focus stays in the popup"
    page.keyboard.press("Escape")
    expect(popup(page)).to_be_hidden()
    expect(opener).to_be_focused()


def test_enter_goes_to_the_build(play: Play, open_screen: OpenScreen) -> None:
    feed = wall(play, history("smoke", "FS"))
    feed.builds.setups["VM1"]["jobs"][0]["builds"][0]["url"] = f"{feed.url}runs/like-a-jenkins"
    page = open_screen(f"{feed.url}?builds=VM1").page
    expect(row(page, 121)).to_be_visible()
    page.keyboard.press("j")
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    expect(opened.value).to_have_url(re.compile("/runs/like-a-jenkins$"))
    expect(row(page, 121)).to_be_visible()


def test_a_click_beside_it_closes_it(play: Play, open_screen: OpenScreen) -> None:
    page = open_screen(wall(play, history("smoke", "S")).url + "?builds=VM1").page
    expect(row(page, 121)).to_be_visible()
    row(page, 121).click()
    expect(popup(page)).to_be_visible()
    page.mouse.click(5, 500)
    expect(popup(page)).to_be_hidden()


def test_left_open_it_gives_the_wall_back(play: Play, open_screen: OpenScreen) -> None:
    feed = wall(play, history("smoke", "S"))
    # Minutes that pass at once are a silence, which the page ends by connecting anew.
    screen = open_screen(feed.url, before=lambda page: page.clock.install(), expects_outage=True)
    page = screen.page
    screen.tile("VM1").get_by_role("link", name="Latest builds of VM1").click()
    expect(row(page, 121)).to_be_visible()
    page.clock.fast_forward("09:00")
    page.keyboard.press("j")
    page.clock.fast_forward("09:00")
    expect(row(page, 121)).to_be_visible()
    page.clock.fast_forward("01:10")
    expect(popup(page)).to_be_hidden()
    expect(page).to_have_url(feed.url)


def test_a_screen_made_for_it_keeps_it_open(play: Play, open_screen: OpenScreen) -> None:
    page = open_screen(
        wall(play, history("smoke", "S")).url + "?builds=*",
        before=lambda page: page.clock.install(),
        expects_outage=True,
    ).page
    expect(popup(page).locator(".setup-row")).to_be_visible()
    page.clock.fast_forward("30:00")
    expect(page.locator("#connection")).to_contain_text("Live")
    expect(popup(page).locator(".setup-row")).to_be_visible()


def test_from_the_table(play: Play, open_screen: OpenScreen) -> None:
    screen = open_screen(wall(play, history("smoke", "S")).url + "?view=table")
    expect(screen.row("VM2").get_by_role("link", name="Latest builds of VM2")).to_have_count(0)
    screen.row("VM1").get_by_role("link", name="Latest builds of VM1").click()
    expect(row(screen.page, 121)).to_be_visible()


def test_from_a_cell_of_the_heat_map(play: Play, open_screen: OpenScreen) -> None:
    tiles = [idle(f"vm-{number}", number, jobs=1) for number in range(80)]
    feed = play(tiles)
    feed.builds.tell(*(setup(one["setup"], history("smoke", "S", newest=200 + one["order"])) for one in tiles))
    screen = open_screen(feed.url)
    page = screen.page
    expect(screen.tile("vm-7")).to_have_attribute("data-shape", "cell")
    screen.tile("vm-7").hover()
    screen.tile("vm-7").get_by_role("link", name="Latest builds of vm-7").click()
    expect(row(page, 207)).to_be_visible()
    page.keyboard.press("Escape")
    expect(popup(page)).to_be_hidden()

    page.get_by_role("link", name="vm-9", exact=True).focus()
    page.keyboard.press("b")
    expect(row(page, 209)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="vm-9", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Latest builds of vm-9")).to_be_focused()
    page.keyboard.press("Enter")
    expect(row(page, 209)).to_be_visible()


def test_on_a_phone_it_fills_the_screen(play: Play, open_screen: OpenScreen) -> None:
    smoke = history("edge-os/smoke-tests-of-every-kind", "RFS")
    smoke["builds"][1]["runs"] = [run("r-1", failure(), failure("s1-t2", "A." + "Very Long Name " * 12))]
    feed = wall(play, smoke, history("nightly", "S"))
    screen = open_screen(feed.url, size=(390, 844), is_mobile=True, has_touch=True)
    page = screen.page
    screen.tile("VM1").get_by_role("link", name="Latest builds of VM1").tap()
    expect(row(page, 120)).to_be_visible()
    box = popup(page).bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    assert popup(page).evaluate("(node) => node.querySelector('.popup-body').scrollWidth <= node.clientWidth")
    small = (
        popup(page)
        .locator("a:visible, button:visible")
        .evaluate_all("""(targets) => targets
        .map((target) => [target.textContent, target.getBoundingClientRect()])
        .filter(([, {width, height}]) => Math.min(width, height) < 23.9).map(([text]) => text)""")
    )
    assert small == []
    popup(page).get_by_role("button", name="Close").tap()
    expect(popup(page)).to_be_hidden()


VIEWS = ["VM1", "*", "", "VM2"]
DESK, PHONE = (1280, 720), (390, 844)


@pytest.mark.parametrize(
    ("theme", "size"), [("dark", DESK), ("light", PHONE), *in_the_long_form(("light", DESK), ("dark", PHONE))]
)
@pytest.mark.parametrize("which", VIEWS, ids=["setup", "all", "own", "none"])
def test_axe_finds_nothing_grave(
    play: Play,
    open_screen: OpenScreen,
    grave_faults: Callable[[Page], list[str]],
    theme: str,
    size: tuple[int, int],
    which: str,
) -> None:
    smoke = history("edge-os/smoke", "RFUANS", can_start=True)
    smoke["builds"][0]["can_stop"] = True
    smoke["builds"][1]["runs"] = [run("r-1", failure(), has_log=True), run("r-2")]
    away = server("main", "away", message="It does not answer.", polled_at=ago(900))
    feed = wall(play, smoke, history("nightly", "US"), job("late", build(5, None, age=900)), servers=[away])
    feed.builds.own = setup(None, history("deploy", "S"))
    page = open_screen(f"{feed.url}?theme={theme}&builds={which}", size=size, reduced_motion="reduce").page
    expect(popup(page).locator(".job, .setup-row, pre").first).to_be_visible()
    if which == "VM1":
        popup(page).get_by_role("button", name="Start a build").click()
    for toggle in popup(page).get_by_role("button", expanded=False).all()[:3]:
        toggle.click()
    page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
    assert grave_faults(page) == []


def test_axe_finds_nothing_grave_in_tiles_with_builds(
    play: Play, open_screen: OpenScreen, grave_faults: Callable[[Page], list[str]]
) -> None:
    for theme in ("dark", "light"):
        tiles = [{**one, "jobs": 1} for one in lab(24)]
        feed = play(tiles)
        feed.notices = [{"kind": "config", "text": "Line 7 is wrong.", "since": ago(60)}]
        screen = open_screen(f"{feed.url}?theme={theme}", reduced_motion="reduce")
        screen.expect_tiles(24)
        expect(screen.page.locator(".notice")).to_be_visible()
        assert grave_faults(screen.page) == []
