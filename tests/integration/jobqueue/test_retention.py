"""Jobs that ended long ago go, with their output, results and files; what has not ended stays however old it is."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg

from integration.jobqueue.conftest import NOBODY, Flinger
from livewall_dashboard.app import Dashboard
from support.waiting import wait_for
from support.walls import thread_of

OF_JOBS = ("job", "job_result", "job_output", "job_phase", "artifact")


def test_a_job_stays_with_its_runs_and_goes_with_the_last(
    make_app: Callable[..., Dashboard], database_url: str
) -> None:
    """Whatever removes these, and however old it is."""
    app = make_app(retention=timedelta(days=30))
    client = app.flask.test_client()
    flinger = Flinger(client)
    kept, gone, running = (flinger.submit(name=name) for name in ("kept", "gone", "running"))
    for job_id, runs in ((kept, ("a", "b")), (gone, ("c", "d")), (running, ("e",))):
        for run in runs:
            assert client.put(f"/api/v1/runs/{run}", json={"setup": "rig", "job": job_id}).status_code == 200
        flinger.post(f"/result/{job_id}", {"job_state": "test" if job_id == running else "complete"})
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE job SET ended_at = now() - interval '1 year' WHERE id = %s", [kept])
        connection.execute("DELETE FROM run WHERE key = ANY (%s)", [["a", "c", "d", "e"]])
    thread_of(app, "old jobs").wake()
    wait_for(lambda: flinger.get(f"/job/{gone}").status_code == 204, what="the job to go with its runs")
    assert [flinger.get(f"/job/{job_id}").status_code for job_id in (kept, running)] == [200, 200]


def test_what_is_old_goes_with_all_that_is_of_it(
    make_app: Callable[..., Dashboard], database_url: str, tmp_path: Path
) -> None:
    app = make_app(retention=timedelta(days=30))
    flinger = Flinger(app.flask.test_client())
    old, young, waiting = (flinger.submit(name=name) for name in ("old", "young", "waiting"))
    for job_id in (old, young, NOBODY):
        flinger.post(f"/result/{job_id}", {"job_state": "test"})
        flinger.post(f"/result/{job_id}", {"job_state": "complete"})
        flinger.post(f"/result/{job_id}/output", data=b"x")
        assert flinger.post(f"/result/{job_id}/artifact", data={"file": (io.BytesIO(b"x"), "a")}).status_code == 200
    with psycopg.connect(database_url) as connection:
        for table, column, key in (
            ("job", "ended_at", "id"), ("job_result", "posted_at", "job_id"), ("job_output", "posted_at", "job_id"),
            ("artifact", "stored_at", "owner_id::uuid"),
        ):  # fmt: skip
            connection.execute(
                f"UPDATE {table} SET {column} = now() - interval '31 days' WHERE {key} = ANY (%s::uuid[])".encode(),
                [[old, NOBODY]],
            )
        connection.execute("UPDATE job SET created_at = now() - interval '1 year' WHERE id = %s", [waiting])
    thread_of(app, "old jobs").wake()
    wait_for(lambda: flinger.get(f"/job/{old}").status_code == 204, what="the old job to go")
    wait_for(lambda: len(list((tmp_path / "artifacts").rglob("*.gz"))) == 1, what="its files to follow")
    with psycopg.connect(database_url) as connection:
        left = {table: connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone() for table in OF_JOBS}
    assert left == {"job": (2,), "job_result": (1,), "job_output": (1,), "job_phase": (1,), "artifact": (1,)}
    assert flinger.result(young)["test_output"] == "x" and flinger.claim()["job_id"] == waiting
