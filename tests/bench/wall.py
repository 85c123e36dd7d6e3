"""From an event to a changed pixel, and the wall's first picture, with 200 setups running."""

from __future__ import annotations

import http.client
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from playwright.sync_api import Page

from support.dashboard import Dashboard
from support.waiting import wait_for

from . import events
from .ingest import announce
from .load import Client, Node, Sending, post
from .measurement import Check, Measurement, in_turn, median, over_rounds, percentile, ratios
from .screens import chromium_page, plain_screens
from .stage import BareServer, Stage

SETUPS, SCREENS = 200, 20
ROUNDS, PROBES = 4, 50
FAILING = 20
"""Setups of a lab that fail with their first test."""
ANOTHER_EACH = 5
"""Tests, of two seconds each, until another setup fails for the first time."""
FAIL_IN_TURN = f"{FAILING} of which have failed at the beginning, and every {2 * ANOTHER_EACH} seconds another does"
BURSTS = 2
BURST_AFTER = 2
"""Seconds, at least, after the nodes have gone on; all have failed two seconds later."""
PROBES_OF_NEW = 10
"""Of a page that has just been opened: it compiles its scripts beside its first pictures, and is told apart."""
PROBE = "probe"
TESTS = 400
SEED = 1
AT_REST_AFTER = 3.0
"""Seconds until a page that was opened is one that hangs on a wall for weeks."""

WATCH = """node => {
  window.watching?.disconnect();
  window.changes = [];
  const seen = () => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();  // its message comes after the frame has been drawn
      channel.port1.onmessage = () => window.changes.push(performance.timeOrigin + performance.now());
      channel.port2.postMessage(0);
    });
  };
  window.watching = new MutationObserver(seen);
  window.watching.observe(node, {childList: true, characterData: true, attributes: true, subtree: true});
}"""
WATCH_TASKS = """() => {
  window.tasks = [];  // the browser counts those of more than 50 ms as long
  new PerformanceObserver(list => window.tasks.push(...list.getEntries().map(task => task.duration)))
    .observe({type: "longtask"});
}"""
FIRST_TILES = """() => {
  window.firstTiles = null;
  new MutationObserver((_, observer) => {
    if (document.querySelectorAll(".tile").length < %d) return;
    observer.disconnect();
    requestAnimationFrame(() => { window.firstTiles = performance.now() });
  }).observe(document, {childList: true, subtree: true});
}"""


