"""What a run is a run of: its root suite, unless its node says otherwise."""

from __future__ import annotations

from typing import Any

import psycopg
from flask.testing import FlaskClient

from support.reporter import Reporter, T


def report(reporter: Reporter, name: str, suite: str = "") -> str:
    """A run with this root suite -> its id."""
    process = reporter.process(suite=suite)
    process.start_suite("s1", name, total=1, test_count=1)
    process.send(process.test("s1", name, 1, T("One")))
    process.end_suite("s1")
    process.end()
    return process.run


def runs_of(client: FlaskClient, suite: str) -> list[str]:
    reply = client.get("/api/v1/runs", query_string={"suite": suite})
    assert reply.status_code == 200, reply.text
    return [run["id"] for run in reply.json["runs"]]  # type: ignore[index]


def told(client: FlaskClient, run: str) -> Any:
    return client.get(f"/api/v1/runs/{run}").json


def test_runs_are_found_by_their_suite(client: FlaskClient, reporter: Reporter) -> None:
    smoke = report(reporter, "Smoke")
    named = report(reporter, "Login & Logout", "Smoke")
    other = report(reporter, "Login & Logout")
    assert runs_of(client, "Smoke") == [named, smoke]
    assert runs_of(client, "Login & Logout") == [other]
    assert runs_of(client, "smoke") == runs_of(client, "S%") == []
    assert [told(client, run)["suite"] for run in (smoke, named, other)] == ["Smoke", "Smoke", "Login & Logout"]
    assert told(client, named)["name"] == "Login & Logout"


def test_names_that_begin_alike_are_kept_apart(client: FlaskClient, reporter: Reporter) -> None:
    runs = {suite: report(reporter, "Root", suite) for suite in ("ö" * 900 + "1", "ö" * 900 + "2")}
    assert {suite: runs_of(client, suite) for suite in runs} == {suite: [run] for suite, run in runs.items()}


def test_any_process_of_a_run_may_say_it(client: FlaskClient, reporter: Reporter) -> None:
    run = reporter.process(name="a", slot="1", pabot=True).run
    reporter.process(run, name="b", slot="2", pabot=True, suite="Nightly")
    reporter.process(run, name="a", slot="1", pabot=True)  # again, as after an outage
    assert runs_of(client, "Nightly") == [run]


def test_a_run_of_the_release_before_is_of_its_root_suite(
    client: FlaskClient, reporter: Reporter, database_url: str
) -> None:
    run = report(reporter, "Root", "Nightly")
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE run SET suite = NULL, info = info - 'suite'")
    assert runs_of(client, "Root") == [run]


def test_a_suite_that_is_too_long_is_refused(client: FlaskClient) -> None:
    reply = client.put("/api/v1/runs/r1", json={"setup": "vm1", "suite": "x" * 1001})
    assert (reply.status_code, "at most 1000 characters" in reply.text) == (422, True)
