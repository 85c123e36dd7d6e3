"""Where a check keeps the files of its tests."""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from runner import results


@pytest.fixture(autouse=True)
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for memory, with all the room that is wanted."""
    monkeypatch.delenv("TMPDIR", raising=False)
    folder = tmp_path / "memory"
    folder.mkdir()
    monkeypatch.setattr(results, "MEMORY", str(folder))
    monkeypatch.setattr(results, "LEAST_MEMORY", 1)
    monkeypatch.setattr(results, "_WHY_ON_DISK", tmp_path / "why-on-disk.txt")
    return folder


def test_files_of_tests_are_kept_in_memory(memory: Path) -> None:
    with results.folder_for_tests() as folders:
        assert all(Path(folder).parent.parent == memory for folder in folders)
    assert (results.why_on_disk(), results.why_some_were_on_disk()) == ("", "")


def test_they_are_kept_on_disk_where_memory_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "LEAST_MEMORY", 6 * 2**30)
    monkeypatch.setattr(results.psutil, "virtual_memory", lambda: SimpleNamespace(available=2**30))
    with results.folder_for_tests() as (tests, _):
        assert Path(tests).parent.parent == Path(tempfile.gettempdir())
    monkeypatch.setattr(results.psutil, "virtual_memory", lambda: SimpleNamespace(available=2**36))
    assert results.why_some_were_on_disk() == "1.0 GB of memory are free, of 6 wanted", "though there is enough by now"


def test_they_are_kept_where_tmpdir_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "named"))
    assert results.why_on_disk() == "TMPDIR names a folder"


def test_a_check_leaves_nothing_behind(memory: Path) -> None:
    with results.folder_for_tests() as (tests, others):
        Path(tests).mkdir()
        Path(others, "postgres").write_text("left by a test that was killed", encoding="utf-8")
        assert Path(others).stat().st_mode & 0o1777 == 0o1777
    assert list(memory.iterdir()) == []


def test_what_a_killed_check_left_is_removed_and_a_living_ones_is_not(memory: Path) -> None:
    gone, strangers = memory / "tests-of-a-check-x", memory / "somebodys"
    for folder in (gone, strangers):
        folder.mkdir()
        (folder / "lock").touch()
    with results.folder_for_tests() as (tests, _):
        results.remove_leftovers()
        assert set(memory.iterdir()) == {Path(tests).parent, strangers}
