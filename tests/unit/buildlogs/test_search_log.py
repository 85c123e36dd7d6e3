"""A text is found in every line that has it, wherever parts and blocks of the log end."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from livewall_dashboard.buildlogs.log_file import LogWriter
from livewall_dashboard.buildlogs.search_log import Matches, Wanted, search
from livewall_dashboard.buildlogs.whole_lines import whole_lines


class Log:
    def __init__(self, path: Path, content: bytes, piece: int = 10_000):
        self.path = path
        with path.open("wb") as file:
            writer = LogWriter(file)
            for block in whole_lines(content[at : at + piece] for at in range(0, len(content), piece)):
                writer.write(block)
            writer.finish()
        self.index = writer.index

    def search(self, text: str, part: int = 2**30, **more: object) -> Matches:
        with self.path.open("rb") as file:
            return search(file, self.index, Wanted(text, **more), part)  # type: ignore[arg-type]


def test_same_as_a_plain_search_from_any_line_and_in_parts_of_any_size(tmp_path: Path) -> None:
    dice = random.Random(3)
    lines = [dice.choice(["ok", "warning: a", "Warning: warning: b", "", "x" * 700]) for _ in range(6_000)]
    log = Log(tmp_path / "log", "\n".join(lines).encode(), piece=3_001)
    expected = [number for number, line in enumerate(lines, 1) if "warning" in line.lower()]
    assert log.search("WARNING", most=10_000) == Matches(expected, len(expected), None)
    for first, last in ((1, 10), (2_500, 2_600), (5_990, 6_000), (6_000, 9_000)):
        within = [number for number in expected if first <= number <= last]
        assert log.search("warning", first=first, last=last).count == len(within)
        assert log.search("warning", first=first, last=last, most=3).lines == within[:3]
        assert log.search("warning", first=first, last=last, most=3, backwards=True).lines == within[-3:]
    found: list[int] = []
    following: int | None = 1
    while following is not None:
        part = log.search("warning", part=5_000, first=following, most=10_000)
        assert len(part.lines) == part.count
        found += part.lines
        following = part.next
    assert found == expected


@pytest.mark.parametrize("text", ["\n", "\nb", "a\nb", "b\n", ""])
def test_text_of_several_lines_is_in_none(text: str, tmp_path: Path) -> None:
    assert Log(tmp_path / "log", b"a\nb\nb\n").search(text) == Matches([], 0, None)


@pytest.mark.parametrize("size", [70_000, 300_000, 1_500_000])
def test_endless_line_counts_once_wherever_the_text_is_in_it(tmp_path: Path, size: int) -> None:
    inside = b"a" * size + b"needle" + b"b" * size + b"NEEDLE\nneedle\n" + b"c" * size
    assert Log(tmp_path / "log", inside, piece=65_536).search("needle") == Matches([1, 2], 2, None)
    for cut in range(-6, 7):
        content = b"x\n" + b"a" * (2**18 + cut) + b"needle" + b"b" * size
        assert Log(tmp_path / "log", content).search("needle") == Matches([2], 1, None)
    assert Log(tmp_path / "log", b"a" * size + b"need\nle").search("needle").count == 0


def test_colours_are_not_there_and_other_letters_are(tmp_path: Path) -> None:
    log = Log(tmp_path / "log", "\x1b[31mer\x1b[1mror\x1b[0m: gefäß\n\x1b]8;;http://x\x07link\n\x1b[".encode())
    assert log.search("error: gefäß").lines == [1]
    assert log.search("[31m").count == 0
    assert (log.search("link").lines, log.search("http").count) == ([2], 0)
    assert Log(tmp_path / "none", b"").search("x") == Matches([], 0, None)
