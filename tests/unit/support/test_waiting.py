"""The helper all waiting goes through."""

from __future__ import annotations

import pytest

from support.waiting import wait_for


def test_gives_what_was_found() -> None:
    looks = iter([0, None, "found"])
    assert wait_for(lambda: next(looks), what="something true", pause=0) == "found"


def test_an_exception_is_not_yet() -> None:
    looks = iter([ValueError("not yet"), "found"])

    def look() -> str:
        found = next(looks)
        if isinstance(found, Exception):
            raise found
        return found

    assert wait_for(look, pause=0) == "found"


def test_says_what_it_waited_for_and_what_it_last_saw() -> None:
    with pytest.raises(AssertionError, match=r"waited 0 s for the wall; the last look gave \[\]"):
        wait_for(list, timeout=0, what="the wall")
