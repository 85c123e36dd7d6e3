"""A result set is one run, whole and verified at once, or nothing of it."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from livewall_dashboard.base.clock import utc_now
from livewall_dashboard.base.errors import Conflict, Invalid
from livewall_dashboard.history.commits.given_commit import GivenCommit
from livewall_dashboard.history.commits.register_commits import NewCommit, Registration
from livewall_dashboard.history.commits.store import CommitStore
from livewall_dashboard.history.result_sets.result_set import Attempt, GivenResult, GivenSuite, ResultSet
from livewall_dashboard.history.result_sets.store_result_set import ResultSets
from livewall_dashboard.history.results.expectation import parse
from livewall_dashboard.history.store import Store
from livewall_dashboard.postgres.database import Database
from support.history_lab import BEGAN, Lab, end_process, end_test, start_suite

COMMIT = GivenCommit("product", "4f1c" * 10, "main")


@dataclass
class SetLab(Lab):
    """`told`: the keys of the runs that were stored."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.told: list[str] = []
        self.sets = ResultSets(self.database, clock=utc_now, on_stored=self.told.append)
        self.store = Store(self.database)

    def results(self) -> list[dict[str, Any]]:
        return self.rows(
            "SELECT t.longname, t.name, r.id, r.status, r.actual, r.expected, r.attempts, r.extra, r.message,"
            " r.elapsed_time FROM result r JOIN test t ON t.id = r.test_id ORDER BY r.run_id, r.seq"
        )


@pytest.fixture
def lab(writer_url: str) -> Iterator[SetLab]:
    """With the least rights."""
    database = Database(writer_url)
    lab = SetLab(database)
    lab.recorder.start()
    yield lab
    lab.recorder.stop(30)
    lab.sets.close()
    database.close()


def result_set(*results: GivenResult, key: str = "upload-1", **more: Any) -> ResultSet:
    values: dict[str, Any] = {"setup": "mac-1", "suite": "layout-tests", "root": GivenSuite("layout-tests", results)}
    values |= {"started_at": BEGAN, "ended_at": BEGAN + timedelta(seconds=90.5), **more}
    return ResultSet(key, **values)


KINDS = [
    GivenResult("fast/passes.html", elapsed_time=0.25),
    GivenResult("fast/crashes.html", parse("CRASH TEXT"), parse("FAIL"), message="Signal\t11\n\\"),
    GivenResult("fast/known.html", parse("TEXT"), parse("FAIL PASS"), extra={"log": "a\0b", "tries": [1, {"é": None}]}),
    GivenResult("fast/heals.html", parse("PASS"), parse("TIMEOUT")),
    GivenResult("fast/skips.html", is_skipped=True, tags=["slow"]),
]


def test_a_set_is_a_verified_run(lab: SetLab) -> None:
    stored = lab.sets.store(
        result_set(*KINDS, labels={"platform": "mac"}, commits=[COMMIT], raw=b'{"suite": "layout-tests"}', host="bot-7")
    )
    assert (stored.is_new, lab.told) == (True, ["upload-1"])
    run = lab.store.run("upload-1")
    assert run["id"] == "upload-1"
    assert {name: run[name] for name in ("setup", "suite", "name", "state", "status", "verification", "host")} == {
        "setup": "mac-1", "suite": "layout-tests", "name": "layout-tests", "state": "finished", "status": "FAIL",
        "verification": "verified", "host": "bot-7"}  # fmt: skip
    assert (run["started_at"], run["elapsed_time"], run["branch"]) == (BEGAN, 90.5, "main")
    assert (run["repository"], run["commit"]) == (COMMIT.repository, COMMIT.hash)
    assert lab.row("SELECT total, passed, failed, skipped, expected_failures, missing FROM run") == {
        "total": 5, "passed": 1, "failed": 2, "skipped": 1, "expected_failures": 1, "missing": 0}  # fmt: skip
    assert gzip.decompress(lab.row("SELECT packed FROM raw_upload")["packed"]) == b'{"suite": "layout-tests"}'


