"""Work beside the requests goes on after any error, has bounds, and says how it is."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from livewall_dashboard.base import background
from livewall_dashboard.base.background import Loop, Worker
from livewall_dashboard.base.errors import Unavailable
from support.waiting import wait_for


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "SHORTEST_PAUSE", 0.01)


class Failing:
    """Fails at its first calls; `calls` counts all."""

    def __init__(self, times: int, error: type[Exception] = RuntimeError) -> None:
        self.calls = 0
        self._times = times
        self._error = error

    def __call__(self, *_: object) -> None:
        self.calls += 1
        if self.calls <= self._times:
            raise self._error("unforeseen")


def test_loops_go_on_after_errors(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    work = Failing(3)
    loop = Loop("sums", work, 0.01)
    loop.start()
    wait_for(lambda: work.calls > 4, what="it to go on")
    loop.stop()
    assert [record.getMessage().partition(" (")[0] for record in caplog.records] == [
        "sums: failed in a way nobody foresaw; it goes on",
        "sums: RuntimeError",
        "sums: works again",
    ]


def test_workers_go_on_with_the_next_item() -> None:
    done: list[int] = []

    def work(item: int) -> None:
        if item == 2:
            raise KeyError(item)
        done.append(item)

    worker: Worker[int] = Worker("lookups", work)
    worker.start()
    for item in (1, 2, 3):
        worker.put(item)
    wait_for(lambda: done == [1, 3], what="the item after the failed one")
    wait_for(lambda: worker.trouble == "", what="it to be well again")
    worker.stop()


def test_workers_drop_and_count_what_is_too_much() -> None:
    going_on = threading.Event()
    worker: Worker[int] = Worker("lookups", lambda _: going_on.wait(30), most=2)
    for item in range(5):
        worker.put(item)
    assert worker.dropped == 3
    worker.start()
    going_on.set()
    worker.stop()


def test_trouble_names_failing_work_and_its_last_success() -> None:
    failing = False

    def work() -> None:
        if failing:
            raise OSError("disk")

    loop = Loop("sums", work, 0.01)
    loop.start()
    assert loop.trouble == ""
    wait_for(lambda: loop._succeeded_at, what="a success")
    failing = True
    wait_for(lambda: loop.trouble.startswith("it fails: OSError; it last succeeded"), what="its trouble")
    loop.stop()
    assert loop.trouble == ""


@pytest.mark.parametrize("kind", [Loop, Worker])
def test_trouble_names_stuck_work(kind: Callable[..., Loop | Worker[int]]) -> None:
    going_on = threading.Event()
    now = 0.0
    made = (
        Loop("sums", lambda: going_on.wait(30), 0.0, clock=lambda: now)
        if kind is Loop
        else Worker("sums", lambda _: going_on.wait(30), clock=lambda: now)
    )
    if isinstance(made, Worker):
        made.put(1)
    made.start()
    wait_for(lambda: made._busy_since is not None, what="it to begin")
    now = 100.0
    assert made.trouble == "it has been at the same work for 100 s"
    going_on.set()
    made.stop()


def test_trouble_names_a_thread_that_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "excepthook", lambda _: None)

    def end() -> None:
        raise SystemExit

    loop = Loop("sums", end, 0.0)
    loop.start()
    wait_for(lambda: loop.trouble == "it has ended; restart the wall", what="its end")


def test_a_database_that_is_away_is_no_failure_of_the_work(caplog: pytest.LogCaptureFixture) -> None:
    work = Failing(3, Unavailable)
    loop = Loop("sums", work, 0.0)
    loop.start()
    wait_for(lambda: work.calls > 3, what="it to go on")
    assert loop.trouble == ""
    loop.stop()
    assert not caplog.records


def test_loops_that_are_woken_work_at_once_and_stop_at_once() -> None:
    work = Failing(0)
    loop = Loop("sums", work, 3600.0)
    loop.start()
    loop.wake()
    wait_for(lambda: work.calls == 1, what="its work")
    loop.stop()
    assert not loop._thread.is_alive()


def test_what_comes_while_a_loop_gathers_is_left_to_the_same_call(monkeypatch: pytest.MonkeyPatch) -> None:
    work, gathers, goes_on = Failing(0), threading.Event(), threading.Event()
    loop = Loop("sums", work, 3600.0, gather=0.01)

    def wait(_: float) -> bool:
        gathers.set()
        return goes_on.wait(10.0)

    monkeypatch.setattr(loop._stopping, "wait", wait)
    loop.start()
    loop.wake()
    assert gathers.wait(10.0)
    loop.wake()
    goes_on.set()
    wait_for(lambda: work.calls or None, what="the call")
    wait_for(lambda: not loop._woken.is_set() or None, what="the loop to rest")
    loop.stop()
    assert work.calls == 1
