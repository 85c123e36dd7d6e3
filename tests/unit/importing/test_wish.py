"""What options and paths say of files."""

from __future__ import annotations

from pathlib import Path

import pytest

from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.importing.wish import PathDoesNotMatch, PathPattern, Wish, labels_of

PATTERN = PathPattern(r"results/(?P<setup>[^/]+)/(?P<branch>[^/]+)/(?P<board>[^/.]+)?")


def test_a_path_says_setup_branch_and_labels() -> None:
    wish = PATTERN.apply(Path("/mnt/results/vm 1/main/pico/output.xml"), Wish(labels={"version": "2"}))
    assert (wish.setup, wish.branch, wish.labels) == ("vm 1", "main", {"board": "pico", "version": "2"})


def test_an_option_counts_more_and_an_empty_group_is_none() -> None:
    wish = PATTERN.apply(Path("results/vm1/main/.x"), Wish(setup="other", labels={"board": "b"}))
    assert (wish.setup, wish.branch, wish.labels) == ("other", "main", {"board": "b"})
    assert PathPattern(r"(?P<setup>a)?b").apply(Path("b.xml"), Wish()).setup is None


def test_a_path_of_which_the_pattern_says_nothing() -> None:
    with pytest.raises(PathDoesNotMatch):
        PATTERN.apply(Path("elsewhere/output.xml"), Wish())


@pytest.mark.parametrize("text", ["(", "no groups", "(unnamed)", "(?P<a>x)(?P<a>y)"])
def test_a_pattern_that_says_nothing_or_is_none(text: str) -> None:
    with pytest.raises(Misconfigured, match="--path-pattern"):
        PathPattern(text)


def test_labels_are_pairs() -> None:
    assert labels_of(["a=b=c", "version=1"]) == {"a": "b=c", "version": "1"}
    for text in ("a", "=b", "", "a=", "a=b\nc"):
        with pytest.raises(Misconfigured):
            labels_of([text])
