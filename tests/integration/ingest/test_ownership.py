"""Node A cannot write run B: whatever is tried in whatever order, a run is its token's while that one is good."""

from __future__ import annotations

import gzip
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from livewall_dashboard.app import Dashboard
from livewall_dashboard.artifacts.run_files import RunFiles
from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.base.errors import NotFound
from livewall_listener import wire
from support.walls import wall_on

pytestmark = pytest.mark.any_python

TIME = "2026-05-04T10:00:00+00:00"
BOUND: dict[str, list[str]] = {"A": ["VM1"], "B": ["VM2"], "AB": ["VM1", "VM2"], "lab": [], "files": []}
"""Tokens and the setups they are bound to; `files` is for uploads alone."""


@dataclass
class Run:
    """What is expected of it: `owner` is the token it belongs to, `tests` and `file` what was taken."""

    setup: str
    owner: str
    tests: int = 0
    file: bytes | None = None


@dataclass
class PrivateLab:
    """A private wall, its tokens, and what should be in its database."""

    app: Dashboard
    client: FlaskClient
    mark: str
    keys: dict[str, str] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)
    runs: dict[str, Run] = field(default_factory=dict)
    bound: dict[str, list[str]] = field(default_factory=lambda: BOUND)

    def call(self, method: str, path: str, who: str, body: Any) -> int:
        headers = {"Authorization": f"Bearer {self.keys[who]}"}
        sent = {"data": body} if isinstance(body, bytes) else {"json": body}
        return self.client.open(path, method=method, headers=headers, **sent).status_code

    def register(self, who: str, name: str, setup: str) -> tuple[int, int]:
        """Status of a registration, and what it should be."""
        status = self.call("PUT", self._path(name), who, asdict(wire.RunInfo(setup=setup)))
        run = self.runs.get(name)
        expected = self._by_scope(who, "ingest") or 200
        if expected == 200 and not self._may_write(who, run.setup if run else setup):
            expected = 403
        if expected == 200 and run and not self._is_free(run, who):
            expected = 403
        if expected == 200:
            self.runs.setdefault(name, Run(setup, who)).owner = who
        return status, expected

    def report(self, who: str, name: str) -> tuple[int, int]:
        run = self.runs.get(name)
        number = run.tests + 1 if run else 1
        event = wire.EndTest(f"s1-t{number}", f"T{number}", f"S.T{number}", "PASS", "", TIME, 0.1)
        batch = {"process": "0", "first_seq": number, "events": [{"kind": event.kind, **asdict(event)}]}
        status = self.call("POST", self._path(name, "/events"), who, batch)
        expected = self._by_scope(who, "ingest") or (200 if run and run.owner == who else 404)
        if expected == 404 and run and run.owner not in self.ended:
            expected = 403
        if expected == 200 and run:
            run.tests += 1
        return status, expected

    def upload(self, who: str, name: str) -> tuple[int, int]:
        run = self.runs.get(name)
        content = uuid.uuid4().bytes
        status = self.call("PUT", self._path(name, "/artifacts/log.txt"), who, content)
        expected = self._by_scope(who, "upload") or (201 if run else 404)
        if (
            expected == 201
            and run
            and (not self._may_write(who, run.setup) or (who != "files" and not self._is_free(run, who)))
        ):
            expected = 403
        if expected == 201 and run:
            run.file = content
        return status, expected

    def end(self, who: str) -> None:
        self.app.core.tokens.revoke(f"{who} {self.mark}")
        self.ended.add(who)

    def _path(self, name: str, rest: str = "") -> str:
        return f"/api/v1/runs/{name}-{self.mark}{rest}"

    def _by_scope(self, who: str, needed: str) -> int | None:
        if who in self.ended:
            return 401
        return 403 if who == "files" and needed == "ingest" else None

    def _may_write(self, who: str, setup: str) -> bool:
        return not self.bound[who] or setup in self.bound[who]

    def _is_free(self, run: Run, who: str) -> bool:
        return run.owner == who or run.owner in self.ended

    def stored(self, url: str) -> dict[str, Run]:
        """What is in the database of all that."""
        with psycopg.connect(url) as connection:
            rows = connection.execute(
                "SELECT run.key, setup.name, token.name, (SELECT count(*) FROM result WHERE run_id = run.id)"
                " FROM run JOIN setup ON setup.id = setup_id LEFT JOIN token ON token.id = token_id"
                " WHERE key LIKE %s",
                [f"%-{self.mark}"],
            ).fetchall()
        return {
            key.partition("-")[0]: Run(setup, token.partition(" ")[0], tests, self._file(key))
            for key, setup, token, tests in rows
        }

    def _file(self, key: str) -> bytes | None:
        try:
            _, packed = RunFiles(self.app.core.database, self.app.core.artifacts).open(key, "log.txt")
        except NotFound:
            return None
        with packed:
            return gzip.decompress(packed.read())


