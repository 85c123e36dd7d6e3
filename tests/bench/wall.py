"""From an event to a changed pixel, and the wall's first picture, with 200 setups running."""

from __future__ import annotations

import http.client
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

from playwright.sync_api import Page

from support.dashboard import Dashboard
from support.waiting import wait_for

from . import events
from .ingest import announce
from .load import Client, Node, post
from .measurement import Check, Measurement, median, percentile
from .screens import chromium_page, plain_screens
from .stage import Stage

SETUPS, SCREENS, PROBES = 200, 20, 200
PROBE = "probe"
TESTS = 400
SEED = 1

WATCH = """node => {
  window.changes = [];
  const seen = () => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();  // its message comes after the frame has been drawn
      channel.port1.onmessage = () => window.changes.push(performance.timeOrigin + performance.now());
      channel.port2.postMessage(0);
    });
  };
  new MutationObserver(seen).observe(node, {childList: true, characterData: true, attributes: true, subtree: true});
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
    ours, echo = _wall(stage), _echo(stage)
    rows = [["what", "median", "95 %", "99 %", "worst"]]
    for name, times in (("livewall", ours), ("bare Socket.IO echo", echo)):
        figures = (median(times), percentile(times, 0.95), percentile(times, 0.99), max(times))
        rows.append([name, *(f"{figure:.0f} ms" for figure in figures)])
    return Measurement(
        name="latency",
        title="Event to changed pixel",
        how=f"{SETUPS} setups running and reporting an event a second each, {SCREENS} screens, one of them a page of "
        f"1920x1080 in Chromium on the same machine; {PROBES} events at random moments, from before the request that "
        "brings the event until after the frame in which the tile's progress bar has moved. Beside it a Flask endpoint "
        "that emits what it gets to as many screens, with as many empty requests a second going on.",
        checks=[
            Check("event to changed pixel, median", median(ours), 30, "ms"),
            Check("the same, to a bare Socket.IO echo", median(ours) / median(echo), 3, "x"),
            Check("the same, 99 %", percentile(ours, 0.99), 60, "ms"),
        ],
        table=rows,
        raw={"livewall": ours, "echo": echo},
    )


def _wall(stage: Stage) -> list[float]:
    """Milliseconds of each probe on the wall."""
    with _running_lab(stage) as dashboard, plain_screens(dashboard.port, SCREENS - 1), chromium_page() as page:
        announce(dashboard, PROBE)
        # None fails: a second failure does not change a bar that shows the first one larger than it is.
        results = events.results(PROBES, starts=False, fails=False)
        bodies = events.batches([*events.opening(PROBES), *results], 1)
        requests = [post(f"/api/v1/runs/{PROBE}/events", body) for body in bodies]
        opening, probes = requests[: len(requests) - PROBES], requests[len(requests) - PROBES :]
        outcome = Client(dashboard.port, [Node(opening)]).run()
        assert not outcome.refused, outcome.refused
        page.goto(dashboard.url)
        tile = page.locator(".tile", has_text=PROBE)
        tile.locator(".track").wait_for()
        return _probe(page, tile.locator(".track"), dashboard.port, probes)


def _echo(stage: Stage) -> list[float]:
    with stage.bare_server() as url:
        port = int(url.rpartition(":")[2])
        with (
            _background(port, [post("/empty", b"{}")] * TESTS),
            plain_screens(port, SCREENS - 1),
            chromium_page() as page,
        ):
            page.goto(url)
            page.wait_for_function("window.connected")
            probes = [post("/echo", f"probe {number}".encode()) for number in range(PROBES)]
            return _probe(page, page.locator("#text"), port, probes)


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
        seen = _wait(page, f"window.changes[{number - 1}]")
        times.append(seen - sent * 1000)
        line.close()
    return times


@contextmanager
def _running_lab(stage: Stage) -> Iterator[Dashboard]:
    """A dashboard with `SETUPS` runs that report an event a second each."""
    with stage.dashboard() as dashboard:
        setups = [f"vm-{number}" for number in range(SETUPS)]
        for setup in setups:
            announce(dashboard, setup)
        run = list(events.batches([*events.opening(TESTS), *events.results(TESTS)], 1))
        with _background(dashboard.port, lambda n: [post(f"/api/v1/runs/{setups[n]}/events", body) for body in run]):
            wait_for(
                lambda: all(tile["counts"]["passed"] for tile in dashboard.get("/api/v1/live")["setups"]),
                what="all to run",
            )
            yield dashboard


@contextmanager
def _background(port: int, requests: Callable[[int], list[bytes]] | list[bytes]) -> Iterator[None]:
    """`SETUPS` nodes that send a request a second each, out of step, until the end."""
    moments = random.Random(SEED)
    nodes = [
        Node(requests(number) if callable(requests) else requests, interval=1.0, first=moments.random())
        for number in range(SETUPS)
    ]
    process = get_context("fork").Process(target=lambda: Client(port, nodes).run(), daemon=True)
    process.start()
    try:
        time.sleep(1)  # one round of all nodes
        yield
        assert process.is_alive(), "the nodes had nothing left to send"
    finally:
        process.kill()
        process.join()


def measure_page(stage: Stage) -> Measurement:
    times, sizes = [], []
    with _running_lab(stage) as dashboard:
        for _ in range(5):
            with chromium_page() as page:  # a browser of its own each time: nothing is cached
                size = _count_bytes(page)
                page.add_init_script(f"({FIRST_TILES % SETUPS})()")
                page.goto(dashboard.url)
                times.append(_wait(page, "window.firstTiles"))
                sizes.append(size())
    return Measurement(
        name="page",
        title="The wall page, cold",
        how=f"A fresh Chromium opens the wall of {SETUPS} running setups: from the start of navigation to the frame "
        "in which all tiles are there, and the bytes of all replies as they came over the line. Medians of 5.",
        checks=[
            Check(f"wall page, cold, {SETUPS} setups, first tiles", median(times), 1000, "ms"),
            Check("the same, bytes over the line", median(sizes) / 1000, 150, "kB"),
        ],
        table=[
            ["what", "median", "worst"],
            ["first tiles", f"{median(times):.0f} ms", f"{max(times):.0f} ms"],
            ["over the line", f"{median(sizes) / 1000:.0f} kB", f"{max(sizes) / 1000:.0f} kB"],
        ],
        raw={"milliseconds": times, "bytes": sizes},
    )


def _wait(page: Page, expression: str) -> float:
    """The value of an expression in the page once it has one; looked at seldom, so as not to disturb."""
    return float(wait_for(lambda: page.evaluate(expression), what=expression, pause=0.02))


def _count_bytes(page: Page) -> Callable[[], float]:
    received: list[float] = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    return lambda: sum(received)
