"""Lines of commits as they are shown, whatever somebody has committed."""

from __future__ import annotations

import tracemalloc

from livewall_dashboard.branches.mirror import MOST_SHOWN, _line


def test_a_subject_is_a_line_of_what_can_be_seen() -> None:
    assert _line(b" a\tb\x1b[31m\xff ") == "a b [31m\ufffd"


def test_a_subject_of_any_length_takes_no_memory() -> None:
    subject = "ä".encode() * 5_000_000
    tracemalloc.start()
    try:
        assert _line(subject) == "ä" * MOST_SHOWN
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
