"""The dashboard is killed, stopped, started twice: at the run's end Postgres equals output.xml, nothing twice."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from support.dashboard import Dashboard
from support.lab import Lab, resend
from support.steady import LONG, SteadyRun
from support.waiting import wait_for

SEED = 20261122
WORDS = "Another dashboard records into this database"
HOLDER = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.soak)])
def test_killed_at_random_moments(own_lab: Lab, steady: Callable[..., SteadyRun], kills: int) -> None:
    lab, moments = own_lab, random.Random(SEED)
    run = steady(lab)
    for _ in range(kills - 1):
        _at_any_moment(moments)
        lab.dashboard.kill()
        assert run.robot.process.poll() is None, "the run ended before the last kill"
        lab.dashboard.start()
    before = run.done
    lab.dashboard.restart()  # well, by SIGTERM
    assert run.tile["state"] in ("running", "stale"), "the wall knows open runs right after its start"
    assert run.done >= before
    run.goes_on()
    run.let_go()
    wait_for(lambda: "Second" in run.robot.console, LONG, "the end to come near")
    lab.dashboard.kill()
    lab.dashboard.start()
    finished = run.robot.finish()
    resend(lab, finished.spool)
    held = lab.holds(finished)
    assert held.total > 50 and held.failed and held.skipped
    steady(lab).holds()


def test_two_on_one_database_by_mistake(
    own_lab: Lab, make_dashboard: Callable[..., Dashboard], steady: Callable[..., SteadyRun], tmp_path: Path
) -> None:
    """The second says what is wrong, and hurts nobody.

    Not even where it gets hold of the database: the first stands still (its machine is suspended), Postgres drops its
    line, and then it wakes up.
    """
    first, run = own_lab.dashboard, steady(own_lab)
    second = make_dashboard().start(wait=False)
    assert second.process is not None and second.process.wait(LONG) == 2
    assert WORDS in second.log and "Stop it first" in second.log and "Traceback" not in second.log
    run.is_stored_further("beside one that was refused")
    assert first.process is not None
    os.killpg(first.pid, signal.SIGSTOP)
    try:
        _drop_the_recorders_line(first.database_url)
        second = make_dashboard(data=tmp_path / "second").start()
    finally:
        os.killpg(first.pid, signal.SIGCONT)
    wait_for(lambda: WORDS in first.request("GET", "/healthz")[1].decode(), LONG, "the first to see what is wrong")
    run.goes_on("on a wall that records nothing")
    second.stop()
    run.is_stored_further("once the other one is gone")
    assert first.healthy()
    run.holds()
    first.stop()
    assert first.log.count(WORDS) == 1, "said once, not at each attempt"


def test_a_lost_line_to_the_database_is_replaced(own_lab: Lab, steady: Callable[..., SteadyRun]) -> None:
    run = steady(own_lab)
    for _ in range(3):
        _drop_the_recorders_line(own_lab.dashboard.database_url)
        run.is_stored_further()
    run.holds()


def _drop_the_recorders_line(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        (holder,) = connection.execute(f"{HOLDER} AND database = {_OURS}").fetchone() or (None,)
        assert holder is not None
        connection.execute("SELECT pg_terminate_backend(%s)", [holder])
        wait_for(
            lambda: (holder,) not in connection.execute(HOLDER).fetchall(), what="Postgres to drop the line", pause=0.01
        )


_OURS = "(SELECT oid FROM pg_database WHERE datname = current_database())"


def _at_any_moment(moments: random.Random) -> None:
    """There is nothing to wait for: the moment of a fault is meant to be any moment."""
    time.sleep(moments.uniform(0.02, 0.8))
