from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from livewall_dashboard.live import Setup, StateChange, Wall
from livewall_dashboard.live.process import ProcessState
from livewall_listener import wire

START = datetime(2026, 5, 4, 10, 0, tzinfo=timezone.utc)
STALE = timedelta(seconds=30)
ABANDON = timedelta(seconds=120)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


class Lab:
    """A wall and a node's voice."""

    def __init__(self) -> None:
        self.wall = Wall(STALE, ABANDON)

    def register(self, run: str = "r1", setup: str = "vm1", seconds: float = 0, **info: Any) -> None:
        self.wall.register(run, setup, wire.RunInfo(**info), at(seconds), at(seconds))

    def say(self, *events: wire.Event, run: str = "r1", process: str = "0", seconds: float = 1) -> list[StateChange]:
        return self.wall.apply(run, process, events, at(seconds).isoformat(), at(seconds))

    def tile(self, setup: str = "vm1") -> dict[str, Any]:
        return next(tile for tile in self.wall.tiles() if tile["setup"] == setup)


@pytest.fixture
def lab() -> Lab:
    return Lab()


def suite(total: int = 2, seconds: float = 1, id: str = "s1", name: str = "Root") -> wire.StartSuite:
    return wire.StartSuite(id, name, name, at(seconds).isoformat(), total, total)


def started(number: int, seconds: float = 1) -> wire.StartTest:
    return wire.StartTest(f"s1-t{number}", f"T{number}", f"Root.T{number}", at(seconds).isoformat())


def ended(number: int, status: str = "PASS", message: str = "", seconds: float = 1) -> wire.EndTest:
    return wire.EndTest(f"s1-t{number}", f"T{number}", f"Root.T{number}", status, message, at(seconds).isoformat(), 1.0)


def over(total: int = 0, passed: int = 0, failed: int = 0, skipped: int = 0) -> wire.EndProcess:
    return wire.EndProcess(total, passed, failed, skipped, "digest")


def test_a_configured_setup_never_heard_of_has_no_data(lab: Lab) -> None:
    lab.wall.configure([Setup("vm9", "Rack B")])
    tile = lab.tile("vm9")
    assert (tile["state"], tile["status"], tile["run"], tile["group"]) == ("nodata", None, None, "Rack B")


def test_a_new_node_appears_by_itself_after_the_configured_ones(lab: Lab) -> None:
    lab.wall.configure([Setup("b"), Setup("a")])
    lab.register(setup="0-new")
    assert [tile["setup"] for tile in lab.wall.tiles()] == ["b", "a", "0-new"]


def test_of_quick_tests_ends_come_without_starts(lab: Lab) -> None:
    lab.register()
    lab.say(suite(total=3), ended(1), ended(2, "FAIL", "broken"), started(3))
    tile = lab.tile()
    assert (tile["counts"]["passed"], tile["counts"]["failed"], tile["test"]["name"]) == (1, 1, "T3")
    lab.say(ended(3))
    assert (lab.tile()["state"], lab.tile()["test"], lab.tile()["suite"]["name"]) == ("running", None, "Root")


def test_the_tile_follows_suite_and_test(lab: Lab) -> None:
    lab.register()
    lab.say(suite(), started(1, seconds=1))
    tile = lab.tile()
    assert tile["state"] == "running"
    assert tile["status"] is None
    assert tile["suite"]["name"] == "Root"
    assert tile["test"]["name"] == "T1"
    assert tile["counts"] == {"total": 2, "passed": 0, "failed": 0, "skipped": 0, "expected_failures": 0}
    lab.say(ended(1, "FAIL", "no route to host"), started(2))
    tile = lab.tile()
    assert tile["test"]["name"] == "T2"
    assert tile["status"] == "FAIL"
    assert tile["failures"] == [
        {"id": "s1-t1", "process": "0", "name": "T1", "longname": "Root.T1", "message": "no route to host"}
    ]


