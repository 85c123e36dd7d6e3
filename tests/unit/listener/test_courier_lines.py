"""What robot says to its courier arrives once and in order, wherever who says it was stopped."""

from __future__ import annotations

import pytest

from livewall_listener import courier_lines
from livewall_listener.courier_lines import LineReader

EVENTS = [b'{"kind":"start_test"}', b'{"message":"\\n\\u001e 0 close"}', b'{"kind":"end_test"}']
LINES = [courier_lines.event(number, text) for number, text in enumerate(EVENTS, 1)]


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_pieces_of_any_size_are_the_same_lines(size: int) -> None:
    reader = LineReader()
    said = b"".join([*LINES, courier_lines.word("upload", ["log", "/tmp/ä\udcff"])])
    heard = [text for begin in range(0, len(said), size) for text in reader.feed(said[begin : begin + size])]
    assert heard == [*EVENTS, b'upload ["log", "/tmp/\\u00e4\\udcff"]']
    assert reader.number == len(EVENTS)


@pytest.mark.parametrize("torn", [*range(1, len(LINES[1]))])
def test_a_line_that_was_begun_and_is_said_again_is_heard_once(torn: int) -> None:
    assert list(LineReader().feed(LINES[0] + LINES[1][:torn] + LINES[1] + LINES[2])) == EVENTS


@pytest.mark.parametrize("torn", [0, 1, 5, 12])
def test_a_line_that_was_said_and_of_which_more_is_said_is_heard_once(torn: int) -> None:
    assert list(LineReader().feed(LINES[0] + LINES[1] + LINES[1][torn:] + LINES[2])) == EVENTS


def test_an_event_that_was_never_said_holds_up_none() -> None:
    assert list(LineReader().feed(LINES[0] + LINES[2])) == [EVENTS[0], EVENTS[2]]


def test_words_are_told_from_events() -> None:
    word = courier_lines.word("close")
    assert courier_lines.split(word) == (0, b"close null")
    assert [courier_lines.is_event(line) for line in (*LINES, word)] == [True, True, True, False]
