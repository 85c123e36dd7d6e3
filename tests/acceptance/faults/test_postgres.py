"""Postgres stops, is read-only, has no connection or no room left: the wall stays live and nothing is lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest

from livewall_dashboard.postgres.embedded import EmbeddedPostgres
from support.dashboard import Dashboard
from support.lab import Lab
from support.postgres import QUICK, Postgres, binaries_from_environment
from support.recorded import Database
from support.small_disk import small_disk, why_no_small_disk
from support.steady import LONG, SteadyRun
from support.waiting import wait_for

FEW = "max_connections = 20"


@pytest.fixture
def server() -> Iterator[Postgres]:
    server = Postgres(binaries_from_environment(), settings=(*QUICK, FEW))
    try:
        server.start()
        yield server
    finally:
        server.remove()


@contextmanager
def stopped(server: Postgres, mode: str) -> Iterator[None]:
    server.stop(mode)
    yield
    server.start()


@contextmanager
def read_only(server: Postgres) -> Iterator[None]:
    """As a standby is, or a server whose administrator said so."""
    _order(server, "ALTER SYSTEM SET default_transaction_read_only = on")
    yield
    _order(server, "ALTER SYSTEM RESET default_transaction_read_only")


@contextmanager
def without_connections(server: Postgres) -> Iterator[None]:
    """Others have all of them; ours were cut off."""
    with ExitStack() as others:
        ours = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'livewall'"
        boss = others.enter_context(psycopg.connect(server.url, autocommit=True))

        def take_all() -> bool:
            boss.execute(ours)
            try:
                others.enter_context(psycopg.connect(server.url, autocommit=True))
            except psycopg.OperationalError:
                left = boss.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'livewall'")
                return left.fetchone() == (0,)
            return False

        wait_for(take_all, LONG, "all connections to be taken", pause=0.0)
        yield


def _order(server: Postgres, command: str) -> None:
    with psycopg.connect(server.url, autocommit=True, options="-c default_transaction_read_only=off") as connection:
        connection.execute(command)  # type: ignore[call-overload]  # literal, above
        connection.execute("SELECT pg_reload_conf()")


@pytest.mark.parametrize("seconds", [0.5, pytest.param(20.0, marks=[pytest.mark.soak, pytest.mark.timeout(900)])])
def test_every_fault_of_postgres(
    server: Postgres, lab_on: Callable[[Postgres], Lab], steady: Callable[..., SteadyRun], seconds: float
) -> None:
    lab = lab_on(server)
    assert lab.dashboard.request("PUT", "/api/v1/runs/other", {"process": "0", "setup": "other"})[0] == 200
    run = steady(lab)
    faults = {
        "stopped at once": (stopped(server, "immediate"), "Postgres does not answer"),
        "restarted": (stopped(server, "fast"), "Postgres does not answer"),
        "read-only": (read_only(server), "Postgres is read-only"),
        "standing still": (server.hanging(), "Postgres is connected, and says nothing"),
        "out of connections": (without_connections(server), "Postgres does not answer"),
    }
    for name, (fault, reason) in faults.items():
        memory = psutil.Process(lab.dashboard.pid).memory_info().rss
        with fault:
            _says(lab.dashboard, reason)
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                run.goes_on(f"while Postgres is {name}")
            _nodes_are_told_to_come_back(lab.dashboard)
            wait_for(lambda: lab.dashboard.metric("nodes_waiting") == 1, LONG, f"the alert's figure: {name}")
            assert lab.dashboard.metric("node_waiting_events") > 0
            assert psutil.Process(lab.dashboard.pid).memory_info().rss < memory + 30e6
        wait_for(lab.dashboard.healthy, LONG, f"the wall to be well after: {name}")
        run.is_stored_further(f"after it was {name}")
        wait_for(lambda: lab.dashboard.metric("nodes_waiting") == 0, LONG, "nothing to wait any more")
    run.holds()
    steady(lab).holds()
    lab.dashboard.stop()


def test_a_full_disk_under_our_own_postgres(
    make_dashboard: Callable[..., Dashboard], tmp_path: Path, steady: Callable[..., SteadyRun]
) -> None:
    """Postgres cannot write, and may end over it; the wall starts it again, and needs nobody once there is room."""
    why_not = why_no_small_disk()
    if why_not:
        pytest.skip(why_not)
    size = 400_000_000
    with small_disk(tmp_path / "disk", size) as disk:
        dashboard = make_dashboard(database_url=None, data=disk.path / "data").start()
        try:
            lab = Lab(dashboard, tmp_path)
            lab.database = Database(str(EmbeddedPostgres.running_url(dashboard.data)))
            run = steady(lab)
            disk.fill()
            _says(dashboard, "Postgres has no room left on its disk")
            run.goes_on("while nothing can be stored")
            disk.resize(size)
            wait_for(dashboard.healthy, LONG, "the wall to be well")
            run.is_stored_further()
            run.holds()
            steady(lab).holds()
            dashboard.stop()
        finally:
            dashboard.kill()


def _says(dashboard: Dashboard, reason: str) -> None:
    """Why it is not well."""

    def look() -> bool:
        status, body, _ = dashboard.request("GET", "/healthz")
        return status == 503 and reason.encode() in body

    wait_for(look, LONG, reason)


def _nodes_are_told_to_come_back(dashboard: Dashboard) -> None:
    loss = {"kind": "lost", "count": 1, "reason": "a test"}
    batch = {"process": "0", "first_seq": 1, "events": [loss]}
    status, body, headers = dashboard.request("POST", "/api/v1/runs/other/events", batch, timeout=LONG)
    assert (status, int(headers["retry-after"]) > 0) == (503, True), (status, body, headers)
