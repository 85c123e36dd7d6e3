"""Fragments of output on the disk: each delivered, numbered, and there after a kill."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livewall_agent.output_spool import FULL, OutputSpool


def told(spool: OutputSpool) -> list[tuple[int, str, str]]:
    spool.flush(now=True)
    return [(fragment.number, fragment.phase, fragment.text) for fragment in spool.unsent()]


def test_spool_what_is_written_together_is_one_fragment_and_phases_are_kept_apart(tmp_path: Path) -> None:
    spool = OutputSpool(tmp_path / "s", None)
    spool.add("setup", "a\n")
    spool.add("setup", "b \0 \x1b[31m \ufffd\n")
    spool.add("test", "c\n")
    assert told(spool) == [(0, "setup", "a\nb \0 \x1b[31m \ufffd\n"), (1, "test", "c\n")]
    assert spool.is_empty


def test_spool_much_is_on_its_way_before_the_rest_has_come(tmp_path: Path) -> None:
    spool = OutputSpool(tmp_path / "s", None)
    spool.add("test", "x" * FULL)
    assert [fragment.number for fragment in spool.unsent()] == [0]


def test_spool_what_was_not_delivered_comes_again(tmp_path: Path) -> None:
    spool = OutputSpool(tmp_path / "s", None)
    spool.add("setup", "a")
    spool.add("test", "b")
    spool.flush(now=True)
    for fragment in spool.unsent():
        if fragment.number == 1:
            break  # the server is away
    assert not spool.is_empty
    assert told(spool) == [(1, "test", "b")]


def test_spool_another_process_goes_on_where_one_was_killed(tmp_path: Path) -> None:
    first = OutputSpool(tmp_path / "s", None)
    first.add("setup", "a")
    assert told(first) == [(0, "setup", "a")]
    first.note()
    first.add("test", "b")
    first.flush(now=True)
    with (tmp_path / "s").open("ab") as file:
        file.write(b"\x1e1234")  # it was killed in the middle of a record
    second = OutputSpool(tmp_path / "s", None)
    second.add("test", "c")
    assert told(second) == [(1, "test", "b"), (2, "test", "c")]
    assert second.is_empty


@given(cut=st.integers(min_value=0, max_value=400))
def test_spool_of_a_file_cut_anywhere_whole_fragments_are_read_and_numbers_go_on(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = tmp_path_factory.mktemp("spool") / "s"
    spool = OutputSpool(path, None)
    for phase in ("setup", "test", "cleanup"):
        spool.add(phase, phase)
    spool.flush(now=True)
    path.write_bytes(path.read_bytes()[:cut])
    again = OutputSpool(path, None)
    kept = told(again)
    assert [number for number, _, _ in kept] == list(range(len(kept)))
    again.add("test", "after")
    assert told(again) == [(len(kept), "test", "after")]


def test_spool_beyond_its_limit_output_is_left_out_and_that_is_said(tmp_path: Path) -> None:
    spool = OutputSpool(tmp_path / "s", 900)
    for _ in range(5):
        spool.add("test", "x" * 900)
        spool.flush(now=True)
    texts = [text for _, _, text in told(spool)]
    assert len(texts) == 2 and "more output than is kept" in texts[1]
    assert spool.is_empty


def test_spool_a_full_disk_costs_nothing_while_the_server_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = OutputSpool(tmp_path / "s", None)
    spool.add("setup", "a")
    spool.flush(now=True)

    def full(self: OutputSpool, text: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(OutputSpool, "_append", full)
        spool.add("setup", "b")
        assert told(spool) == [(0, "setup", "a"), (1, "setup", "b")]
        for _ in range(10):
            spool.add("setup", "x" * 1_000_000)
    spool.add("setup", "c")
    texts = "".join(text for _, _, text in told(spool))
    kept = texts.count("x")
    assert f"{10_000_000 - kept} characters of output are missing" in texts
    assert texts.endswith("c")
    assert spool.is_empty
