"""What `livewall import` says of many files."""

from __future__ import annotations

from livewall_dashboard.importing.report import SETUP_WANTED, FileReport, hint, summary


def test_what_many_files_lack_is_said_once() -> None:
    lost = FileReport("a.xml", "broken", f"No run is known. Say {SETUP_WANTED} with --setup NAME.")
    empty = FileReport("b.xml", "broken", "It is empty.")
    assert summary([lost, lost, empty]) == "3 files: 0 imported, 0 with nothing new, 3 broken."
    assert hint([lost, lost, empty]).startswith("2 files would be new runs: say on which setup they ran")
    assert hint([lost, empty]) == "", "its own line says it"
