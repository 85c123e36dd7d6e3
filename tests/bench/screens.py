"""Screens of a wall: plain WebSocket clients in a process of their own, and one real page in Chromium."""

from __future__ import annotations

import multiprocessing
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import simple_websocket
from playwright.sync_api import Page, sync_playwright

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
SIZE = {"width": 1920, "height": 1080}


@contextmanager
def plain_screens(port: int, count: int) -> Iterator[None]:
    """`count` clients that take every frame and draw nothing."""
    context = multiprocessing.get_context("spawn")
    ready = context.Semaphore(0)
    process = context.Process(target=_watch_all, args=(port, count, ready), daemon=True)
    process.start()
    try:
        for _ in range(count):
            assert ready.acquire(timeout=30), "a screen did not connect"
        yield
    finally:
        process.terminate()
        process.join()


def _watch_all(port: int, count: int, ready: Any) -> None:
    threads = [threading.Thread(target=_watch, args=(port, ready), daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _watch(port: int, ready: Any) -> None:
    """Engine.IO 4: 0 open, 2 ping, 3 pong, 40 connect."""
    line = simple_websocket.Client(f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket")
    while True:
        packet = line.receive()
        if packet.startswith("0"):
            line.send("40/wall,")
        elif packet.startswith("40/wall"):
            ready.release()
        elif packet.startswith("2"):
            line.send("3")


@contextmanager
def chromium_page() -> Iterator[Page]:
    """A page of the size of a wall, in Chromium of the system or Playwright's.

    The one without a window of its own around the pages is asked for first: all it draws is the page.
    """
    chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(args=list(FLAGS), executable_path=chromium)
        try:
            yield browser.new_page(viewport=SIZE)  # type: ignore[arg-type]
        finally:
            browser.close()
