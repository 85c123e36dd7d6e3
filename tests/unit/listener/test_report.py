"""Where a run's events are delivered, and what is kept where nobody waits for the wall."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from livewall_listener import wire
from livewall_listener.notices import Notices
from livewall_listener.open_report import open_report
from livewall_listener.report import Report
from livewall_listener.settings import Settings
from livewall_listener.spool_file import SpoolFile
from support.ports import free_port
from support.wall import RecordingWall

EVENTS = 100
IN_NO_TIME = """
import sys
from pathlib import Path
from livewall_listener import wire
from livewall_listener.notices import Notices
from livewall_listener.report import Report
from livewall_listener.settings import Settings

settings = Settings(url=sys.argv[1], spool=Path(sys.argv[2]), timeout=0.0)
notices = Notices(print)
report = Report(settings, {}, "r", wire.RunInfo(), notices, lambda: None)
report.start()
for number in range(int(sys.argv[3])):
    report.put(wire.Lost(number, ""))
report.close()
notices.tell()
"""


@pytest.mark.parametrize(("events", "said"), [(1, "1 event is kept in"), (EVENTS, f"{EVENTS} events are kept in")])
def test_who_has_no_time_to_wait_keeps_all_the_same(tmp_path: Path, events: int, said: str) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    command = [sys.executable, "-c", IN_NO_TIME, url, str(tmp_path), str(events)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    (path,) = tmp_path.glob("*.spool")
    spool = SpoolFile.load(path)
    assert (spool.last_seq, spool.lost) == (events, 0)
    spool.close(delete=True)
    assert said in done.stdout


@pytest.mark.parametrize("has_disk", [True, False])
def test_what_another_cannot_go_on_with_goes_to_the_wall_first(tmp_path: Path, has_disk: bool) -> None:
    spool = tmp_path / "spool"
    if not has_disk:
        spool.touch()
    with RecordingWall() as wall:
        settings = Settings(url=wall.url, spool=spool)
        report = Report(settings, {}, "r", wire.RunInfo(process="0"), Notices(lambda _: None), lambda: None)
        report.start()
        for number in range(EVENTS):
            report.put(wire.Lost(number, ""))
        report.keep(60.0)
        if has_disk:
            (path,) = spool.glob("*.spool")
            kept = SpoolFile.load(path)
            assert kept.last_seq == EVENTS
            kept.close(delete=False)
        else:
            assert len(wall.process("r").events) == EVENTS
        report.close()


def test_whatever_keeps_a_process_from_being_started_threads_deliver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here what a library has left where Python looks for modules."""
    monkeypatch.setattr(sys, "path", [*sys.path, 7])
    said: list[str] = []
    notices = Notices(said.append)
    settings = Settings(url=f"http://127.0.0.1:{free_port()}", spool=tmp_path, delivery="process")
    report = open_report(settings, {}, "r", wire.RunInfo(), notices, lambda: None)
    assert isinstance(report, Report)
    report.start()
    report.close()
    notices.tell()
    assert said[0].endswith("threads do it")
