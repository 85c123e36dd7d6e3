"""schedule.ini: what it means, and that everything wrong in it is told with its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from livewall_schedule import entries
from livewall_schedule.entries import Entry, ScheduleError

pytestmark = pytest.mark.unit

EXAMPLE = Path(__file__).parents[3] / "config" / "node" / "schedule.ini"


def problems(text: str) -> list[str]:
    with pytest.raises(ScheduleError) as told:
        entries.parse(text)
    return told.value.problems


def test_the_shipped_file_schedules_nothing_and_its_example_is_right_once_taken_in() -> None:
    shipped = EXAMPLE.read_text(encoding="utf-8")
    assert entries.parse(shipped) == []
    example = re.search(r"^# \[smoke\]\n(?:# .*\n)+", shipped, re.MULTILINE)
    assert example
    (smoke,) = entries.parse(re.sub(r"^# ", "", example[0], flags=re.MULTILINE))
    assert smoke == Entry(
        "smoke",
        ("/srv/tests/smoke",),
        every=4 * 3600,
        at=1800,
        jitter=900,
        limit=7200,
        args=("--include", "smoke", "--variable", "BOARD:7"),
        environment={"LIVEWALL_LABELS": "os=debian-12,arch=arm64"},
    )


def test_the_shipped_file_tells_every_member_and_its_default() -> None:
    shipped = EXAMPLE.read_text(encoding="utf-8")
    for member in ("suites", "args", "environment", "every", "at", "jitter", "limit", "lock, wait", "keep"):
        assert re.search(rf"^# {member} ", shipped, re.MULTILINE), member
    least = entries.parse("[a]\nsuites = /a\nevery = 1d")[0]
    assert (least.at, least.jitter, least.lock, least.wait, least.limit, least.keep) == (0, 600, "node", 0, 0, 20)
    assert entries.EVERY in shipped


def test_each_interval_offered_is_taken() -> None:
    for every in entries.EVERY.split():
        (entry,) = entries.parse(f"[a]\nsuites = /a\nevery = {every}")
        assert entry.jitter < entry.every


def test_words_are_a_shells_and_names_of_suites_may_have_spaces() -> None:
    (entry,) = entries.parse("[a]\nsuites = '/srv/my tests' ~/more\nevery = 30m\nargs = --name \"x = y\" -v A:1")
    assert entry.suites[0] == "/srv/my tests"
    assert entry.suites[1].endswith("/more") and entry.suites[1].startswith("/")
    assert entry.args == ("--name", "x = y", "-v", "A:1")


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("suites = /a\n", 1, "before the first"),
        ("[a]\n\nsomething\n", 3, "not name = value"),
        ("[a]\nsuites=/a\nevery=1h\n[b]\nsuites=/b\nevery=1h\n[a]\n", 7, "twice"),
        ("[a]\nsuites=/a\nevery=1h\nevery=2h\n", 4, "twice"),
        ("# x\n[A B]\nsuites=/a\nevery=1h\n", 2, "small letters"),
        ("[a]\nevery=1h\n", 1, "lacks suites"),
        ("[a]\nsuites=/a\n", 1, "lacks every"),
        ("[a]\nsuites=\nevery=1h\n", 2, "names no file"),
        ("[a]\nsuites=tests\nevery=1h\n", 2, "must begin with /"),
        ("[a]\nsuites='/a\nevery=1h\n", 2, "no closing quotation"),
        ("[a]\nsuites=/a\nevery=5h\n", 3, "come round with the clock"),
        ("[a]\nsuites=/a\nevery=1m\n", 3, "come round with the clock"),
        ("[a]\nsuites=/a\nevery=0\n", 3, "come round with the clock"),
        ("[a]\nsuites=/a\nevery=often\n", 3, "15m, 4h"),
        ("[a]\nsuites=/a\nevery=1h\nat=25:00\n", 4, "02:30"),
        ("[a]\nsuites=/a\nevery=1h\n# why\njitter=1h\n", 5, "shorter than every"),
        ("[a]\nsuites=/a\nevery=1h\nlock=../x\n", 4, "letters, digits"),
        ("[a]\nsuites=/a\nevery=1h\nkeep=0\n", 4, "from 1 on"),
        ("[a]\nsuites=/a\nevery=1h\nargs=--outputdir /x\n", 4, "schedule's affair"),
        ("[a]\nsuites=/a\nevery=1h\nenvironment=\n    A b\n", 4, "NAME=value"),
        ("[a]\nsuites=/a\nevery=1h\ncolour=red\n", 4, "known are suites, every"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int, word: str) -> None:
    (problem,) = problems(text)
    assert problem.startswith(f"schedule.ini:{line}: ")
    assert word in problem


def test_all_that_is_wrong_is_told_at_once() -> None:
    told = problems("[a]\nsuites = x\nevery = 5h\n[b]\nsuites = /b\nevery = 1h\nkeep = none\n")
    assert [problem.split(":")[1] for problem in told] == ["2", "3", "7"]


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScheduleError, match="cannot be read: No such file"):
        entries.read(tmp_path / "none.ini")
    (tmp_path / "latin.ini").write_bytes(b"[a]\nsuites=/\xe4")
    with pytest.raises(ScheduleError, match="not UTF-8"):
        entries.read(tmp_path / "latin.ini")
