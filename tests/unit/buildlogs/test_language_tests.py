"""What cargo, go, pytest, unittest and CTest print of tests, as they printed it, and what a report makes of that."""

from __future__ import annotations

from pathlib import Path

import pytest

from livewall_dashboard.buildlogs import language_tests
from livewall_dashboard.buildlogs.model import Report
from livewall_dashboard.buildlogs.step_reading import StepFindings, StepReader
from support.build_reports import GOOD, packed, read

CARGO = b"""\
running 3 tests
test t::slow ... ignored
test t::zero ... ok
test t::adds ... FAILED

failures:

---- t::adds stdout ----

thread 't::adds' (3906) panicked at src/lib.rs:2:39:
assertion `left == right` failed: adding
  left: 0
 right: 4
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace


failures:
    t::adds

test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.28s

error: test failed, to rerun pass `--lib`
make: *** [Makefile:4: check] Error 101
"""
CARGO_SAID = """\
thread 't::adds' (3906) panicked at src/lib.rs:2:39:
assertion `left == right` failed: adding
  left: 0
 right: 4"""
GO_V = b"""\
=== RUN   TestAdd
    a_test.go:3: Add(2,2) = 0; want 4
--- FAIL: TestAdd (0.00s)
=== RUN   TestZero
--- PASS: TestZero (0.00s)
=== RUN   TestSkip
    a_test.go:5: no
--- SKIP: TestSkip (0.00s)
FAIL
FAIL\tx\t0.002s
FAIL
make: *** [Makefile:4: check] Error 1
"""
GO = b"""\
ok  \tx/good\t0.004s
--- FAIL: TestAdd (0.00s)
    a_test.go:3: Add(2,2) = 0; want 4
FAIL
FAIL\tx/bad\t0.002s
# x/worse
./b.go:3:2: undefined: frob
FAIL\tx/worse [build failed]
make: *** [Makefile:4: check] Error 1
"""
PYTEST_V = b"""\
collected 5 items

test_a.py::test_add FAILED                                               [ 20%]
test_a.py::test_zero PASSED                                              [ 40%]
test_a.py::test_s SKIPPED (unconditional skip)                           [ 60%]
test_a.py::test_x XFAIL                                                  [ 80%]
test_a.py::test_err ERROR                                                [100%]

=========================== short test summary info ============================
FAILED test_a.py::test_add - assert 0 == 4
ERROR test_a.py::test_err
========== 1 failed, 1 passed, 1 skipped, 1 xfailed, 1 error in 0.09s ==========
make: *** [Makefile:4: check] Error 1
"""
PYTEST_Q = b"""\
F.                                                                       [100%]
=========================== short test summary info ============================
FAILED test_a.py::test_add - assert 1 == 4
1 failed, 1 passed in 0.02s
make: *** [Makefile:4: check] Error 1
"""
UNITTEST = b"""\
test_a (test_b.T.test_a) ... FAIL
test_b (test_b.T.test_b) ... ok
test_c (test_b.T.test_c) ... skipped 'x'
test_d (test_b.T.test_d) ... ERROR
test_e (test_b.T.test_e) ... expected failure

======================================================================
FAIL: test_a (test_b.T.test_a)
----------------------------------------------------------------------
AssertionError: 1 != 2

======================================================================
ERROR: test_d (test_b.T.test_d)
----------------------------------------------------------------------
make: *** [Makefile:4: check] Error 1
"""
CTEST = b"""\
    Start 1: good
1/3 Test #1: good .............................   Passed    0.01 sec
    Start 2: bad
2/3 Test #2: bad ..............................***Failed    0.01 sec
expected 4, got 5

    Start 3: crash
3/3 Test #3: crash ............................Subprocess aborted***Exception:   0.01 sec
make: *** [Makefile:4: check] Error 8
"""
WORDS = {
    "cargo": (CARGO, {"t::slow": "SKIP", "t::zero": "PASS", "t::adds": "FAIL"}),
    "go -v": (GO_V, {"TestAdd": "FAIL", "TestZero": "PASS", "TestSkip": "SKIP"}),
    "go": (GO, {"x/good": "PASS", "TestAdd": "FAIL", "x/worse": "ERROR"}),
    "pytest -v": (
        PYTEST_V,
        {
            "test_a.py::test_add": "FAIL",
            "test_a.py::test_zero": "PASS",
            "test_a.py::test_s": "SKIP",
            "test_a.py::test_x": "XFAIL",
            "test_a.py::test_err": "ERROR",
        },
    ),
    "pytest -q": (PYTEST_Q, {"test_a.py::test_add": "FAIL"}),
    "unittest": (
        UNITTEST,
        {
            "test_a (test_b.T.test_a)": "FAIL",
            "test_b (test_b.T.test_b)": "PASS",
            "test_c (test_b.T.test_c)": "SKIP",
            "test_d (test_b.T.test_d)": "ERROR",
            "test_e (test_b.T.test_e)": "XFAIL",
        },
    ),
    "CTest": (CTEST, {"good": "PASS", "bad": "FAIL", "crash": "FAIL"}),
}
FIRST = {
    "cargo": ("FAIL: t::adds", CARGO_SAID.splitlines()[1]),
    "go -v": ("FAIL: TestAdd", "    a_test.go:3: Add(2,2) = 0; want 4"),
    "go": ("FAIL: TestAdd", "    a_test.go:3: Add(2,2) = 0; want 4"),
    "pytest -v": ("FAIL: test_a.py::test_add", "assert 0 == 4"),
    "pytest -q": ("FAIL: test_a.py::test_add", "assert 1 == 4"),
    "unittest": ("FAIL: test_a (test_b.T.test_a)", "test_a (test_b.T.test_a) ... FAIL"),
    "CTest": ("FAIL: bad", "expected 4, got 5"),
}


