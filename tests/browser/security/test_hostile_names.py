"""Whatever anything is called, every page shows it as text, keeps its shape, and runs nothing of it.

Reported by a real robot and by raw requests, stored by a real dashboard, shown by a real browser under the real policy.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from browser.popup import popup
from browser.screen import Screen
from livewall_dashboard.access.tokens import TokenStore
from livewall_dashboard.postgres.database import Database
from livewall_listener import wire
from support.dashboard import Dashboard, running_dashboard
from support.hostile import NAMES, URLS
from support.jenkins import RecordedJenkins
from support.jenkins.items import PIPELINE, parameter, stage
from support.postgres import Databases
from support.reporter import Reporter, T
from support.robot import run_robot
from support.waiting import wait_for

OpenScreen = Callable[..., Screen]

HERE = Path(__file__).parent
JOBS_OF = "Jobs"
PHONE = (390, 844)

STRANGE = """[...document.querySelectorAll(`
    body script, body style, body link, body iframe, body object, body embed, body base, main img, main form[action],
    [onerror], [onload], [onclick], [onfocus], [onmouseover], [srcdoc], [style*=position]`)]
    .map((node) => node.outerHTML)"""
PROTOCOLS = "links => links.map((link) => link.protocol)"
CUT = """() => [...document.querySelectorAll("main *")]
    .filter((node) => node.checkVisibility() && node.getBoundingClientRect().right > innerWidth + 1)
    .filter((node) => {
        for (let box = node.parentElement; box; box = box.parentElement)
            if (getComputedStyle(box).overflowX !== "visible") return false;
        return true;
    })
    .map((node) => node.outerHTML.slice(0, 200))"""
"""What sticks out of the page, and is cut by nothing around it."""

ENDLESS = """[...document.querySelectorAll('.tile, .tile *, tbody tr, tbody tr *')]
    .filter((node) => node.offsetHeight > 1.5 * innerHeight)
    .map((node) => `${node.className} ${node.offsetHeight}`)"""
"""What one setup or run takes of the page, where nobody gets past it."""


@pytest.fixture(scope="module")
def jenkins() -> Iterator[RecordedJenkins]:
    with RecordedJenkins() as jenkins:
        job = jenkins.add("smoke", classes=PIPELINE, parameters=[parameter(NAMES["script"], default=NAMES["image"])])
        for name in NAMES.values():
            number = job.build(
                result="FAILURE",
                description=name,
                cause=name,
                branch=name,
                revision=name,
                node=name,
                commits=[(name, name, name)],
            )
            job.stages[number] = [stage(name, "FAILED", duration=3)]
        yield jenkins


@pytest.fixture(scope="module")
def wall(
    databases: Databases, template: str, jenkins: RecordedJenkins, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dashboard]:
    folder = tmp_path_factory.mktemp("hostile")
    config = folder / "setups_config.json"
    setups = [{"name": JOBS_OF, "group": NAMES["double quote"], "jobs": ["smoke"]}]
    server = {"name": "main", "url": jenkins.url, "start_builds": True, "poll_seconds": 5}
    config.write_text(json.dumps({"jenkins": [server], "setups": setups}), encoding="utf-8")
    with running_dashboard(databases, template, folder, "--config", str(config)) as wall:
        yield wall


@pytest.fixture(scope="module")
def by_requests(wall: Dashboard) -> str:
    """A failed run on a setup of each name, and one run with all names wherever a name can be; its id."""
    reporter = Reporter(lambda *given, **options: wall.request(*given, timeout=60, **options))
    for name, url in zip(NAMES.values(), cycle(URLS), strict=False):
        build = wire.Build("jenkins", url, name, name)
        known = {"setup": name[:1000], "branch": name[:1000], "build": build, "last_in_pool": True}
        reporter.run([T(name, "FAIL", name)], suite=name, **known)
    process = reporter.process(setup=NAMES["script"], **metadata(NAMES["script"]))
    for number, name in enumerate(NAMES.values(), 1):
        process.start_suite(f"s{number}", name, test_count=2, source=name, doc=name, metadata={name: name})
        tests = [T(name, "FAIL", name, [name, f"tag {number}"]), T(f"*HTML*{name}", "SKIP", f"*HTML*{name}")]
        process.send(*(process.test(f"s{number}", name, place, test) for place, test in enumerate(tests, 1)))
        process.end_suite(f"s{number}", "FAIL", name, setup=wire.Phase(name, "FAIL", 1.0))
    body = {"process": "0", "first_seq": process.seq, "events": [], "now": {"keywords": list(NAMES.values())}}
    reporter.call("POST", f"/api/v1/runs/{process.run}/events", body)
    return process.run


def metadata(name: str) -> dict[str, Any]:
    """Of a run."""
    short = name[:1000]
    return {
        "host": short,
        "commit": short,
        "branch": short,
        "repository": short,
        "labels": {name[:5000]: name[:5000] for name in NAMES.values()},
        "build": wire.Build(name, URLS[-1], name, name),
        "robot_version": name,
        "platform": name,
    }


@pytest.fixture(scope="module")
def by_robot(wall: Dashboard, tmp_path_factory: pytest.TempPathFactory) -> str:
    run = run_robot(
        HERE / "stranger.robot",
        *("--prerunmodifier", str(HERE / "named_by_a_stranger.py"), "--pythonpath", str(HERE.parents[1])),
        *("--log", "NONE", "--report", "NONE"),
        cwd=tmp_path_factory.mktemp("robot"),
        url=wall.url,
        setup=NAMES["image"],
        env={
            "LIVEWALL_BRANCH": NAMES["script"],
            "LIVEWALL_LABELS": f"os={NAMES['script']},{NAMES['right to left']}={NAMES['entities']}",
            "LIVEWALL_REPOSITORY": URLS[0],
        },
    )
    row = wait_for(lambda: verified(wall, run.run_id), what=f"the run to be verified\n{run.console[-2000:]}")
    assert row["counts"]["failed"] == len(NAMES) + 1
    return run.run_id


def verified(wall: Dashboard, run: str) -> Any:
    row = wall.get(f"/api/v1/runs/{run}")
    return row if row["verification"] == "verified" else None


def require_harmless(page: Page, *, wide: bool = False) -> None:
    """`wide`: the page may be scrolled sideways, as a table of data."""
    assert page.evaluate(STRANGE) == []
    assert set(page.locator("a[href]").evaluate_all(PROTOCOLS)) <= {"http:", "https:"}
    assert page.locator("a[href*='//evil']").count() == 0
    assert page.evaluate("top.caught === undefined && Object.keys(Object.prototype).length === 0")
    assert page.context.cookies() == []
    if not wide:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.evaluate(CUT)
        assert page.evaluate(CUT) == []


@pytest.mark.parametrize("size", [(1920, 1080), PHONE])
@pytest.mark.parametrize("address", ["/", "/?view=table", f"/?group={quote(NAMES['double quote'])}"])
def test_the_wall(
    wall: Dashboard, by_requests: str, by_robot: str, open_screen: OpenScreen, address: str, size: tuple[int, int]
) -> None:
    screen = open_screen(wall.url + address, size=size)
    expect(screen.page.locator("#connection")).to_contain_text("Live")
    expect(screen.page.locator("main .name, main tbody th").first).to_be_visible()
    assert screen.page.evaluate(ENDLESS) == []
    if "group" not in address:
        shown = tuple(clean(name) for name in screen.names())
        for name in NAMES.values():
            assert any(text.startswith(clean(name[:40])) for text in shown), name
    require_harmless(screen.page)


@pytest.mark.parametrize("size", [(1920, 1080), PHONE])
@pytest.mark.parametrize("which", ["requests", "robot"])
def test_the_page_of_a_run(
    wall: Dashboard, by_requests: str, by_robot: str, open_screen: OpenScreen, which: str, size: tuple[int, int]
) -> None:
    run = by_requests if which == "requests" else by_robot
    page = open_screen(f"{wall.url}/runs/{run}", size=size).page
    titles = page.locator(".test-list .test-title")
    expect(titles).to_have_count(len(NAMES) + (which == "robot"))
    assert clean(NAMES["script"]) in {clean(title) for title in titles.all_text_contents()}
    page.evaluate("document.querySelectorAll('details').forEach((node) => { node.open = true })")
    require_harmless(page)


@pytest.mark.parametrize("size", [(1920, 1080), PHONE])
def test_the_list_of_runs(
    wall: Dashboard, by_requests: str, by_robot: str, open_screen: OpenScreen, size: tuple[int, int]
) -> None:
    page = open_screen(f"{wall.url}/runs", size=size).page
    expect(page.locator("#runs a").first).to_be_visible()
    require_harmless(page)
    assert page.evaluate(ENDLESS) == []
    page.goto(f"{wall.url}/runs?setup={quote(NAMES['script'])}&branch={quote(NAMES['script'])}")
    expect(page.locator("#runs a").first).to_be_visible()
    require_harmless(page)


@pytest.mark.parametrize("kind", ["double quote", "right to left", "lines"])
def test_the_history_of_a_test(wall: Dashboard, by_requests: str, open_screen: OpenScreen, kind: str) -> None:
    longname = f"{NAMES[kind]}.{NAMES[kind]}"
    page = open_screen(f"{wall.url}/tests?longname={quote(longname)}").page
    expect(page.locator("#history .badge").first).to_be_visible()
    require_harmless(page)


def test_the_builds_of_a_setup(wall: Dashboard, by_requests: str, open_screen: OpenScreen) -> None:
    page = open_screen(f"{wall.url}/?builds={JOBS_OF}").page
    expect(popup(page).locator(".build")).not_to_have_count(0, timeout=60_000)
    page.evaluate("document.querySelectorAll('details').forEach((node) => { node.open = true })")
    require_harmless(page)


@pytest.mark.parametrize("kind", ["end of everything", "double quote"])
def test_an_address_that_is_an_attack(wall: Dashboard, open_screen: OpenScreen, kind: str) -> None:
    name = quote(NAMES[kind], safe="")
    page = open_screen(f"{wall.url}/runs/{name}", expects_error=404).page
    for address in (
        f"/runs/{name}?status={name}&tag={name}&q={name}#{name}",
        f"/{name}?{name}={name}",
        f"/?theme={name}&view={name}&order={name}&group={name}&builds={name}#{name}",
        f"/tests?longname={name}&setup={name}&branch={name}",
        f"/runs?setup={name}&state={name}",
    ):
        page.goto(wall.url + address)
        expect(page.locator("main > *").first).to_be_attached()
        require_harmless(page)


def test_the_door_of_a_private_wall(
    make_dashboard: Callable[..., Dashboard], database_url: str, open_screen: OpenScreen
) -> None:
    """With a token of a hostile name, hostile input and a hostile way on."""
    database, named = Database(database_url), NAMES["end of everything"][:100]
    tokens = TokenStore(database)
    tokens.create("nodes", "ingest")
    reading = tokens.create(named, "read")
    database.close()
    wall = make_dashboard(extra_args=["--require-tokens"]).start()
    screen = open_screen(f"{wall.url}/login?next={quote(NAMES['double quote'])}", expects_error=401)
    page = screen.page
    for name in ("script", "double quote", "right to left"):
        page.get_by_label("Token").fill(NAMES[name][:200])
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_be_visible()
        assert page.evaluate("top.caught === undefined")
    page.get_by_label("Token").fill(reading)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#connection")).to_contain_text("Live")
    expect(page.locator(".foot")).to_contain_text(named)
    assert page.evaluate(STRANGE) == []
    for address in (URLS[0], URLS[3], "//evil.example/", "/\\evil.example/", "https://evil.example/"):
        page.goto(f"{wall.url}/login?next={quote(address)}")
        expect(page.get_by_role("heading", name="You are signed in")).to_be_visible()
        assert page.locator("main a").first.get_attribute("href") == "/"
    wall.stop()


def test_these_tests_would_see_an_attack(wall: Dashboard, browser: Any) -> None:
    screen = Screen(browser, f"{wall.url}/runs")
    screen.page.evaluate("name => document.querySelector('main').insertAdjacentHTML('beforeend', name)", NAMES["image"])
    wait_for(lambda: reported(screen), what="a report of the policy")
    assert screen.page.evaluate("top.caught === undefined"), "the policy lets the scripts of markup run"
    with pytest.raises(AssertionError):
        require_harmless(screen.page)
    screen.close()


def reported(screen: Screen) -> bool:
    screen.page.evaluate("1")  # the browser's messages come in meanwhile
    return any("policy: script-src" in complaint for complaint in screen.complaints)


def clean(text: str) -> str:
    """A text as it can be compared: without the spaces and controls that HTML or XML treat as they like."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]+", "", text)