def test_a_result_says_all_that_was_given(lab: SetLab) -> None:
    lab.sets.store(result_set(*KINDS))
    plain = {"actual": None, "expected": None, "attempts": None, "extra": None, "message": None, "elapsed_time": 0.0}
    assert lab.results() == [
        {**plain, "longname": "fast/passes.html", "name": "passes.html", "id": "s1-t1", "status": 0,
         "elapsed_time": 0.25},
        {**plain, "longname": "fast/crashes.html", "name": "crashes.html", "id": "s1-t2", "status": 1,
         "actual": parse("CRASH TEXT"), "expected": parse("FAIL"), "message": "Signal\t11\n\\"},
        {**plain, "longname": "fast/known.html", "name": "known.html", "id": "s1-t3", "status": 1,
         "actual": parse("TEXT"), "expected": parse("FAIL PASS"),
         "extra": {"log": "a\ufffdb", "tries": [1, {"é": None}]}},
        {**plain, "longname": "fast/heals.html", "name": "heals.html", "id": "s1-t4", "status": 0,
         "expected": parse("TIMEOUT")},
        {**plain, "longname": "fast/skips.html", "name": "skips.html", "id": "s1-t5", "status": 2},
    ]  # fmt: skip


def test_suites_have_their_tests_and_a_status(lab: SetLab) -> None:
    check = GivenSuite("check", [GivenResult("a", parse("FAIL"), parse("FAIL")), GivenResult("b", is_skipped=True)])
    install = GivenSuite("install", [GivenResult("c", parse("FAIL"))], [GivenSuite("docs", elapsed_time=3.0)])
    root = GivenSuite(
        "build", suites=[GivenSuite("configure", status="NOT RUN", message="no compiler"), check, install]
    )
    lab.sets.store(result_set(root=root))
    suites, _ = lab.store.suites("upload-1")
    assert [(suite["id"], suite["longname"], suite["status"], suite["test_count"]) for suite in suites] == [
        ("s1", "build", "FAIL", 3),
        ("s1-s1", "configure", "NOT RUN", 0),
        ("s1-s2", "check", "PASS", 2),
        ("s1-s3", "install", "FAIL", 1),
        ("s1-s3-s1", "install.docs", "SKIP", 0),
    ]
    assert [suite["elapsed_time"] for suite in suites] == [90.5, 0.0, 0.0, 3.0, 3.0]


def test_attempts_are_kept_in_their_order(lab: SetLab) -> None:
    tries = [Attempt("FAIL", "first", BEGAN.isoformat(), 1.5), Attempt("PASS")]
    lab.sets.store(result_set(GivenResult("a"), GivenResult("b", attempts=tries), GivenResult("c", attempts=tries[1:])))
    assert [row["attempts"] for row in lab.results()] == [None, 2, None]
    assert lab.rows("SELECT id, no, status, message, start_time, elapsed_time FROM attempt ORDER BY no") == [
        {"id": "s1-t2", "no": 1, "status": 1, "message": "first", "start_time": BEGAN, "elapsed_time": 1.5},
        {"id": "s1-t2", "no": 2, "status": 0, "message": None, "start_time": None, "elapsed_time": None},
    ]


def test_the_same_key_again_takes_the_former_ones_place(lab: SetLab) -> None:
    tries = [Attempt("FAIL"), Attempt("PASS")]
    first = lab.sets.store(result_set(*KINDS, GivenResult("z", attempts=tries), raw=b"1", commits=[COMMIT]))
    again = lab.sets.store(result_set(KINDS[0], raw=b"2", commits=[COMMIT]))
    assert (again.run_id, again.is_new) == (first.run_id, False)
    assert [row["longname"] for row in lab.results()] == ["fast/passes.html"]
    assert lab.row("SELECT status, total, passed, failed, verification FROM run") == {
        "status": "PASS", "total": 1, "passed": 1, "failed": 0, "verification": "verified"}  # fmt: skip
    assert lab.row("SELECT (SELECT count(*) FROM attempt) AS attempts, count(*) AS suites FROM suite_result") == {
        "attempts": 0, "suites": 1}  # fmt: skip
    assert gzip.decompress(lab.row("SELECT packed FROM raw_upload")["packed"]) == b"2"


