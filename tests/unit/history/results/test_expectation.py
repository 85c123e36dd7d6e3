"""What a result counts as, by what it was and what it was expected to be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livewall_dashboard.base.errors import Invalid
from livewall_dashboard.history.results import expectation
from livewall_dashboard.history.results.expectation import WORDS, CountsAs, counts_as, parse, text_of, to_store

sets = st.integers(1, 511)

KINDS = [
    # actual, expected, what it counts as
    ("PASS", "PASS", CountsAs.PASSED),
    ("", "", CountsAs.PASSED),
    ("WARNING", "PASS", CountsAs.PASSED),
    ("PASS", "WARNING", CountsAs.PASSED),
    ("FAIL", "PASS", CountsAs.FAILED),
    ("ERROR", "", CountsAs.FAILED),
    ("FAIL", "FAIL", CountsAs.EXPECTED_FAILURE),
    ("TEXT", "FAIL", CountsAs.EXPECTED_FAILURE),
    ("IMAGE AUDIO", "FAIL", CountsAs.EXPECTED_FAILURE),
    ("FAIL", "TEXT", CountsAs.FAILED),
    ("CRASH", "FAIL", CountsAs.FAILED),
    ("CRASH TEXT", "FAIL", CountsAs.FAILED),
    ("CRASH", "CRASH PASS", CountsAs.EXPECTED_FAILURE),
    ("PASS", "CRASH PASS", CountsAs.PASSED),
    ("FAIL PASS", "PASS", CountsAs.FAILED),
    ("FAIL PASS", "FAIL", CountsAs.EXPECTED_FAILURE),
    ("PASS", "FAIL", CountsAs.FAILED),
    ("WARNING", "TIMEOUT", CountsAs.FAILED),
]


@pytest.mark.parametrize(("actual", "expected", "what"), KINDS)
def test_kinds_of_results(actual: str, expected: str, what: CountsAs) -> None:
    assert counts_as(*to_store(parse(actual), parse(expected))) == what


def test_a_skipped_test_is_skipped_whatever_was_expected() -> None:
    assert counts_as(2, None, parse("FAIL")) == CountsAs.SKIPPED
    assert counts_as(3, None, parse("FAIL")) == CountsAs.NOT_RUN
    assert not expectation.is_unexpected(2, None, parse("FAIL"))
    assert expectation.is_unexpected(3)


def test_an_unknown_word_is_named() -> None:
    with pytest.raises(Invalid, match="'PAS' is no status of a result"):
        parse("FAIL PAS")


@given(sets)
def test_words_come_back(words: int) -> None:
    assert parse(text_of(words)) == words
    assert text_of(expectation.worst(words)) == text_of(words).split()[0]


@given(sets, sets)
def test_columns_say_what_they_were_made_of(actual: int, expected: int) -> None:
    status, stored_actual, stored_expected = to_store(actual, expected)
    assert expectation.actual_of(status, stored_actual) == actual
    assert (stored_expected or expectation.PASS) == expected
    assert (status, None, None) == to_store(actual, expected) or {stored_actual, stored_expected} != {None}


@given(sets, sets)
def test_what_was_expected_surprises_nobody(actual: int, expected: int) -> None:
    """And no failure is expected that is not named."""
    found = counts_as(*to_store(actual, expected))
    failures = set(text_of(actual).split()) - {"PASS", "WARNING"}
    named = set(text_of(expected).split()) | ({"TEXT", "AUDIO", "IMAGE"} if expected & expectation.FAIL else set())
    if failures:
        assert (found == CountsAs.EXPECTED_FAILURE) == (failures <= named)
    else:
        assert (found == CountsAs.PASSED) == bool(named & {"PASS", "WARNING"})


@given(st.lists(sets))
def test_the_worst_of_several(results: list[int]) -> None:
    words = {word for each in results for word in text_of(each).split()} or {"PASS"}
    assert text_of(expectation.worst_of(results)) == min(words, key=WORDS.index)