def started(database_url: str, data: Path) -> Dashboard:
    app = wall_on(database_url, data=data, require_tokens=True)
    app.start()
    return app


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Dashboard]:
    app = started(database_url, tmp_path)
    yield app
    app.stop()


def lab_on(app: Dashboard) -> PrivateLab:
    made = PrivateLab(app, app.flask.test_client(), uuid.uuid4().hex)
    for name, setups in BOUND.items():
        scope = "upload" if name == "files" else "ingest"
        made.keys[name] = app.core.tokens.create(f"{name} {made.mark}", scope, setups=setups)
    return made


WHO = st.sampled_from(sorted(BOUND))
WHICH = st.sampled_from(["r1", "r2", "r3"])
STEPS = st.one_of(
    st.tuples(st.just("register"), WHO, WHICH, st.sampled_from(["VM1", "VM2"])),
    st.tuples(st.sampled_from(["report", "upload"]), WHO, WHICH),
    st.tuples(st.just("end"), WHO),
)


@given(steps=st.lists(STEPS, min_size=4, max_size=14))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_run_is_its_tokens_while_that_one_is_good(
    app: Dashboard, database_url: str, steps: list[tuple[str, ...]]
) -> None:
    lab = lab_on(app)
    for step in [("register", "A", "r1", "VM1"), ("register", "B", "r2", "VM2"), *steps]:
        if step[0] == "end":
            lab.end(step[1])
            continue
        status, expected = getattr(lab, step[0])(*step[1:])
        assert status == expected, step
        assert lab.stored(database_url) == lab.runs, step


def test_after_a_restart_it_still_is(app: Dashboard, database_url: str, tmp_path: Path) -> None:
    lab = lab_on(app)
    assert lab.register("A", "r1", "VM1")[0] == 200
    assert lab.report("A", "r1")[0] == 200
    app.stop()
    again = started(database_url, tmp_path)
    try:
        lab.app, lab.client = again, again.flask.test_client()
        for who in ("B", "AB", "lab"):
            assert lab.report(who, "r1") == (403, 403)
        assert lab.report("A", "r1") == (200, 200)
        assert lab.stored(database_url) == lab.runs
    finally:
        again.stop()


def test_a_run_whose_token_has_expired_goes_on_with_the_next_one(app: Dashboard) -> None:
    """What a node does that got a new token: its events are refused, it registers anew, and goes on."""
    lab = lab_on(app)
    lab.keys["old"] = app.core.tokens.create("old", "ingest", setups=["VM1"], expires_at=utc_now() + timedelta(days=1))
    lab.bound = {**BOUND, "old": ["VM1"]}
    assert lab.register("old", "r1", "VM1") == (200, 200)
    assert lab.report("old", "r1") == (200, 200)
    assert lab.report("AB", "r1") == (403, 403)
    real = app.core.tokens._now
    app.core.tokens._now = lambda: real() + timedelta(days=2)
    with app.core.database.connection() as connection:  # Postgres's own clock cannot be moved
        connection.execute("UPDATE token SET expires_at = now() WHERE name = 'old'")
    lab.ended.add("old")
    assert lab.report("old", "r1") == (401, 401)
    assert lab.report("AB", "r1") == (404, 404)
    assert lab.register("B", "r1", "VM2") == (403, 403)
    assert lab.register("AB", "r1", "VM1") == (200, 200)
    assert lab.report("AB", "r1") == (200, 200)
    assert lab.report("A", "r1") == (403, 403)


def test_a_run_begun_while_nobody_was_asked_is_the_first_ones_who_goes_on_with_it(
    app: Dashboard, database_url: str
) -> None:
    lab = lab_on(app)
    assert lab.register("A", "r1", "VM1") == (200, 200)
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE run SET token_id = NULL")
    app.core.intake._owners[f"r1-{lab.mark}"] = None
    assert lab.call("POST", lab._path("r1", "/events"), "B", {"process": "0", "first_seq": 1, "events": []}) == 404
    assert lab.call("PUT", lab._path("r1"), "B", asdict(wire.RunInfo(setup="VM1"))) == 403
    assert lab.call("PUT", lab._path("r1"), "AB", asdict(wire.RunInfo(setup="VM1"))) == 200
    assert lab.call("PUT", lab._path("r1"), "A", asdict(wire.RunInfo(setup="VM1"))) == 403
