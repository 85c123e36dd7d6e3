"""What the wall makes of what agents say of instances: rows, what is wanted, and what it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from flask.testing import FlaskClient

from livewall_dashboard.app import Dashboard
from livewall_dashboard.branches.instance_store import _LOCK, InstanceStore
from livewall_dashboard.branches.queries import QUERIES
from livewall_dashboard.branches.watch_lock import WatchLock
from livewall_dashboard.lab import Lab
from livewall_dashboard.lab.projects import Project, Remote, Repository, RunCommand, Step
from livewall_dashboard.postgres.database import POOL_SIZE, Database
from support.waiting import wait_for
from support.walls import wall_on

pytestmark = pytest.mark.any_python

PROJECT = Project(
    "shop",
    (Repository("server", (Remote("origin", "/nowhere"),), "main"),),
    (Step("build", "true"),),
    sticky=("main",),
    run=RunCommand("serve", number=1),
)


class Kept:
    """Builds as they stand in Postgres, and an agent that keeps what they left; `said` is what it says next."""

    def __init__(self, wall: Dashboard, database: Database) -> None:
        self.wall = wall
        self.client = wall.flask.test_client()
        self.database = database
        self.said: dict[int, dict[str, Any]] = {}

    def execute(self, query: str, *values: object) -> list[dict[str, Any]]:
        with self.database.connection() as connection:
            cursor = connection.execute(query, values)  # type: ignore[call-overload]  # SQL of a test
            return cursor.fetchall() if cursor.description else []

    def build(self, bundle: str, result: str | None = "ok", *, same_as: int | None = None) -> int:
        """That has left an instance, unless it is the same as another -> its number."""
        self.execute(
            "INSERT INTO bundle (project, name, is_sticky, pushed_at) VALUES ('shop', %s, %s, now()) "
            "ON CONFLICT DO NOTHING",
            bundle, bundle == "main",
        )  # fmt: skip
        job = None if same_as else uuid4()
        state = "done" if result or same_as else "building"
        (row,) = self.execute(
            "INSERT INTO branch_build (bundle_id, state, result, job_id, plan, same_as, ended_at) "
            """SELECT id, %s, %s, %s, '{"queue": "local", "run": {}}', %s, now() """
            "FROM bundle WHERE name = %s RETURNING number",
            state, None if same_as else result, job, same_as, bundle,
        )  # fmt: skip
        number: int = row["number"]
        if job:
            self.said[number] = {"build": number, "job": str(job), "state": "stopped"}
        return number

    def report(self, agent: str = "rig", **more: Any) -> dict[int, str]:
        """-> what is wanted, by build."""
        body = {"agent": agent, "instances": list(self.said.values()), **more}
        reply = self.client.post("/api/v1/instances/report", json=body)
        assert reply.status_code == 200, reply.json
        return {each["build"]: each["wanted"] for each in reply.json["instances"]}  # type: ignore[index]

    def settle(self) -> dict[int, str]:
        """The agent does what is wanted, until that is nothing new -> what it has then."""
        for _ in range(20):
            wanted = self.report()
            for number, state in wanted.items():
                if state == "gone":
                    del self.said[number]
                else:
                    self.said[number] |= {"state": state, "port": 40000 + number if state == "running" else None}
            if self.report() == wanted:
                break
        return {number: each["state"] for number, each in self.said.items()}

    def shown(self, number: int) -> dict[str, Any]:
        build: dict[str, Any] = self.client.get(f"/api/v1/branch-builds/{number}").json  # type: ignore[assignment]
        instance: dict[str, Any] = build["instance"]
        return instance

    def post(self, number: int, what: str) -> int:
        return self.client.post(f"/api/v1/branch-builds/{number}/{what}").status_code


@pytest.fixture
def make(database_url: str, database: Database, tmp_path: Path) -> Iterator[Callable[..., Kept]]:
    """Another wall watches: of these builds, whose jobs there never were, only what the test does becomes anything."""
    walls: list[Dashboard] = []

    def make(**settings: Any) -> Kept:
        wall = wall_on(database_url, Lab.of([], projects=[PROJECT]), data=tmp_path / "wall", **settings)
        wall.start()
        walls.append(wall)
        return Kept(wall, database)

    with closing(WatchLock(database_url)) as other:
        assert other.is_ours
        yield make
        for wall in walls:
            wall.stop()


@pytest.fixture
def kept(make: Callable[..., Kept]) -> Kept:
    return make()


def test_after_a_good_build_it_runs_and_is_shown(kept: Kept) -> None:
    number = kept.build("main", None)
    assert kept.report() == {number: "stopped"}, "its build goes on"
    kept.execute("UPDATE branch_build SET state = 'done', result = 'ok'")
    assert kept.report() == {number: "running"}
    kept.said[number] |= {"state": "running", "port": 40123, "restarts": 2, "exit_code": 1, "log": "ready\0"}
    kept.report()
    shown = kept.shown(number)
    assert (shown["state"], shown["url"], shown["restarts"], shown["exit_code"]) == (
        "running", "http://127.0.0.1:40123/", 2, 1,
    )  # fmt: skip
    assert kept.client.get(shown["log"]).text == "ready\ufffd"
    (listed,) = kept.client.get("/api/v1/instances?project=shop").json["instances"]  # type: ignore[index]
    assert listed == shown
    assert (listed["build"], listed["bundle"], listed["agent"], listed["away"]) == (number, "main", "rig", False)
    assert kept.client.get("/api/v1/instances?project=other").json == {"instances": [], "next": None}
    page = kept.client.get("/shop.json").json["jobs"]  # type: ignore[index]
    assert page[0]["running_path"] == shown["url"]


def test_the_newest_of_a_sticky_one_stays_and_one_that_sleeps_is_woken(kept: Kept) -> None:
    main, first, second = kept.build("main"), kept.build("first"), kept.build("second")
    assert kept.settle() == {main: "running", first: "stopped", second: "stopped"}
    assert kept.shown(second)["message"] == "asleep: 1 that stay take all 1 places"
    newer = kept.build("main")
    assert kept.settle()[newer] == "running"
    assert kept.said[main]["state"] == "stopped", "that is the newest no more"
    assert kept.post(first, "keep") == 200
    assert kept.settle() == {main: "stopped", first: "running", second: "stopped", newer: "running"}
    assert kept.shown(first)["message"] == "2 stay, though 1 may run"


def test_waking_one_puts_the_least_used_to_sleep(kept: Kept) -> None:
    first, second = kept.build("first"), kept.build("second")
    assert kept.settle() == {first: "stopped", second: "running"}
    assert kept.post(first, "wake") == 200
    assert kept.settle() == {first: "running", second: "stopped"}
    failed = kept.client.post(f"/api/v1/branch-builds/{kept.build('third', 'failed')}/wake")
    assert (failed.status_code, "the build failed" in failed.text) == (409, True)
    assert kept.post(999, "wake") == 404


def test_one_that_failed_is_tried_again_when_it_is_woken(kept: Kept) -> None:
    number = kept.build("first")
    kept.settle()
    kept.said[number] |= {"state": "failed", "message": "GET / answers 500"}
    assert kept.report() == {number: "stopped"}
    assert (kept.shown(number)["state"], kept.shown(number)["message"]) == ("failed", "GET / answers 500")
    assert kept.post(number, "wake") == 200
    assert kept.report() == {number: "running"}
    kept.said[number]["tried"] = 1
    assert kept.report() == {number: "stopped"}


def test_one_that_does_not_answer_is_said_since_when(kept: Kept) -> None:
    number = kept.build("main")
    kept.settle()
    kept.said[number] |= {"message": "GET / has no answer: timed out", "unhealthy_for": 90.5}
    kept.report()
    first = kept.shown(number)
    (since,) = kept.execute("SELECT now() - unhealthy_since BETWEEN '90 s' AND '1 hour' AS it FROM branch_instance")
    assert since["it"]
    assert (first["state"], first["unhealthy_since"] is not None, first["url"] is not None) == ("running", True, True)
    kept.said[number]["unhealthy_for"] = 95.25
    kept.report()
    assert kept.shown(number)["unhealthy_since"] == first["unhealthy_since"], "that is when it began"
    kept.said[number] |= {"message": "", "unhealthy_for": None}
    kept.report()
    assert kept.shown(number)["unhealthy_since"] is None


def test_one_that_is_stopped_by_hand_sleeps_until_it_is_woken(make: Callable[..., Kept]) -> None:
    kept = make(instances=2)
    main, first, second = kept.build("main"), kept.build("first"), kept.build("second")
    assert kept.settle() == {main: "running", first: "stopped", second: "running"}
    for number in (main, second):
        reply = kept.client.post(f"/api/v1/branch-builds/{number}/stop")
        assert (reply.status_code, reply.json["instance"]["wanted"]) == (200, "stopped")  # type: ignore[index]
    assert kept.settle() == {main: "stopped", first: "running", second: "stopped"}, "what stays, too"
    assert kept.shown(main)["message"] == "stopped by hand: it sleeps until somebody wakes it"
    assert kept.post(main, "stop") == 200, "as it is already"
    assert kept.post(main, "wake") == 200
    assert kept.settle() == {main: "running", first: "running", second: "stopped"}
    kept.said[first] |= {"state": "failed", "port": None, "log": "a\n\nb\n", "message": "it ended with 1"}
    kept.report()
    assert kept.shown(first)["last_lines"] == ["a", "b"]
    failed = kept.client.post(f"/api/v1/branch-builds/{first}/stop")
    assert (failed.status_code, "has failed" in failed.text) == (409, True)
    none = kept.client.post(f"/api/v1/branch-builds/{kept.build('third', 'failed')}/stop")
    assert (none.status_code, "the build failed" in none.text) == (409, True)


def test_why_a_build_has_left_nothing(kept: Kept) -> None:
    def why(number: int) -> str:
        build = kept.client.get(f"/api/v1/branch-builds/{number}").json
        assert build and build["instance"] is None
        return str(build["no_instance"])

    failed, killed, goes_on = kept.build("a", "failed"), kept.build("b", "killed"), kept.build("c", None)
    bare, new, old, ancient = (kept.build(name) for name in "defg")
    same = kept.build("h", same_as=bare)
    kept.execute("UPDATE branch_build SET plan = '{\"run\": null}' WHERE number = %s", bare)
    for number, days in ((old, 1), (ancient, 30)):
        ended = "UPDATE branch_build SET ended_at = now() - make_interval(days => %s) WHERE number = %s"
        kept.execute(ended, days, number)
    assert [why(each) for each in (failed, killed, goes_on)] == [
        "the build failed",
        "the build was killed",
        "it goes on",
    ]
    assert why(bare) == why(same) == 'its project had no "run" when it was built'
    assert why(new) == "its agent has not said yet that it keeps what was built"
    assert why(old) == "its agent keeps nothing running, as Testflinger's do not"
    assert why(ancient) == "nothing of it is left any more"
    kept.settle()
    rows = {each["name"]: each for each in kept.client.get("/api/v1/bundles?project=shop").json["bundles"]}  # type: ignore[index]
    assert (rows["a"]["instance"], rows["a"]["no_instance"]) == (None, "the build failed")
    for _ in range(7):
        kept.build("g", "failed")
    (row,) = kept.client.get("/api/v1/bundles?project=shop&q=g").json["bundles"]  # type: ignore[index]
    assert (row["instance"]["build"], row["no_instance"]) == (ancient, ""), "however long that was ago"


def test_of_five_the_three_run_that_stay_or_were_used_last(make: Callable[..., Kept]) -> None:
    kept = make(instances=3)
    numbers = one, two, three, four, main = [kept.build(name) for name in ("one", "two", "three", "four", "main")]

    def run() -> set[int]:
        return {number for number, state in kept.settle().items() if state == "running"}

    assert run() == {three, four, main}
    kept.execute(
        "UPDATE branch_instance SET last_used_at = now() - interval '1 h' * (10 - number) WHERE number <= %s", four
    )
    assert kept.post(one, "wake") == 200
    assert run() == {one, four, main}, "three was the least used of those that ran"
    assert kept.post(two, "keep") == 200
    assert run() == {one, two, main}, "what is kept runs, however long ago it was used"
    newest = kept.build("five")
    assert run() == {two, main, newest}
    assert all(kept.shown(each)["message"] == "asleep: others were used later" for each in numbers if each not in run())


def test_a_build_that_is_the_same_as_another_shows_and_keeps_its_instance(kept: Kept) -> None:
    first = kept.build("first")
    joined = kept.build("main", same_as=first)
    kept.execute("UPDATE bundle SET is_alive = name <> 'first'")
    assert kept.settle() == {first: "running"}
    assert kept.shown(joined) == kept.shown(first)
    assert kept.post(joined, "wake") == 200
    kept.execute("UPDATE bundle SET is_alive = false")
    assert kept.settle() == {}
    assert kept.shown(joined) is None
    assert "its branch is gone" in kept.client.post(f"/api/v1/branch-builds/{joined}/wake").text


def test_what_is_gone_for_good(kept: Kept) -> None:
    failed, pruned, moved = kept.build("first", "failed"), kept.build("second"), kept.build("third")
    kept.settle()
    assert failed not in kept.said
    kept.execute("UPDATE bundle SET is_alive = name <> 'second'")
    kept.execute("SELECT remove_branch_builds(now() + interval '1 day', 100)")
    assert kept.client.get(f"/api/v1/branch-builds/{pruned}").status_code == 404
    kept.execute("UPDATE branch_build SET job_id = %s WHERE number = %s", uuid4(), moved)
    assert kept.report() == {pruned: "gone", moved: "stopped"}, "of a wall before, whose builds had the same numbers"
    kept.client.post("/v1/job", json={"job_queue": "other", "job_id": kept.said[moved]["job"]})
    assert kept.report() == {pruned: "gone", moved: "gone"}
    kept.said = {10**9: {"build": 10**9, "job": str(uuid4()), "state": "running"}}
    assert kept.report() == {10**9: "stopped"}, "nobody knows whose that is"


def test_an_agent_that_is_away_is_said(kept: Kept) -> None:
    first, second = kept.build("first"), kept.build("second")
    kept.settle()
    kept.execute("UPDATE branch_instance SET lease_until = now() - interval '1 hour'")
    shown = kept.shown(second)
    assert (shown["state"], shown["away"], shown["url"]) == ("stopped", True, None)
    assert "its agent rig is not heard of since" in shown["message"]
    assert kept.settle() == {first: "stopped", second: "running"}
    kept.execute("UPDATE branch_instance SET lease_until = now() - interval '15 days' WHERE number = %s", first)
    store = InstanceStore(kept.database, lambda *_: {})
    store.forget(timedelta(days=14))
    assert [row["number"] for row in store.rows()] == [second]
    kept.report()
    assert [row["number"] for row in store.rows()] == [second, first], "it is there again"


def test_two_agents_of_one_name_do_away_with_nothing_of_each_other(kept: Kept) -> None:
    first, second = kept.build("first"), kept.build("main")
    kept.settle()
    both = dict(kept.said)
    for _ in range(2):
        for number in (first, second):
            kept.said = {number: both[number]}
            assert kept.report()[number] != "gone"
    kept.said = both
    assert kept.settle() == {first: "stopped", second: "running"}


def test_agents_that_wait_for_their_turn_leave_connections_to_others(kept: Kept, database_url: str) -> None:
    kept.build("main")
    body = {"agent": "rig", "instances": list(kept.said.values())}

    def report(_: int) -> int:
        return kept.wall.flask.test_client().post("/api/v1/instances/report", json=body).status_code

    with psycopg.connect(database_url) as other, ThreadPoolExecutor(4 * POOL_SIZE) as agents:
        other.execute(QUERIES["lock_instances"], [_LOCK])
        replies = agents.map(report, range(4 * POOL_SIZE))
        waiting = (
            "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database "
            "WHERE locktype = 'advisory' AND NOT granted AND d.datname = current_database()"
        )
        wait_for(lambda: other.execute(waiting).fetchone() != (0,), what="an agent to wait")
        for _ in range(20):
            assert kept.client.get("/api/v1/instances").status_code == 200
        other.rollback()
        assert set(replies) <= {200, 503}, "who has waited too long tries again"


def test_number_of_the_command_line_goes_before_the_projects(make: Callable[..., Kept]) -> None:
    kept = make(instances=2)
    first, second = kept.build("first"), kept.build("second")
    assert kept.settle() == {first: "running", second: "running"}


def test_on_a_wall_that_others_reach_ports_are_not_shown(make: Callable[..., Kept]) -> None:
    kept = make(host="0.0.0.0", insecure=True)
    number = kept.build("main")
    kept.report()
    kept.said[number] |= {"state": "running", "port": 40000}
    kept.report(host="rig.example")
    assert (kept.shown(number)["host"], kept.shown(number)["url"]) == ("127.0.0.1", None)  # whatever it says of itself


def test_who_may_report(make: Callable[..., Kept]) -> None:
    kept = make(require_tokens=True)
    number = kept.build("main")
    body = {"agent": "rig", "instances": list(kept.said.values())}
    for scope, queues, status in [
        ("agent", None, 200),
        ("agent", ["local"], 200),
        ("agent", ["other"], 403),
        ("read", None, 403),
        ("submit", None, 403),
        ("admin", None, 403),
        ("ingest", None, 403),
    ]:
        token = kept.wall.core.tokens.create(f"{scope} {queues}", scope, queues=queues or ())
        headers = {"Authorization": f"Bearer {token}"}
        reply = kept.client.post("/api/v1/instances/report", json=body, headers=headers)
        assert reply.status_code == status, (scope, queues, reply.json)
        if scope in ("read", "agent"):
            woken = kept.client.post(f"/api/v1/branch-builds/{number}/wake", headers=headers)
            assert woken.status_code == 403
    for queues, is_there in ((["other"], True), (["local"], False)):
        token = kept.wall.core.tokens.create(f"nothing left of {queues}", "agent", queues=queues)
        headers = {"Authorization": f"Bearer {token}"}
        reply = kept.client.post("/api/v1/instances/report", json={**body, "instances": []}, headers=headers)
        assert reply.status_code == 200
        rows = InstanceStore(kept.database, lambda *_: {}).rows(numbers=[number])
        assert bool(rows) == is_there, f"an agent of {queues} has the name of another, and nothing"
    assert kept.client.post("/api/v1/instances/report", json=body).status_code == 401


@pytest.mark.parametrize(
    "more",
    [
        {"agent": ""}, {"agent": "a\0"}, {"host": "a b"}, {"instances": [{}]}, {"instances": None},
        {"instances": [{"build": 0, "job": str(uuid4()), "state": "running"}]},
        {"instances": [{"build": 1, "job": "x", "state": "running"}]},
        {"instances": [{"build": 1, "job": str(uuid4()), "state": "odd"}]},
        {"instances": [{"build": 1, "job": str(uuid4()), "state": "running", "port": 70000}]},
    ],
)  # fmt: skip
def test_reports_that_make_no_sense(shared_client: FlaskClient, more: dict[str, Any]) -> None:
    body = {"agent": "rig", "instances": [], **more}
    assert shared_client.post("/api/v1/instances/report", json=body).status_code == 400
