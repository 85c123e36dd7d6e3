"""What a killed run left on the disk, down to every byte; and what one of them is refused holds up no other."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from livewall_listener import encode, wire
from livewall_listener import spool_file as spool_module
from livewall_listener.client import Client
from livewall_listener.redelivery import Collection, Outcome
from livewall_listener.spool_file import SpoolFile
from livewall_listener.spool_format import Header
from support.wall import Answer, RecordingWall, Request

EVENTS = [wire.StartTest(f"s1-t{n}", f"Ä {n}", f"S.Ä {n}", "2026-05-04T10:00:00+00:00") for n in range(1, 6)]


def leave(folder: Path, url: str, run: str) -> Path:
    """A run whose process was killed with all its events on the disk."""
    path = folder / f"{run}.spool"
    report(url, run, path).close(delete=False)
    return path


def report(url: str, run: str, path: Path) -> SpoolFile:
    spool = SpoolFile.create(Header(url, run, {"process": "0"}), path, limit=10**6)
    spool.append([encode.event(event) for event in EVENTS])
    return spool


def deliver(folder: Path, url: str) -> list[Outcome]:
    client = Client(url, token="", ca="", environment={})
    try:
        return list(Collection(folder, {url: client}.get).deliver())
    finally:
        client.close()


def names(wall: RecordingWall, run: str) -> list[str]:
    if run not in wall.runs:
        return []
    return [event["name"] if event["kind"] != "lost" else "lost" for event in wall.process(run).events]


@pytest.mark.any_python
def test_a_spool_cut_at_every_byte_delivers_its_whole_records_and_goes(tmp_path: Path) -> None:
    with RecordingWall() as wall:
        whole = leave(tmp_path, wall.url, "run-0000").read_bytes()
        (tmp_path / "run-0000.spool").unlink()
        ends = [index + 1 for index, byte in enumerate(whole) if byte == ord("\n")]
        assert len(ends) == len(EVENTS) + 1, "one header"
        for cut in range(len(whole) + 1):
            run = f"run-{cut:04}"
            (tmp_path / f"{run}.spool").write_bytes(leave(tmp_path, wall.url, run).read_bytes()[:cut])
            problems = [outcome.problem for outcome in deliver(tmp_path, wall.url) if outcome.problem]
            kept = [event.name for event, end in zip(EVENTS, ends[1:]) if end <= cut]
            torn = ["lost"] * (cut > ends[0] and cut not in ends)
            assert (problems, names(wall, run)) == ([], [*kept, *torn]), cut
            assert [path.name for path in tmp_path.iterdir()] == [], cut
        assert all(request.body["resent"] for request in wall.requests if not request.is_events)


@pytest.mark.parametrize("content", [b"\0" * 4096, b'{"spool": 1, "url": "http://wall\0\0\0'])
def test_what_a_power_cut_left_of_a_first_line_holds_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.spool").write_bytes(content)
    assert [outcome.problem for outcome in deliver(tmp_path, "http://wall")] == [""]
    assert list(tmp_path.iterdir()) == []


def test_killed_while_it_was_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old file still counts, and the new one takes no room for ever."""

    class Killed(BaseException):
        pass

    def kill(_: object) -> None:
        raise Killed

    with RecordingWall() as wall:
        spool = report(wall.url, "run", tmp_path / "run.spool")
        with monkeypatch.context() as patched:
            patched.setattr(spool_module, "COMPACT_AT", 1)
            patched.setattr(os, "fsync", kill)
            with pytest.raises(Killed):
                spool.acknowledge(4)
        spool.close(delete=False)
        assert len(list(tmp_path.iterdir())) == 2
        deliver(tmp_path, wall.url)
        assert names(wall, "run") == [event.name for event in EVENTS]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", [403, 422])
def test_a_run_that_is_refused_holds_up_no_other(tmp_path: Path, status: int) -> None:
    """It belongs to another token by now, or holds what this wall does not understand."""

    def refuse(request: Request) -> Answer | None:
        return Answer(status, {"error": {"message": "not this one"}}) if "/runs/first" in request.path else None

    with RecordingWall() as wall:
        wall.before = refuse
        paths = [leave(tmp_path, wall.url, run) for run in ("first", "second")]
        outcomes = deliver(tmp_path, wall.url)
        assert ["not this one" in outcome.problem for outcome in outcomes] == [True, False]
        assert names(wall, "second") == [event.name for event in EVENTS]
        assert [path.exists() for path in paths] == [True, False]
        wall.before = lambda _: None
        deliver(tmp_path, wall.url)
        assert names(wall, "first") == [event.name for event in EVENTS], "kept until somebody takes it"