def test_the_run_ends_with_its_process(lab: Lab) -> None:
    lab.register()
    changes = lab.say(suite(1), started(1), ended(1), over(total=1, passed=1), seconds=9)
    assert changes == [StateChange("r1", "finished", at(9))]
    tile = lab.tile()
    assert (tile["state"], tile["status"]) == ("idle", "PASS")
    assert tile["run"]["elapsed_time"] == 9.0
    assert tile["suite"] is None
    assert tile["test"] is None


def test_a_correction_moves_the_counts_and_the_failures(lab: Lab) -> None:
    lab.register()
    lab.say(suite(3), ended(1), ended(2, "FAIL", "x"), ended(3, "SKIP"))
    lab.say(
        wire.CorrectTest("s1-t1", "T1", "Root.T1", "PASS", "FAIL", "Parent suite teardown failed"),
        wire.CorrectTest("s1-t2", "T2", "Root.T2", "FAIL", "SKIP", "Skipped in parent suite teardown"),
    )
    tile = lab.tile()
    assert tile["counts"] == {"total": 3, "passed": 0, "failed": 1, "skipped": 2, "expected_failures": 0}
    assert [failure["id"] for failure in tile["failures"]] == ["s1-t1"]


def test_times_are_by_the_servers_clock_whatever_the_nodes_says(lab: Lab) -> None:
    lab.register()
    a_day_off = (at(5) - timedelta(days=1)).isoformat()
    lab.wall.apply(
        "r1",
        "0",
        [wire.StartSuite("s1", "Root", "Root", (at(3) - timedelta(days=1)).isoformat(), 1, 1)],
        a_day_off,
        at(5),
    )
    assert lab.tile()["suite"]["started_at"] == at(3).isoformat()


def test_a_time_in_the_future_is_now(lab: Lab) -> None:
    lab.register()
    lab.say(suite(seconds=500), seconds=5)
    assert lab.tile()["suite"]["started_at"] == at(5).isoformat()


def test_silence_turns_stale_then_abandoned_and_news_bring_it_back(lab: Lab) -> None:
    lab.register()
    lab.say(suite(), started(1), seconds=1)
    assert lab.wall.tick(at(31)) == []
    assert lab.tile()["state"] == "running"
    assert lab.wall.tick(at(32)) == []
    assert lab.tile()["state"] == "stale"
    assert lab.wall.tick(at(122)) == [StateChange("r1", "abandoned", at(1))]
    assert lab.tile()["state"] == "abandoned"
    assert lab.say(ended(1), seconds=300) == [StateChange("r1", "running", at(300))]
    assert lab.tile()["state"] == "running"
    assert lab.tile()["counts"]["passed"] == 1


def test_silence_counts_from_when_the_dashboard_could_listen(lab: Lab) -> None:
    lab.register()
    lab.wall.listen_from(at(1000))
    assert lab.wall.tick(at(1029)) == []
    assert lab.tile()["state"] == "running"
    assert lab.wall.tick(at(1121)) == [StateChange("r1", "abandoned", at(0))]


def test_a_heartbeat_keeps_a_run_alive(lab: Lab) -> None:
    lab.register()
    lab.wall.sample("r1", "0", None, at(100))
    assert lab.wall.tick(at(125)) == []
    assert lab.tile()["state"] == "running"


def test_a_sampled_keyword_shows_until_the_next_event(lab: Lab) -> None:
    lab.register()
    lab.say(suite(), started(1))
    lab.wall.sample("r1", "0", wire.Now(["Login", "Click Element"], 12.0), at(20))
    assert lab.tile()["keyword"] == {"path": ["Login", "Click Element"], "started_at": at(8).isoformat()}
    lab.say(ended(1))
    assert lab.tile()["keyword"] is None


def test_a_suite_teardown_shows_as_phase(lab: Lab) -> None:
    lab.register()
    lab.say(suite())
    lab.wall.sample("r1", "0", wire.Now(["Power Off"], 2.0, "suite teardown", 4.0), at(20))
    assert lab.tile()["phase"] == {"kind": "suite teardown", "name": "Power Off", "started_at": at(16).isoformat()}


def pool(number: int, *, last: bool = False, slot: str | None = None) -> dict[str, Any]:
    return {"process": f"p{number}", "slot": slot or str(number), "pabot": True, "last_in_pool": last}


