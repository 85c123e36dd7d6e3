"""The executions that rebot of several versions has put together, as it wrote them; and what only looks like that.

`merged/`: three executions of one suite, merged at once; the later two merged before (`nested`); both halves (`twice`).
"""

from __future__ import annotations

from datetime import timezone
from pathlib import Path

import pytest

from livewall_dashboard.history.result_sets.result_set import Attempt
from livewall_dashboard.importing.merged_attempts import attempts_of
from livewall_dashboard.importing.model import TestLine as Line
from livewall_dashboard.importing.read_file import read_file
from livewall_dashboard.importing.times import Clock

FILES = sorted(Path(__file__).with_name("merged").glob("*.xml"))
TRIED = 'first <b>&amp; "quoted" try {} see https://example.com/x?a=1&b=2: {} != 3'
HOSTILE = 'a < b & c > d\n<hr><span class="old-status">Old status:</span> <span class="pass">PASS</span><br>'


def merged(path: Path) -> dict[str, Line]:
    lines: list[object] = []
    assert read_file(path, lines.append, Clock(timezone.utc)).is_merged
    return {line.name: line for line in lines if isinstance(line, Line)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_execution_is_found(path: Path) -> None:
    tests = merged(path)
    tries = [1, 2, 2, 3] if path.stem.endswith("twice") else [1, 2, 3]
    found = {name: attempts_of(line.status, line.message[0]) for name, line in tests.items()}
    assert found["Fails then passes"] == [
        Attempt("FAIL", TRIED.format(no, no)) if no < 3 else Attempt("PASS", "") for no in tries
    ]
    assert found["Fails always"] == [Attempt("FAIL", f"*HTML* <i>no</i> {no}<br>line") for no in tries]
    assert found["Fails plain"] == [Attempt("FAIL", HOSTILE)] * len(tries)
    assert found["Passes"] == [Attempt("PASS", "")] * len(tries)
    assert found["Passes with message"] == [Attempt("PASS", "fine & well")] * len(tries)


def test_a_later_execution_that_was_skipped_is_none() -> None:
    """What rebot keeps the former one, and it says so; version 3 knew no skips."""
    for path in FILES:
        line = merged(path)["Skips later"]
        assert (attempts_of(line.status, line.message[0]) == []) == ("3.2" not in path.stem)


HEADER = '*HTML* <span class="merge">Test has been re-executed and results merged.</span>'
NEW = '<hr><span class="new-status">New status:</span> <span class="pass">PASS</span><br>'
OLD = '<hr><span class="old-status">Old status:</span> <span class="fail">FAIL</span><br>'
SAID = '<span class="old-message">Old message:</span> no<br>'


@pytest.mark.parametrize(
    "message",
    [
        "",
        "no",
        HEADER,
        HEADER + NEW,
        HEADER + OLD + NEW,
        HEADER + NEW + OLD + "more",
        HEADER + "more" + NEW + OLD,
        HEADER + NEW + OLD + SAID[:-1],
        HEADER + NEW + OLD + SAID.replace("old-", "new-"),
        HEADER + NEW + NEW + OLD,
        HEADER.removeprefix("*HTML* ") + NEW + OLD,
        HEADER + NEW + OLD + "\n\nAlso parent suite teardown failed:\nno",
        f'{HEADER}{NEW}<span class="new-message">New message:</span> {HEADER[7:]}{NEW}{OLD}{SAID}<br>{OLD}{SAID}<br>',
    ],
)
def test_what_only_looks_like_it_is_left_as_it_is(message: str) -> None:
    assert attempts_of("PASS", message) == []


def test_the_newest_execution_is_the_test_s_own() -> None:
    assert attempts_of("PASS", HEADER + NEW + OLD + SAID) == [Attempt("FAIL", "no"), Attempt("PASS", "")]
    assert attempts_of("FAIL", HEADER + NEW + OLD + SAID) == [], "somebody changed it afterwards"
