"""`make media`: takes the pictures of the README and the documentation from the running program.

Most are of `livewall demo`; it waits for a wall worth a picture: setups that run, pass, fail, are silent, and estimates
from an earlier round. That of the latest builds is of a wall before the recorded Jenkins of the tests.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, Playwright, sync_playwright

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))
HEIGHTS = {"history": 620, "compare": 560, "agents": 420, "branches": 420}
"""Of pages that the demo does not fill."""
WORTH_IT_WITHIN = 600.0
ARGUMENTS = ["--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", help="a demo that runs already; default: start one")
    parser.add_argument("--out", type=Path, default=HERE, help="folder for the pictures")
    parser.add_argument("--only", choices=["demo", "pipelines"], help="these pictures alone")
    given = parser.parse_args()
    if given.only != "demo":
        take_pipelines(given.out)
    if given.only == "pipelines":
        return
    if given.url:
        take(given.url.rstrip("/"), given.out)
        return
    with demo() as url:
        take(url, given.out)


@contextmanager
def demo() -> Iterator[str]:
    """URL of a demo with a new database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = Path(tempfile.mkdtemp(prefix="livewall-media-"))
    command = [sys.executable, "-m", "livewall_dashboard", "demo", "--port", str(port), "--data", str(data / "demo")]
    process = subprocess.Popen(command, start_new_session=True)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()
        shutil.rmtree(data, ignore_errors=True)


def take_pipelines(out: Path) -> None:
    from pipelines import SETUP, pipelines  # noqa: PLC0415  # it needs the tests' support, the others do not

    folder = Path(tempfile.mkdtemp(prefix="livewall-media-"))
    try:
        with pipelines(folder) as url, sync_playwright() as playwright:
            browser = launch(playwright)
            picture(browser, f"{url}/?theme=dark&builds={SETUP}", out / "jenkins_pipelines.png", 1600, 1000)
            browser.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def launch(playwright: Playwright) -> Browser:
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        sys.exit("Chromium is not installed.")
    arguments = [*ARGUMENTS, "--no-sandbox"] if os.geteuid() == 0 else ARGUMENTS
    return playwright.chromium.launch(executable_path=path, args=arguments)


def take(url: str, out: Path) -> None:
    """All pictures of the wall at `url`, into the folder `out`."""
    wait("a wall worth a picture", lambda: worth_a_picture(get(f"{url}/api/v1/live")["setups"]))
    failed = wait("a failed run", lambda: failed_run(get(f"{url}/api/v1/runs?limit=100")["runs"]))
    nights = get(f"{url}/api/v1/runs?suite=Nightly&limit=200")["runs"]
    with sync_playwright() as playwright:
        browser = launch(playwright)
        picture(browser, f"{url}/?theme=dark", out / "current_view.png", 1920, 1080)
        picture(browser, f"{url}/runs/{failed}?theme=dark", out / "run_page.png", 1440, 1000)
        picture(browser, f"{url}/?theme=dark", out / "phone.png", 390, 844, mobile=True)
        for name, path in history_pages(url, nights).items():
            picture(browser, f"{url}{path}&theme=dark", out / f"{name}.png", 1440, HEIGHTS.get(name, 900))
        for name in ("jobs", "agents", "reports", "branches"):
            picture(browser, f"{url}/{name}?theme=dark", out / f"{name}.png", 1440, HEIGHTS.get(name, 700))
        browser.close()


def history_pages(url: str, nights: list[dict[str, Any]]) -> dict[str, str]:
    """What the made month shows: each page by the name of its picture."""
    broken = next(run for run in nights if run["state"] == "finished" and 1 <= run["counts"]["failed"] <= 3)
    (test, *_) = get(f"{url}/api/v1/runs/{broken['id']}/tests?outcome=failed&limit=1")["tests"]
    longname = urlencode({"longname": test["longname"]})
    return {
        "history": "/history?suite=Nightly",
        "test_page": f"/tests?{longname}",
        "grid": "/history/grid?suite=Nightly",
        "compare": f"/compare?right={broken['id']}",
    }


def picture(browser: Browser, url: str, path: Path, width: int, height: int, *, mobile: bool = False) -> None:
    page = browser.new_page(
        reduced_motion="reduce",  # no tile half-way
        viewport={"width": width, "height": height},
        device_scale_factor=2 if mobile else 1,
        is_mobile=mobile,
        color_scheme="dark",
    )
    page.goto(url)
    page.wait_for_load_state("load")
    page.wait_for_timeout(3000)  # fonts, the first frames, and durations that have begun to tick
    page.screenshot(path=path)
    page.close()
    print(f"{path.name}: {path.stat().st_size // 1024} kB")


def worth_a_picture(tiles: list[dict[str, Any]]) -> bool:
    running = [tile for tile in tiles if tile["state"] == "running" and tile["test"]]
    estimated = [tile for tile in running if tile["eta"]]
    failing = [tile for tile in tiles if tile["failures"]]
    silent = [tile for tile in tiles if tile["state"] in ("stale", "abandoned")]
    idle_and_well = [tile for tile in tiles if tile["state"] == "idle" and tile["status"] == "PASS"]
    return len(running) >= 6 and len(estimated) >= 4 and 2 <= len(failing) <= 6 and bool(silent and idle_and_well)


def failed_run(runs: list[dict[str, Any]]) -> str | None:
    """The finished run with the most to see: some failures, among many tests."""
    worth = [run for run in runs if run["state"] == "finished" and run["counts"]["failed"]]
    worth.sort(key=lambda run: (min(run["counts"]["failed"], 3), run["counts"]["total"]))
    return worth[-1]["id"] if worth else None


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as reply:
        return json.load(reply)


def wait(what: str, look: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + WORTH_IT_WITHIN
    while time.monotonic() < deadline:
        try:
            found = look()
        except OSError:
            found = None
        if found:
            return found
        time.sleep(0.5)
    sys.exit(f"No {what} within {WORTH_IT_WITHIN:g} s.")


if __name__ == "__main__":
    main()