def test_pabot_processes_are_one_run_and_end_together(lab: Lab) -> None:
    lab.register(**pool(0))
    lab.register(**pool(1))
    assert lab.say(suite(2), ended(1), over(total=2, passed=2), process="p0") == []
    lab.say(suite(3), started(1), process="p1")
    tile = lab.tile()
    assert tile["counts"] == {"total": 5, "passed": 2, "failed": 0, "skipped": 0, "expected_failures": 0}
    assert tile["test"]["name"] == "T1"
    assert [process["process"] for process in tile["processes"]] == ["p1"]
    lab.register(**pool(2, last=True))
    lab.say(over(total=3, passed=3), process="p1")
    changes = lab.say(over(total=1, passed=1), process="p2", seconds=50)
    assert changes == [StateChange("r1", "finished", at(50))]
    assert lab.tile()["counts"]["total"] == 6


def test_a_pabot_run_without_last_process_ends_after_a_while(lab: Lab) -> None:
    lab.register(**pool(0))
    assert lab.say(over(total=1, passed=1), process="p0", seconds=10) == []
    assert lab.wall.tick(at(39)) == []
    assert lab.wall.tick(at(41)) == [StateChange("r1", "finished", at(10))]


def test_a_repeated_process_takes_the_place_of_the_first(lab: Lab) -> None:
    lab.register(**pool(0))
    lab.say(suite(1), ended(1), process="p0")
    lab.register(process="p0-again", slot="0", pabot=True)
    lab.say(suite(1), ended(1, "FAIL", "timeout"), process="p0-again")
    lab.say(ended(2), process="p0")
    assert lab.tile()["counts"] == {"total": 1, "passed": 0, "failed": 1, "skipped": 0, "expected_failures": 0}


def test_a_total_that_pabot_knows_counts_from_the_start(lab: Lab) -> None:
    lab.register(**pool(0), total=40)
    lab.say(suite(1), process="p0")
    assert lab.tile()["counts"]["total"] == 40


def test_two_runs_of_a_setup_the_newer_is_shown_and_the_other_counted(lab: Lab) -> None:
    lab.register("r1", seconds=0)
    lab.register("r2", seconds=10)
    tile = lab.tile()
    assert (tile["run"]["id"], tile["others"]) == ("r2", 1)
    lab.say(over(), run="r2", seconds=20)
    tile = lab.tile()
    assert (tile["run"]["id"], tile["state"], tile["others"]) == ("r1", "running", 0)


def test_an_estimate_comes_from_the_durations_of_these_tests(lab: Lab) -> None:
    lab.register()
    lab.say(wire.Plan(["Root.T1", "Root.T2"]), suite(), started(1, seconds=0), seconds=0)
    assert lab.tile()["eta"] is None
    assert lab.wall.announced("r1", "0") == ("vm1", ["Root.T1", "Root.T2"])
    lab.wall.expect("r1", "0", ["Root.T1", "Root.T2"], {"Root.T1": 10.0, "Root.T2": 20.0})
    assert lab.tile()["eta"] == {"ends_at": at(30).isoformat(), "expected_time": 30.0}
    lab.say(ended(1), started(2, seconds=4), seconds=4)
    assert lab.tile()["eta"]["ends_at"] == at(24).isoformat()


def test_a_test_that_ends_before_its_duration_is_known_is_done(lab: Lab) -> None:
    lab.register()
    lab.say(wire.Plan(["Root.T1", "Root.T2"]), suite(), ended(1), started(2, seconds=1), seconds=1)
    lab.wall.expect("r1", "0", ["Root.T1", "Root.T2"], {"Root.T1": 10.0, "Root.T2": 20.0})
    assert lab.tile()["eta"]["ends_at"] == at(21).isoformat()


def test_durations_that_were_none_leave_a_tile_that_can_be_shown(lab: Lab) -> None:
    names = [f"Root.T{number}" for number in range(50)]
    lab.register()
    lab.say(wire.Plan(names), suite(total=9_000_000), started(1, seconds=0), seconds=0)
    lab.wall.expect("r1", "0", names, dict.fromkeys(names, 9.9e9))
    assert lab.tile()["eta"]["expected_time"] > 1e9


