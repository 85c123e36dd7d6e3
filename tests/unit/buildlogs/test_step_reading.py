"""The log of any step is read as those of build reports are, in whatever pieces it comes."""

from __future__ import annotations

import pytest

from livewall_dashboard.buildlogs.step_reading import StepFindings, StepReader

LOG = (
    b"make: Entering directory '/w'\n"
    b"a.c:3:5: warning: unused variable 'x' [-Wunused-variable]\n"
    b"a.c:3:5: warning: unused variable 'x' [-Wunused-variable]\n"
    b"b.c:7:1: error: expected ';'\n"
    b"PASS: one\nFAIL: two\nXFAIL: three\nPASS: one\n"
    b"make: *** [all] Error 1"
)


def read(log: bytes, size: int = 10_000, *, failed: bool = True) -> StepFindings:
    reader = StepReader("test")
    for at in range(0, len(log), size):
        reader.feed(log[at : at + size])
    return reader.finish(failed=failed)


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_errors_warnings_and_tests_are_found(size: int) -> None:
    found = read(LOG, size)
    assert found.first_error is not None
    assert (found.first_error["file"], found.first_error["line"], found.first_error["at"]) == ("b.c", 7, 4)
    assert found.warnings == 1
    assert [(each["text"], each["count"]) for each in found.diagnostics if each["kind"] == "warning"] == [
        ("unused variable 'x'", 2)
    ]
    assert [(name, word) for name, word, _ in found.tests] == [
        ("one", "PASS"), ("two", "FAIL"), ("three", "XFAIL"), ("one (2)", "PASS"),
    ]  # fmt: skip
    assert found.lines == 9


def test_a_step_that_did_well_has_no_errors() -> None:
    found = read(b"configure: error: is what this test prints\n", failed=False)
    assert (found.first_error, found.errors) == (None, 0)


def test_a_step_that_failed_without_a_word_says_its_end() -> None:
    found = read(b"one\nlast words\n")
    assert found.first_error is not None
    assert found.first_error["text"] == "last words"


def test_what_postgres_cannot_store_is_replaced() -> None:
    found = read(b"a.c:1: error: odd \0 text\n")
    assert found.first_error is not None
    assert "\0" not in str(found.first_error)
