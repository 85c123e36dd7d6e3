"""Serial runs with every trap: what Postgres and the read API hold equals output.xml, field by field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from support.lab import NODE_ZONE, SUITES, Lab
from support.oracle import Record, assert_equal, read_output


def has(*words: str) -> Callable[[Record], bool]:
    """Whether all of the words stand in statuses, messages, names or tags of the tests: the trap was sprung."""

    def look(record: Record) -> bool:
        text = "\n".join(f"{t.status} {t.longname} {t.message} {' '.join(t.tags)}" for t in record.tests)
        return all(word in text for word in words)

    return look


@dataclass
class Trap:
    """A run, and what shows in its output.xml that the trap was sprung."""

    name: str
    args: list[str]
    sprung: Callable[[Record], bool]
    suites: str = "traps"
    options: dict[str, object] = field(default_factory=dict)


NAMED = [
    *("--include", "row-*ORcommon", "--exclude", "row-1*", "--exclude", "many", "--settag", "set <b>"),
    *("--name", "A name: 🐙 " + "long " * 2000, "--doc", "*bold* <b>"),
    *("--metadata", "Key: 1:Value 🐙", "--metadata", "B:"),
]
TRAPS = [
    Trap("all at once", [], lambda r: min(r.passed, r.failed, r.skipped) > 20 and r.warnings > 5 and r.errors > 4),
    Trap("dry run", ["--dryrun"], lambda r: r.passed > 150 and r.failed > 10),
    Trap("random order", ["--randomize", "all:4242"], lambda r: r.tests[0].name != "Passes"),
    Trap("exit on failure", ["--exitonfailure"], has("robot:exit")),
    Trap(
        "exit on failure without teardowns",
        ["--exitonfailure", "--skipteardownonexit", "--suite", "teardown_fails"],
        has("robot:exit"),
    ),
    Trap("exit on error", ["--exitonerror"], has("Error occurred and exit-on-error mode is in use")),
    Trap(
        "skip on failure",
        ["--skiponfailure", "traps", "--skip", "own"],
        has("Failed test skipped using", "Test skipped using 'own'"),
    ),
    Trap(
        "selected and named",
        NAMED,
        lambda r: r.suites[0].name.startswith("A name: 🐙") and r.suites[0].metadata["Key"] == "1:Value 🐙",
    ),
    Trap("by test and suite name", ["--test", "*teardown fail*", "--suite", "statuses"], lambda r: r.total == 3),
    Trap("modified before the run", ["--prerunmodifier", str(SUITES / "modifier.py")], has("(renamed)", "Added By")),
    Trap("nothing logged", ["--loglevel", "NONE"], lambda r: r.total > 150),
    Trap("tasks", ["--rpa"], lambda r: any("task" in t.message.lower() for t in r.tests)),
    Trap("all lines of errors", ["--maxerrorlines", "NONE", "--suite", "messages"], lambda r: r.total > 20),
    # Of these suites only: JSON keeps control characters, which Postgres cannot, and cannot hold a deep recursion.
    Trap(
        "output as JSON",
        ["--output", "output.json", "--suite", "teardown_fails", "--suite", "templates"],
        has("teardown skipped", "Own Template"),
    ),
    Trap("fatal error", [], has("robot:exit", "Test execution stopped due to a fatal error"), "fatal"),
    Trap("empty suite", ["--runemptysuite"], lambda r: r.total == 0 and len(r.suites) == 1, "empty/nothing.robot"),
    Trap("empty suites", ["--runemptysuite"], lambda r: r.total == 0, "empty"),
    Trap("all excluded", ["--exclude", "NOT x", "--runemptysuite"], lambda r: r.total == 0, "fatal"),
    Trap("slow setups and teardowns", ["--variable", "PAUSE:10ms"], lambda r: r.suites[0].setup is not None, "slow"),
]


@pytest.mark.parametrize("trap", [pytest.param(trap, id=trap.name) for trap in TRAPS])
def test_a_run_is_held_as_output_xml_has_it(lab: Lab, trap: Trap) -> None:
    run = lab.run(trap.suites, *trap.args)
    output = run.output.with_suffix(".json") if "output.json" in trap.args else run.output
    expected = lab.holds_output(run.run_id, output)
    assert trap.sprung(expected), Counter(test.status for test in expected.tests)


def test_several_sources_have_a_root_without_source(lab: Lab) -> None:
    run = lab.run(["fatal/02__never_run.robot", "slow/b.robot"], "--variable", "PAUSE:1ms")
    expected = lab.holds(run)
    assert expected.suites[0].source == "" and len(expected.suites) == 3


def test_failed_tests_run_again_are_a_run_of_their_own(lab: Lab) -> None:
    first = lab.run("slow", "--variable", "PAUSE:1ms")
    again = lab.run("slow", "--variable", "PAUSE:1ms", "--rerunfailed", str(first.output))
    assert lab.holds(first).total > lab.holds(again).total > 0


def test_thousands_of_tests(lab: Lab, tmp_path: Path) -> None:
    suites = tmp_path / "many"
    suites.mkdir()
    for number in range(10):
        tests = "".join(f"Test {test} of {number}\n    No Operation\n" for test in range(250))
        (suites / f"s{number}.robot").write_text(f"*** Test Cases ***\n{tests}", encoding="utf-8")
    run = lab.run(suites)
    assert lab.holds(run).total == 2500


def test_two_runs_in_one_python_process_are_two_runs(lab: Lab) -> None:
    run = lab.run("slow", "--variable", "PAUSE:1ms", setup="twice", run_id="", runner=[str(SUITES / "twice.py")])
    first, second = lab.database.runs_of("twice")
    lab.holds_output(first, run.output.with_name("first.xml"))
    lab.holds_output(second, run.output.with_name("second.xml"))


def test_two_runs_with_one_id_are_one_run_of_two_processes(lab: Lab) -> None:
    """As where a job runs robot and then robot --rerunfailed under one LIVEWALL_RUN_ID, here of odd characters."""
    args = ("--variable", "PAUSE:1ms")
    first = lab.run("slow", *args, run_id="Nightly #12: <b>/über/", setup="one-id")
    again = lab.run("slow", *args, "--rerunfailed", str(first.output), run_id=first.run_id, setup="one-id")
    (key,) = lab.database.runs_of("one-id")
    run = lab.verified(key)
    expected = [read_output(each.output, ZoneInfo(NODE_ZONE)) for each in (first, again)]
    for own, process in zip(expected, lab.database.processes(key), strict=True):
        assert_equal(own, lab.database.record(key, process["name"]))
    assert run["total"] == sum(own.total for own in expected)


def test_without_output_xml_the_run_is_held_all_the_same(lab: Lab) -> None:
    args = ("--variable", "PAUSE:1ms")
    expected = lab.holds(lab.run("slow", *args))
    without = lab.run("slow", *args, "--output", "NONE")
    assert not without.output.exists()
    lab.verified(without.run_id)
    held = lab.database.record(without.run_id)
    assert [(t.longname, t.status, t.message) for t in held.tests] == [
        (t.longname, t.status, t.message) for t in expected.tests
    ]
    assert [(s.longname, s.status, s.message) for s in held.suites] == [
        (s.longname, s.status, s.message) for s in expected.suites
    ]


def test_a_run_without_tests_leaves_nothing_behind(lab: Lab) -> None:
    run = lab.run("fatal", "--include", "no-such-tag")
    assert run.exit_code == 252
    assert lab.database.rows("SELECT key FROM run WHERE key = %s", run.run_id) == []


def test_where_output_xml_contradicts_robots_exit_code_the_exit_code_is_held(lab: Lab, tmp_path: Path) -> None:
    """A suite teardown whose name cannot be resolved fails the run, but leaves no trace in output.xml."""
    suite = tmp_path / "unresolved.robot"
    suite.write_text(
        "*** Settings ***\nSuite Teardown    ${NOT_THERE}\n*** Test Cases ***\nPasses\n    Log    fine\n",
        encoding="utf-8",
    )
    run = lab.run(suite)
    lab.verified(run.run_id)
    held = lab.database.record(run.run_id)
    assert (run.exit_code, held.failed, held.tests[0].status) == (1, 1, "FAIL")
    assert "${NOT_THERE}" in held.tests[0].message
    said = lab.take_in(run.output)
    assert "nothing was missing" in said, said
