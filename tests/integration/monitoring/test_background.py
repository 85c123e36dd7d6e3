"""/healthz knows every thread that the dashboard starts, and each survives what nobody foresaw."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from flask.testing import FlaskClient

from livewall_dashboard.app import Dashboard
from livewall_dashboard.base import background
from livewall_dashboard.base.settings import Settings
from livewall_dashboard.lab import LabFile
from livewall_dashboard.monitoring.feature import threads_of
from livewall_dashboard.postgres.database import Database
from support.reporter import Reporter, T
from support.waiting import wait_for
from support.walls import thread_of

LIBRARIES = ("livewall-worker", "livewall-scheduler", "pool-")
"""Threads of psycopg's pool, which is well as long as the recorder is."""
CONFIGURATION = (
    '{"setups": [{"name": "vm1", "jobs": ["a"]}], "jenkins": [{"name": "ci", "url": "http://127.0.0.1:9/"}]}'
)


@pytest.fixture
def started(database_url: str, tmp_path: Path) -> set[str]:
    """Names of the threads that a whole dashboard starts."""
    file = tmp_path / "setups_config.json"
    file.write_text(CONFIGURATION)
    before = set(threading.enumerate())
    dashboard = Dashboard(Settings(data=tmp_path), LabFile(file), Database(database_url), async_mode="threading")
    dashboard.start()
    try:
        names = {thread.name for thread in set(threading.enumerate()) - before}
        known = {thread.name for thread in threads_of(dashboard.features)} | {"livewall-recorder"}
    finally:
        dashboard.stop()
    return {name for name in names if not name.startswith(LIBRARIES)} ^ known


def test_every_thread_is_known_to_health(started: set[str]) -> None:
    assert started == set()


WORK = {
    "screens": ("notices", "tell"),
    "ticker": ("intake", "tick"),
    "imports": ("store", "recent_imports"),
    "estimates": ("store", "expected_durations"),
    "broadcast": ("wall", "take_changes"),
}


@pytest.mark.parametrize(("part", "method"), WORK.values(), ids=WORK)
def test_each_survives_an_unforeseen_error(
    make_app: Callable[..., Dashboard],
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    part: str,
    method: str,
) -> None:
    name = request.node.callspec.id
    monkeypatch.setattr(background, "SHORTEST_PAUSE", 0.01)
    app = make_app()
    client = app.flask.test_client()
    app.core.hub._audience._permits["a screen"] = lambda: True
    app.core.hub._audience.waiting_for = lambda _: 0  # type: ignore[method-assign]
    work, failed = getattr(getattr(app.core, part), method), threading.Event()

    def fail(*arguments: object) -> object:
        if threading.current_thread().name != name:
            return work(*arguments)
        failed.set()
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(getattr(app.core, part), method, fail)
    thread_of(app, "imports").wake()
    app.core.publisher.wake()
    app.core.estimates.want("nobody", "0")
    monkeypatch.setattr(app.core.wall, "announced", lambda *_: ("vm1", ["A.B"]))
    monkeypatch.setattr(app.core.wall, "expect", lambda *_: None)
    app.core.estimates.want("nobody", "0")
    assert failed.wait(30)
    wait_for(lambda: f"{name}: it fails: RuntimeError" in reasons(client).get("background", ""), what="/healthz")
    monkeypatch.setattr(getattr(app.core, part), method, work)
    thread_of(app, "imports").wake()
    app.core.publisher.wake()
    app.core.estimates.want("nobody", "0")
    wait_for(lambda: reasons(client) == {}, what="it to go on")


def reasons(client: FlaskClient) -> dict[str, str]:
    reply = client.get("/healthz").json
    assert reply is not None
    return dict(reply["reasons"])


def test_a_run_that_somebody_has_locked_is_said_everywhere(
    app: Dashboard, client: FlaskClient, reporter: Reporter, database_url: str
) -> None:
    reporter.run([T("One")])
    with psycopg.connect(database_url, application_name="careless") as careless:
        careless.execute("SELECT FROM run FOR UPDATE")
        (key,) = careless.execute("SELECT key FROM run").fetchone() or ("",)
        with app.core.lock:
            app.core.recorder.submit_state(key, "abandoned", app.core.clock())
        wait_for(lambda: "careless" in reasons(client).get("database", ""), what="/healthz")
        assert "livewall_runs_put_off 1.0" in client.get("/metrics").text
        assert "livewall_database_available 1.0" in client.get("/metrics").text, "others are stored"
        wait_for(lambda: notices(client), what="the wall's notice")
        (notice,) = notices(client)
        assert notice["kind"] == "database"
        assert notice["text"].startswith(f"The results of run {key} are not stored: process ")
        careless.rollback()
    wait_for(lambda: not notices(client) and reasons(client) == {}, what="all to be well")


def notices(client: FlaskClient) -> list[dict[str, str]]:
    reply = client.get("/api/v1/live").json
    assert reply is not None
    return list(reply["notices"])