def test_a_set_that_lacks_results_is_partial(lab: SetLab) -> None:
    lab.sets.store(result_set(GivenResult("a"), is_whole=False))
    run = lab.store.run("upload-1")
    assert (run["verification"], run["status"], run["state"]) == ("partial", None, "finished")


def test_expected_failures_alone_pass(lab: SetLab) -> None:
    lab.sets.store(result_set(GivenResult("a", parse("FAIL"), parse("FAIL"))))
    assert lab.store.run("upload-1")["status"] == "PASS"


def test_a_run_is_of_one_commit_of_each_repository(lab: SetLab) -> None:
    with lab.database.connection() as connection:
        known = [NewCommit("product", "main", 12, COMMIT.hash), NewCommit("tools", "trunk", 12, revision=12)]
        Registration(connection).register(known)
    more = [GivenCommit("library", "abc"), GivenCommit("tools", "r12", "trunk")]
    lab.sets.store(result_set(GivenResult("a"), commits=[COMMIT._replace(hash=COMMIT.hash[:9]), *more]))
    found = [commit["repository"] for commit in lab.store.run("upload-1")["commits"]]
    assert found == ["product", "tools"], "of library nothing is known"
    assert CommitStore(lab.database).commits(commit=COMMIT.hash)[0][0]["runs"] == 1
    with pytest.raises(Invalid, match="one commit of each"):
        lab.sets.store(result_set(GivenResult("a"), key="upload-2", commits=[COMMIT, COMMIT._replace(hash="abc")]))


def _another_setup(lab: SetLab) -> ResultSet:
    lab.sets.store(result_set(GivenResult("a")))
    return result_set(GivenResult("b"), setup="mac-2")


def _of_a_node(lab: SetLab) -> ResultSet:
    lab.process("upload-1", setup="mac-1").tell(start_suite(), end_test(), end_process(("s1-t1", "PASS", "")))
    return result_set(GivenResult("b"))


@pytest.mark.parametrize(("before", "why"), [(_another_setup, "is of setup mac-1"), (_of_a_node, "by its node")])
def test_a_run_of_somebody_else_is_left_alone(lab: SetLab, before: Callable[[SetLab], ResultSet], why: str) -> None:
    other = before(lab)
    results, told = lab.results(), list(lab.told)
    with pytest.raises(Conflict, match=why):
        lab.sets.store(other)
    assert (lab.results(), lab.told) == (results, told)


@pytest.mark.parametrize(
    "bad",
    [
        {"elapsed_time": float("nan")},
        {"elapsed_time": float("inf")},
        {"extra": {"log": object()}},
        {"tags": ["a\x1fb"]},
        {"attempts": [Attempt("PASS", start_time="yesterday"), Attempt("PASS")]},
    ],
)
def test_what_cannot_be_stored_is_refused_whole(lab: SetLab, bad: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        lab.sets.store(result_set(GivenResult("a"), replace(GivenResult("b"), **bad)))
    assert (lab.results(), lab.told) == ([], [])
    assert lab.row("SELECT count(*) FROM run") == {"count": 0}


def test_many_store_at_once(lab: SetLab) -> None:
    """Eight sets of the same names and commits, each twice."""
    keys = [f"upload-{number % 8}" for number in range(16)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda key: lab.sets.store(result_set(*KINDS, key=key, commits=[COMMIT], raw=b"x")), keys))
    whole = "SELECT count(*), sum(total) AS tests FROM run WHERE verification = 'verified'"
    assert lab.row(whole) == {"count": 8, "tests": 40}
    assert len(lab.results()) == 40