def report_of(tmp_path: Path, log: bytes) -> Report:
    failed = {**GOOD, "make-check.log": log, "status": b"make-check failed\n"}
    del failed["make-check.ok"]
    return read(packed(failed), tmp_path)


def findings_of(log: bytes) -> StepFindings:
    reader = StepReader("test")
    reader.feed(log)
    return reader.finish(failed=True)


@pytest.mark.parametrize("which", WORDS)
def test_tests_are_named_with_their_words(which: str, tmp_path: Path) -> None:
    log, words = WORDS[which]
    assert {test.name: test.word for test in report_of(tmp_path, log).tests} == words
    assert {name: word for name, word, _ in findings_of(log).tests} == words


@pytest.mark.parametrize("which", FIRST)
def test_what_failed_first_says_why(which: str, tmp_path: Path) -> None:
    log, _ = WORDS[which]
    text, line = FIRST[which]
    step = report_of(tmp_path, log).step("make-check")
    assert step is not None and step.first_error is not None
    assert step.first_error.diagnostic.text == text
    assert line in step.first_error.context


def test_what_a_test_said_ends_where_the_next_thing_begins(tmp_path: Path) -> None:
    messages = {test.name: test.message for test in report_of(tmp_path, CARGO).tests}
    assert messages["t::adds"] == CARGO_SAID


def test_tests_that_are_counted_and_not_named_are_missing(tmp_path: Path) -> None:
    report = report_of(tmp_path, PYTEST_Q)
    assert report.missing_tests == 1 and not report.missing_failures


def test_lines_that_look_like_tests_of_other_things_are_none() -> None:
    log = b"Installing frob ... ok\ntesting (all) things ... ok\nin 3.10s\n2 files in 0.10s\nFAILED to do it\n"
    assert findings_of(log).tests == []


def test_what_tests_say_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language_tests, "MOST_SAID", 1000)
    log = b"".join(
        b"=== RUN   Test%d\n%s--- FAIL: Test%d (0.00s)\n" % (no, b"    said\n" * 100, no) for no in range(50)
    )
    said = [message for _, _, message in findings_of(log).tests]
    assert len(said) == 50 and 500 < sum(map(len, said)) <= 1000


def test_a_command_that_failed_without_a_known_word_is_told_with_what_it_said_last(tmp_path: Path) -> None:
    log = b"generating tables\ngen.sh: table 7 has 3 rows, 4 wanted\n\nmake: *** [Makefile:2: all] Error 3\n"
    step = report_of(tmp_path, log).step("make-check")
    assert step is not None and step.first_error is not None
    said = "make: *** [Makefile:2: all] Error 3, after: gen.sh: table 7 has 3 rows, 4 wanted"
    assert step.first_error.diagnostic.text == said
    assert findings_of(log).first_error is not None and findings_of(log).first_error["text"] == said  # type: ignore[index]
