"""A wall that is asked too often says so: nothing of a real robot's run is lost, and other nodes notice nothing."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from werkzeug.serving import make_server

from livewall_dashboard.access.rate_limits import Limit
from livewall_dashboard.app import Dashboard
from support.answers import Answer
from support.dashboard import Dashboard as Caller
from support.lab import NODE_ZONE, SUITES
from support.oracle import assert_equal, read_output
from support.recorded import read_api
from support.robot import Run, start_robot
from support.waiting import wait_for
from support.walls import wall_on

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


@dataclass
class Wall:
    """A whole dashboard in this process, whose limit for events a test may set. `answers`: statuses by path."""

    app: Dashboard
    calls: Caller
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)

    def limit_events(self, per_second: float, burst: int) -> None:
        limit = Limit("requests about one run", per_second, burst, each_run=True)
        self.app.flask.view_functions["ingest.post_events"].livewall_limit = limit  # type: ignore[attr-defined]

    def statuses(self, run: str) -> Counter[int]:
        return Counter({status: n for (path, status), n in list(self.answers.items()) if f"/{run}/events" in path})

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, *rest: Any) -> Any:
            self.answers[environ["PATH_INFO"], int(status[:3])] += 1
            return start_response(status, *rest)

        return self.app.flask(environ, start)


@pytest.fixture
def wall(database_url: str, tmp_path: Path) -> Iterator[Wall]:
    app = wall_on(database_url, data=tmp_path / "data")
    calls = Caller(database_url=database_url, log_path=tmp_path / "none.log")
    made = Wall(app, calls)
    app.start()
    server = make_server("127.0.0.1", calls.port, made, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()
    app.stop()


def robot(wall: Wall, tmp_path: Path, run_id: str, until: Callable[[], bool]) -> Run:
    """A run of real tests, which goes on until that is so."""
    go = tmp_path / f"{run_id}.go"
    running = start_robot(
        SUITES / "steady", "--log", "NONE", "--report", "NONE", "--variable", "PAUSE:0.05", "--variable", f"FLAG:{go}",
        cwd=tmp_path / run_id, url=wall.calls.url, setup=run_id, run_id=run_id, env={"TZ": NODE_ZONE},
    )  # fmt: skip
    try:
        wait_for(until, 60, f"{run_id} to get so far")
        go.touch()
        return running.finish()
    finally:
        running.kill()


def holds(wall: Wall, run: Run) -> None:
    """The history is the run's output.xml, and nobody was told of any trouble."""
    wait_for(lambda: wall.calls.get(f"/api/v1/runs/{run.run_id}")["verification"] == "verified", what="verification")
    assert_equal(read_output(run.output, ZoneInfo(NODE_ZONE)), read_api(wall.calls.get, run.run_id))
    assert "livewall" not in run.console
    assert list(run.spool.glob("*.spool")) == []


def test_a_robot_that_is_put_off_loses_nothing(wall: Wall, tmp_path: Path) -> None:
    wall.limit_events(per_second=0.5, burst=1)
    run = robot(wall, tmp_path, "hurried", until=lambda: wall.statuses("hurried")[429] >= 2)
    holds(wall, run)
    assert set(wall.statuses("hurried")) == {200, 429}


def test_one_nodes_flood_leaves_the_others_alone(wall: Wall, tmp_path: Path) -> None:
    wall.limit_events(per_second=20, burst=300)
    assert wall.calls.request("PUT", "/api/v1/runs/flood", {"process": "0", "setup": "flood"})[0] == 200
    over = threading.Event()
    refused: list[Answer] = []

    def flood() -> None:
        while not over.is_set():
            answer = wall.calls.request("POST", "/api/v1/runs/flood/events", b"{}")
            if answer[0] == 429:
                refused.append(answer)
                over.wait(0.01)

    with ThreadPoolExecutor(2) as threads:
        floods = [threads.submit(flood) for _ in range(2)]
        try:
            wait_for(lambda: refused, what="the flood to be stopped")
            before = len(refused)
            run = robot(wall, tmp_path, "calm", lambda: wall.statuses("calm")[200] >= 5 and len(refused) > before + 5)
            holds(wall, run)
        finally:
            over.set()
        for one in floods:
            one.result()
    assert set(wall.statuses("calm")) == {200}
    assert int(refused[-1][2]["retry-after"]) >= 1
    assert wall.statuses("flood")[429] > 1


def test_who_is_put_off_need_not_send_the_body(wall: Wall) -> None:
    wall.limit_events(per_second=0.001, burst=1)
    assert wall.calls.request("POST", "/api/v1/runs/any/events", b"{}")[0] == 422
    head = "POST /api/v1/runs/any/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 16000000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", wall.calls.port), timeout=60) as line:
        line.sendall(head.encode() + b"{")
        answer = ""
        while "\r\n\r\n" not in answer and (piece := line.recv(4096).decode()):
            answer += piece
    assert answer.startswith(("HTTP/1.1 429", "HTTP/1.0 429")), answer
    assert "Retry-After: 1000" in answer
