"""Which lines of a block have one of many words: the same that a look at each line finds, in any cut of the block."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from livewall_agent.build_report.masking import HINTS, KEYS, mask
from livewall_dashboard.buildlogs import line_finder
from livewall_dashboard.buildlogs.line_finder import LineFinder
from livewall_dashboard.buildlogs.log_scanner import PLACES, WORDS
from livewall_dashboard.buildlogs.member_files import masked_lines

FRAGMENTS = (
    *WORDS, *PLACES, *HINTS, *KEYS, b"\n", b"\nok", b"o", b":", b" ", b"x.c", b"=", b"hunter22", b"@", b"a:b1@h",
    b"\xff", b"Error", b"PASSWORD=",
)  # fmt: skip


@given(some.lists(some.sampled_from(FRAGMENTS), max_size=60).map(b"".join))
def test_the_lines_found_are_those_that_have_a_word(block: bytes) -> None:
    lowered = block.lower()
    finder = LineFinder((*WORDS, *PLACES, b"\nok"))

    found = [lowered[begin:end] for begin, end in finder.lines(lowered)]

    lines = lowered.splitlines(keepends=True) if b"\r" not in lowered else lowered.split(b"\n")
    at_begin = [False] + [True] * len(lines)  # a block's first line has no line feed before it
    wanted = [
        line
        for line, follows in zip(lines, at_begin, strict=False)
        if any(word in line for word in (*WORDS, *PLACES)) or (follows and line.startswith(b"ok"))
    ]
    assert found == wanted


@given(some.lists(some.sampled_from(FRAGMENTS), max_size=60).map(b"".join))
def test_secrets_are_masked_line_by_line_as_in_the_whole(block: bytes) -> None:
    assert masked_lines(block) == mask(block)


def test_a_word_across_two_pieces_is_found_and_its_line_once() -> None:
    for shift in range(8):
        before = b"x" * (line_finder.PIECE - shift)
        block = before + b"error\n" + b"y" * line_finder.PIECE + b"\nan error\n"
        assert list(LineFinder([b"error"]).lines(block)) == [
            (0, len(before) + 6),
            (len(block) - len(b"an error\n"), len(block)),
        ]


def test_a_block_without_secrets_is_the_very_block() -> None:
    block = b"https://example.org/\npassword = none\n"
    assert masked_lines(block) is block