def test_what_results_count_as_is_told_and_asked_for(lab: SetLab) -> None:
    tries = [Attempt("FAIL", "first"), Attempt("PASS")]
    lab.sets.store(result_set(*KINDS, GivenResult("fast/retried.html", attempts=tries)))
    tests = {row["name"]: row for row in lab.store.tests("upload-1")[0]}
    assert {name: (row["status"], row["outcome"], row["actual"], row["expected"]) for name, row in tests.items()} == {
        "passes.html": ("PASS", "passed", "PASS", "PASS"),
        "crashes.html": ("FAIL", "failed", "CRASH TEXT", "FAIL"),
        "known.html": ("FAIL", "expected_failure", "TEXT", "FAIL PASS"),
        "heals.html": ("PASS", "failed", "PASS", "TIMEOUT"),
        "skips.html": ("SKIP", "skipped", "", "PASS"),
        "retried.html": ("PASS", "passed", "PASS", "PASS"),
    }
    assert tests["known.html"]["extra"]["tries"] == [1, {"é": None}]
    assert (tests["retried.html"]["attempts"], tests["retried.html"]["failed_attempts"]) == (2, 1)
    assert (tests["passes.html"]["attempts"], tests["passes.html"]["failed_attempts"]) == (1, 0)
    for asked, names in (
        ({"outcome": "failed"}, ["crashes.html", "heals.html"]),
        ({"outcome": "expected_failure"}, ["known.html"]),
        ({"outcome": "passed"}, ["passes.html", "retried.html"]),
        ({"attempts": 2}, ["retried.html"]),
        ({"status": "FAIL"}, ["crashes.html", "known.html"]),
    ):
        found, _ = lab.store.tests("upload-1", **asked)  # type: ignore[arg-type]
        assert [row["name"] for row in found] == names, asked


def test_attempts_of_a_run_are_listed(lab: SetLab) -> None:
    tries = [Attempt("FAIL", "first"), Attempt("FAIL", "second"), Attempt("PASS", elapsed_time=2.0)]
    lab.sets.store(result_set(GivenResult("b", attempts=tries), GivenResult("a", attempts=tries[1:]), GivenResult("c")))
    rows, following = lab.store.attempts("upload-1", limit=2)
    more, end = lab.store.attempts("upload-1", after=following, limit=10)
    assert [(row["id"], row["no"], row["status"], row["message"]) for row in rows + more] == [
        ("s1-t1", 1, "FAIL", "first"),
        ("s1-t1", 2, "FAIL", "second"),
        ("s1-t1", 3, "PASS", ""),
        ("s1-t2", 1, "FAIL", "second"),
        ("s1-t2", 2, "PASS", ""),
    ]
    assert (end, more[0]["elapsed_time"], more[0]["start_time"]) == (None, 2.0, None)
    assert [row["no"] for row in lab.store.attempts("upload-1", test="s1-t2", process="upload")[0]] == [1, 2]


def test_every_count_knows_what_was_expected(lab: SetLab) -> None:
    """Of runs, processes, suites, tags, setups of a test; and the wall's tile after a restart."""
    expected = GivenResult("fast/known.html", parse("FAIL"), parse("FAIL"), tags=["slow"])
    lab.sets.store(result_set(expected))
    counts = {"total": 1, "passed": 0, "failed": 0, "skipped": 0, "expected_failures": 1}
    run = lab.store.run("upload-1")
    assert [run["counts"], lab.store.suites("upload-1")[0][0]["counts"]] == [counts, counts]
    assert run["process_list"][0].items() >= counts.items()
    assert lab.store.run_tags("upload-1") == [{"tag": "slow", "counts": counts}]
    assert lab.store.setups_of_test("fast/known.html").counts == counts
    assert lab.store.test_history("fast/known.html")[0][0]["outcome"] == "expected_failure"
    (last,) = lab.recorder.last_runs(["mac-1"])
    assert (last.counts, last.status, last.failures) == (counts, "PASS", [])


def test_an_unexpected_pass_is_among_the_failures(lab: SetLab) -> None:
    lab.sets.store(result_set(GivenResult("fast/heals.html", parse("PASS"), parse("FAIL"))))
    (last,) = lab.recorder.last_runs(["mac-1"])
    assert (last.status, [failure.longname for failure in last.failures]) == ("FAIL", ["fast/heals.html"])


def test_a_connection_that_broke_meanwhile_is_not_used_again(lab: SetLab) -> None:
    lab.sets.store(result_set(GivenResult("a"), key="upload-before"))
    lab.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND usename = 'livewall'"
    )
    lab.sets.store(result_set(GivenResult("a"), GivenResult("b"), key="upload-after"))
    assert [row["longname"] for row in lab.results()] == ["a", "a", "b"]
