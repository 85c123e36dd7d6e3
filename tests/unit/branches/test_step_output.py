"""Steps are told apart by lines that the script prints, however these come in pieces."""

from __future__ import annotations

import pytest

from livewall_dashboard.branches.step_output import StepOutput

TEXT = (
    b"cloning\n"
    b"\nlivewall-step build-7 begin 1 10.5\nfirst\nno newline at its end"
    b"\nlivewall-step build-7 end 1 0 12.25\n"
    b"\nlivewall-step build-7 begin 2 12.25\nlivewall-step build-8 end 2 0 1\nsecond\n\n"
    b"\nlivewall-step build-7 end 2 3 20\nafter\n"
)


def read(*pieces: bytes) -> tuple[StepOutput, dict[int, bytes]]:
    written: dict[int, bytes] = {}

    def take(number: int, piece: bytes) -> None:
        written[number] = written.get(number, b"") + piece

    output = StepOutput("build-7", take)
    for piece in pieces:
        output.feed(piece)
    output.finish()
    return output, written


@pytest.mark.parametrize("size", [1, 2, 3, 7, 40, 1000])
def test_steps_are_told_apart_in_any_pieces(size: int) -> None:
    output, written = read(*(TEXT[at : at + size] for at in range(0, len(TEXT), size)))
    assert written == {
        0: b"cloning\nafter\n",
        1: b"first\nno newline at its end",
        2: b"livewall-step build-8 end 2 0 1\nsecond\n\n",
    }
    assert [(state.status, state.exit_code, state.elapsed_time) for state in output.states.values()] == [
        ("ok", 0, 1.75),
        ("failed", 3, 7.75),
    ]


def test_what_is_written_is_seen_at_once() -> None:
    seen: list[bytes] = []
    output = StepOutput("build-7", lambda number, piece: seen.append(piece))
    output.feed(b"\nlivewall-step build-7 begin 1 1\nhalf a li")
    assert seen == [b"half a li"]


def test_what_the_output_lacks_is_in_the_file_of_marks() -> None:
    output, _ = read(TEXT[:60])
    output.take_marks(b"livewall-step build-7 begin 1 10.5\nlivewall-step build-7 end 1 137 20.5\n")
    assert output.states[1].exit_code == 137
    assert output.states[1].is_timed_out(10)
    assert not output.states[1].is_timed_out(11)
    assert output.is_cut
    whole, _ = read(TEXT)
    whole.take_marks(b"livewall-step build-7 begin 1 10.5\nlivewall-step build-7 end 1 0 20.5\n")
    assert not whole.is_cut


@pytest.mark.parametrize("odd", [b"begin", b"begin x 1", b"end 1", b"end 1 x y", b"", b"begin 1 nan extra \xff"])
def test_what_a_build_prints_of_the_kind_harms_nobody(odd: bytes) -> None:
    read(b"livewall-step build-7 " + odd + b"\n", TEXT)


def test_a_reason_why_no_step_was_begun() -> None:
    output, _ = read(b"\nlivewall-step build-7 trouble git is not installed on this agent\n")
    assert output.trouble == "git is not installed on this agent"
