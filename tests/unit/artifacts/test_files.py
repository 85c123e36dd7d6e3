"""Files on the disk, while somebody else is at the same one."""

from __future__ import annotations

from pathlib import Path

import pytest

from livewall_dashboard.artifacts.files import Files


def test_a_file_that_gets_its_name_while_it_is_removed_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files, place = Files(tmp_path), "1/x.gz"
    files.part_of(place).parent.mkdir()
    files.part_of(place).write_bytes(b"x")
    unlink = Path.unlink

    def unlink_and_settle(path: Path, missing_ok: bool = False) -> None:
        unlink(path, missing_ok)
        files.settle(place)

    monkeypatch.setattr(Path, "unlink", unlink_and_settle)
    files.remove(place)
    assert not any(path.is_file() for path in tmp_path.rglob("*"))
