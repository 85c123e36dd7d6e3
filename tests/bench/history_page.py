"""The timeline of a test with 5,000 points in Chromium: its first picture, and what a step of a pan costs the page."""

from __future__ import annotations

from urllib.parse import urlencode

from playwright.sync_api import CDPSession, Page

from . import events
from .made_history import SETUPS, fill
from .measurement import Measurement, median, number, over_rounds
from .screens import chromium_page
from .stage import Stage
from .wall import wait_for_value

POINTS, TESTS = 5000, 4
PICTURES, PANS = 5, 5
STEPS, STEP = 40, 40
"""Of a pan; pixels of each."""
FIRST_PICTURE = """() => {
  window.firstPicture = null;
  const draw = CanvasRenderingContext2D.prototype.drawImage;
  CanvasRenderingContext2D.prototype.drawImage = function (...given) {
    if (window.firstPicture === null && this.canvas.classList?.contains("tl-canvas")) {
      window.firstPicture = undefined;
      requestAnimationFrame(() => { window.firstPicture = performance.now() });
    }
    return draw.apply(this, given);
  };
}"""
PAN = f"""async () => {{
  const scroll = document.querySelector(".tl-scroll");
  const frame = () => new Promise(done => requestAnimationFrame(done));
  const way = scroll.scrollLeft > {STEPS * STEP} ? -{STEP} : {STEP};
  for (let step = 0; step < {STEPS}; step++) {{
    scroll.scrollLeft += way;
    await frame();
  }}
}}"""


def measure(stage: Stage) -> Measurement:
    pictures: list[float] = []
    with stage.dashboard() as dashboard:
        fill(dashboard.database_url, 1, POINTS, TESTS)
        asked = urlencode({"longname": f"Bench.{events.name(1)}", "limit": POINTS // SETUPS})
        for _ in range(PICTURES):
            with chromium_page() as page:  # a browser of its own each time: nothing is cached
                page.add_init_script(f"({FIRST_PICTURE})()")
                page.goto(f"{dashboard.url}/history?{asked}")
                pictures.append(wait_for_value(page, "window.firstPicture"))
                pans = [_pan(page) for _ in range(PANS)] if len(pictures) == PICTURES else []
    return Measurement(
        name="timeline-page",
        title="The timeline on a page",
        how=f"{POINTS:,} points of one test, {POINTS // SETUPS} runs on each of {SETUPS} setups, in a fresh Chromium "
        "of 1920x1080: from the start of navigation to the frame in which the first of them are drawn, "
        f"{PICTURES} times; then {PANS} pans of {STEPS} steps of {STEP} pixels, a frame each, and all that the page's "
        "main thread does meanwhile.",
        checks=[over_rounds("timeline-picture", pictures), over_rounds("timeline-pan", pans)],
        table=[
            ["what", "median", "worst"],
            ["first picture", f"{median(pictures):.0f} ms", f"{max(pictures):.0f} ms"],
            ["main thread, a step of a pan", f"{number(median(pans))} ms", f"{number(max(pans))} ms"],
        ],
        raw={"pictures": pictures, "pans": pans},
    )


def _pan(page: Page) -> float:
    """Milliseconds of the main thread for a step."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    before = _task_time(session)
    page.evaluate(PAN)
    return 1000 * (_task_time(session) - before) / STEPS


def _task_time(session: CDPSession) -> float:
    """Seconds that tasks of the main thread have taken."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(float(each["value"]) for each in metrics if each["name"] == "TaskDuration")