def measure_latency(stage: Stage) -> Measurement:
    ours, echo, burst = Pictures([]), Pictures([]), Pictures([])
    with running_lab(stage) as lab, stage.bare_server() as bare:
        probes = _probes(lab.dashboard)
        with (
            plain_screens(lab.dashboard.port, SCREENS - 1),
            plain_screens(bare.port, SCREENS - 1),
            chromium_page() as page,
        ):
            for round_ in range(ROUNDS):
                mine = probes[round_ * len(probes) // ROUNDS : (round_ + 1) * len(probes) // ROUNDS]
                for side in in_turn(round_, ours, echo):
                    side.times.append(_on_wall(lab, page, mine, ours) if side is ours else _on_echo(bare, page))
    for _ in range(BURSTS):
        burst.times.append(_in_burst(stage, burst))
    share = ratios([median(each) for each in ours.times], [median(each) for each in echo.times])
    return Measurement(
        name="latency",
        title="Event to changed pixel",
        how=f"{SETUPS} setups running and reporting an event a second each, {FAIL_IN_TURN}; "
        f"{SCREENS} screens, one of them a page of "
        f"1920x1080 in Chromium on the same machine; {ROUNDS} times {PROBES} events at random moments, the first "
        f"{AT_REST_AFTER:g} s after a page was opened, from before "
        "the request that brings the event until after the frame in which the tile's progress bar has moved. In turn "
        "with it a Flask endpoint that emits what it gets to as many screens, with as many empty requests a second "
        f"going on. Tasks of the page's main thread above 50 ms meanwhile: {_tasks(ours.tasks)}. And what no budget is "
        f"about, the switch that dies: {BURSTS} times {PROBES} events, among them those of the two seconds in "
        f"which all setups fail for the first time; tasks meanwhile: {_tasks(burst.tasks)}.",
        checks=[
            Check("pixel-median", median(ours.all), *_ends([median(each) for each in ours.times])),
            over_rounds("pixel-of-echo", share),
            Check("pixel-p99", percentile(ours.all, 0.99), *_ends([percentile(each, 0.99) for each in ours.times])),
            Check("long-tasks", len(ours.tasks)),
        ],
        table=[
            ["what", "median", "95 %", "99 %", "worst"],
            _row("livewall", ours.all),
            _row("livewall, page just opened", ours.of_new),
            _row("livewall, and all setups fail at once", burst.all),
            _row("bare Socket.IO echo", echo.all),
        ],
        raw={
            "livewall": ours.times,
            "just opened": ours.of_new,
            "all fail": burst.times,
            "echo": echo.times,
            "tasks": ours.tasks,
            "tasks, all fail": burst.tasks,
        },
    )


@dataclass
class Pictures:
    """Milliseconds of each probe, by round, and of those on pages just opened; and of the page's tasks above 50 ms."""

    times: list[list[float]]
    of_new: list[float] = field(default_factory=list)
    tasks: list[float] = field(default_factory=list)

    @property
    def all(self) -> list[float]:
        return [each for times in self.times for each in times]


def _ends(values: list[float]) -> tuple[float, float]:
    return min(values), max(values)


def _row(name: str, times: list[float]) -> list[str]:
    figures = (median(times), percentile(times, 0.95), percentile(times, 0.99), max(times))
    return [name, *(f"{figure:.0f} ms" for figure in figures)]


def _tasks(tasks: list[float]) -> str:
    return f"{len(tasks)}, the longest {max(tasks):.0f} ms" if tasks else "none"


def _probes(dashboard: Dashboard) -> list[bytes]:
    """Requests of a run whose setup has begun, one for each picture."""
    announce(dashboard, PROBE)
    count = (PROBES_OF_NEW + PROBES) * ROUNDS
    # None fails: a second failure does not change a bar that shows the first one larger than it is.
    results = events.results(count, starts=False, first_failure=None)
    bodies = events.batches([*events.opening(count), *results], 1)
    requests = [post(f"/api/v1/runs/{PROBE}/events", body) for body in bodies]
    outcome = Client(dashboard.port, [Node(requests[:-count])]).run()
    assert not outcome.refused, outcome.refused
    return requests[-count:]


def _on_wall(lab: Lab, page: Page, probes: list[bytes], pictures: Pictures) -> list[float]:
    with lab.reporting():
        track = _open(page, lab)
        pictures.of_new += _probe(page, track, lab.dashboard.port, probes[:PROBES_OF_NEW])
        time.sleep(AT_REST_AFTER)
        times = _probe(page, track, lab.dashboard.port, probes[PROBES_OF_NEW:])
        pictures.tasks += page.evaluate("window.tasks")
        page.goto("about:blank")
    return times


def _in_burst(stage: Stage, pictures: Pictures) -> list[float]:
    """In a lab of its own, none of whose setups has failed before."""
    with running_lab(stage, fails=False) as lab:
        probes = _probes(lab.dashboard)[:PROBES]
        with plain_screens(lab.dashboard.port, SCREENS - 1), chromium_page() as page:
            with lab.reporting():
                track = _open(page, lab)
                time.sleep(AT_REST_AFTER)
            page.evaluate("window.tasks.length = 0")
            lab.fail_together()
            with lab.reporting():
                times = _probe(page, track, lab.dashboard.port, probes)
                pictures.tasks += page.evaluate("window.tasks")
        failed = [tile for tile in lab.dashboard.get("/api/v1/live")["setups"] if tile["counts"]["failed"]]
        assert len(failed) == SETUPS, f"only {len(failed)} setups failed while it was measured"
    return times


def _open(page: Page, lab: Lab) -> Any:
    """-> the progress bar of the setup whose pictures are awaited."""
    page.goto(lab.dashboard.url)
    track = page.locator(".tile", has_text=PROBE).locator(".track")
    track.wait_for()
    page.evaluate(WATCH_TASKS)
    return track


def _on_echo(bare: BareServer, page: Page) -> list[float]:
    with reporting(bare.port, [[post("/empty", b"{}")] * TESTS] * SETUPS):
        page.goto(bare.url)
        page.wait_for_function("window.connected")
        time.sleep(AT_REST_AFTER)
        probes = [post("/echo", f"probe {number}".encode()) for number in range(PROBES)]
        times = _probe(page, page.locator("#text"), bare.port, probes)
        page.goto("about:blank")
    return times


def _probe(page: Page, where: Any, port: int, requests: list[bytes]) -> list[float]:
    """Send one request after the other and take from each to the picture that shows it."""
    where.evaluate(WATCH)
    moments = random.Random(SEED)
    line = http.client.HTTPConnection("127.0.0.1", port)
    times = []
    for number, request in enumerate(requests, 1):
        time.sleep(moments.uniform(0.02, 0.12))  # any moment of the server's ticks and of the screen's frames
        sent = time.time()
        line.connect()
        line.sock.sendall(request)
        seen = wait_for_value(page, f"window.changes[{number - 1}]")
        times.append(seen - sent * 1000)
        line.close()
    return times


class Lab:
    """`SETUPS` runs, each of which has more to report: `left`, by run.

    `fails`: whether the first `FAILING` have a test that fails at once, and then another setup every `ANOTHER_EACH`
    tests.
    """

    def __init__(self, dashboard: Dashboard, *, fails: bool = True) -> None:
        self.dashboard = dashboard
        self._setups = [f"vm-{number}" for number in range(SETUPS)]
        for setup in self._setups:
            announce(dashboard, setup)
        self.left = [
            _requests(setup, 1 + ANOTHER_EACH * max(0, number + 1 - FAILING) if fails else None)
            for number, setup in enumerate(self._setups)
        ]

    def fail_together(self) -> None:
        """All that go on have their first test that fails `BURST_AFTER` seconds later, or a second after that."""
        for number, setup in enumerate(self._setups):
            sent = len(_bodies(None)) - len(self.left[number])
            # Of each test a start and an end follow what opens the run.
            ended = (sent + BURST_AFTER - len(events.opening(TESTS))) // 2
            self.left[number] = _requests(setup, ended + 1)[sent:]

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """An event a second each, going on where they stopped."""
        with reporting(self.dashboard.port, self.left) as nodes:
            yield
        self.left = [node.left for node in nodes]


def _requests(setup: str, first_failure: int | None) -> Sequence[bytes]:
    """`first_failure`: number of its first test that fails, none where it has not so many."""
    if first_failure and first_failure > TESTS:
        first_failure = None
    return [post(f"/api/v1/runs/{setup}/events", body) for body in _bodies(first_failure)]


@cache
def _bodies(first_failure: int | None) -> Sequence[bytes]:
    results = events.results(TESTS, first_failure=first_failure)
    return list(events.batches([*events.opening(TESTS), *results], 1))


@contextmanager
def running_lab(stage: Stage, *, fails: bool = True) -> Iterator[Lab]:
    """A dashboard whose setups have all had a test that passed."""
    with stage.dashboard() as dashboard:
        lab = Lab(dashboard, fails=fails)
        with lab.reporting():
            wait_for(
                lambda: all(tile["counts"]["passed"] for tile in dashboard.get("/api/v1/live")["setups"]),
                what="all to run",
            )
        yield lab


@contextmanager
def reporting(port: int, requests: Sequence[Sequence[bytes]]) -> Iterator[list[Node]]:
    """Nodes that send a request a second each, out of step, meanwhile. -> the nodes as they stand after it."""
    moments = random.Random(SEED)
    sending = Sending(port, [Node(each, interval=1.0, first=moments.random()) for each in requests])
    ended: list[Node] = []
    try:
        time.sleep(1)  # one round of all nodes
        yield ended
        assert not sending.is_done(0), "the nodes had nothing left to send"
    finally:
        outcome, senders = sending.stop()
        ended += [node for node in senders if isinstance(node, Node)]
    assert not outcome.refused, outcome.refused


def measure_page(stage: Stage) -> Measurement:
    times, sizes = [], []
    with running_lab(stage) as lab, lab.reporting():
        for _ in range(5):
            with chromium_page() as page:  # a browser of its own each time: nothing is cached
                size = _count_bytes(page)
                page.add_init_script(f"({FIRST_TILES % SETUPS})()")
                page.goto(lab.dashboard.url)
                times.append(wait_for_value(page, "window.firstTiles"))
                sizes.append(size())
    return Measurement(
        name="page",
        title="The wall page, cold",
        how=f"A fresh Chromium opens the wall of {SETUPS} running setups, {FAIL_IN_TURN}: from the start "
        "of navigation to the frame in which all tiles are there, and the bytes of all replies as they came over the "
        "line. Medians of 5.",
        checks=[
            over_rounds("page-time", times),
            over_rounds("page-size", [size / 1000 for size in sizes]),
        ],
        table=[
            ["what", "median", "worst"],
            ["first tiles", f"{median(times):.0f} ms", f"{max(times):.0f} ms"],
            ["over the line", f"{median(sizes) / 1000:.0f} kB", f"{max(sizes) / 1000:.0f} kB"],
        ],
        raw={"milliseconds": times, "bytes": sizes},
    )


def wait_for_value(page: Page, expression: str) -> float:
    """The value of an expression in the page once it has one; looked at seldom, so as not to disturb."""
    return float(wait_for(lambda: page.evaluate(expression), what=expression, pause=0.02))


def _count_bytes(page: Page) -> Callable[[], float]:
    received: list[float] = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    return lambda: sum(received)