def test_only_what_changed_is_handed_out_once(lab: Lab) -> None:
    lab.wall.configure([Setup("vm1"), Setup("vm2")])
    lab.wall.take_changes()
    lab.register(setup="vm1")
    tiles, gone = lab.wall.take_changes()
    assert [tile["setup"] for tile in tiles] == ["vm1"]
    assert gone == set()
    assert not lab.wall.changed


def test_a_setup_taken_out_of_the_configuration_goes_unless_it_has_run(lab: Lab) -> None:
    lab.wall.configure([Setup("vm1", "Rack A", (("Console", "/x"),), jobs=1), Setup("vm2")])
    lab.register(setup="vm1")
    lab.wall.take_changes()
    lab.wall.configure([])
    tiles, gone = lab.wall.take_changes()
    assert gone == {"vm2"}
    assert [(tile["setup"], tile["group"], tile["links"], tile["jobs"]) for tile in tiles] == [("vm1", "", [], 0)]


@pytest.mark.parametrize(
    "events",
    [
        [ended(7)],
        [wire.EndSuite("s9", "PASS", "", 0.0, 0)],
        [wire.CorrectTest("s1-t9", "x", "y", "NOT RUN", "FAIL", "z")],
        [started(1), started(2), over(), started(3)],
        [wire.Lost(3, "disk full")],
    ],
)
def test_events_out_of_place_break_nothing(lab: Lab, events: Sequence[wire.Event]) -> None:
    lab.register()
    lab.say(*events)
    assert lab.tile()["setup"] == "vm1"


def test_what_is_told_of_long_afterwards_took_what_it_took(lab: Lab) -> None:
    lab.register(seconds=0)
    late = [suite(1, seconds=0), ended(1, seconds=1), wire.EndSuite("s1", "PASS", "", 9.0, 1), over(1, 1)]
    lab.wall.apply("r1", "0", late[:1], at(3600).isoformat(), at(3600))
    state = lab.wall.process("r1", "0")
    assert state is not None
    lab.wall.apply("r1", "0", late[1:3], at(3600).isoformat(), at(3600))
    assert ProcessState.from_snapshot("0", "", state.as_snapshot()).ended_at == at(9)
    lab.wall.apply("r1", "0", late[3:], at(7200).isoformat(), at(7200))
    assert (lab.tile()["run"]["elapsed_time"], lab.tile()["run"]["ended_at"]) == (9.0, at(9).isoformat())


@pytest.mark.parametrize("elapsed_time", [1e300, 7300.0, -5.0])
def test_a_run_ends_neither_before_it_began_nor_in_the_future(lab: Lab, elapsed_time: float) -> None:
    lab.register(seconds=0)
    lab.say(suite(1, seconds=0), wire.EndSuite("s1", "PASS", "", elapsed_time, 1), over(), seconds=20)
    assert lab.tile()["run"]["elapsed_time"] == (0.0 if elapsed_time < 0 else 20.0)


def test_a_log_belongs_to_its_run(lab: Lab) -> None:
    lab.register("r1")
    lab.say(over())
    lab.wall.set_log("r1", "/runs/r1/artifacts/log.html")
    assert lab.wall.shown_runs() == ["r1"]
    assert lab.tile()["failures_log"] == "/runs/r1/artifacts/log.html"
    lab.register("r2", seconds=10)
    assert lab.tile()["failures_log"] is None


def test_a_process_survives_a_restart_of_the_dashboard(lab: Lab) -> None:
    lab.register()
    lab.say(suite(3), ended(1, "FAIL", "x"), started(2, seconds=2), wire.Lost(2, "disk full"), seconds=2)
    state = lab.wall.process("r1", "0")
    assert state is not None
    other = Lab()
    other.register()
    other.wall.resume("r1", ProcessState.from_snapshot("0", "", state.as_snapshot()))
    before, after = lab.tile(), other.tile()
    for field in ("state", "status", "counts", "suite", "test", "failures"):
        assert after[field] == before[field]
    assert after["run"]["lost"] == 2
