"""The wall knows which commit it is, and runs without knowing it."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from livewall_dashboard.base.release import MAX_BYTES, Release, read_release, running_release

WHOLE = {
    "commit": "8f3c0e1d2b4a59687786a5b4c3d2e1f00f1e2d3c",
    "subject": "Größer: tiles of 4K screens",
    "branch": "main",
    "deployed_at": "2026-05-04T10:00:00Z",
    "version": "0.1.0",
}


def written(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_a_release_is_read_and_shown_without_what_is_known_otherwise(tmp_path: Path) -> None:
    release = read_release(written(tmp_path / "RELEASE.json", WHOLE))
    assert release is not None
    assert release.as_json() == {name: value for name, value in WHOLE.items() if name != "version"}


def test_only_the_commit_is_needed(tmp_path: Path) -> None:
    assert read_release(written(tmp_path / "RELEASE.json", {"commit": "abc"})) == Release("abc")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"{}", b'{"commit": 7}', b'{"commit": ""}', b'{"commit": "a", "subject": []}', b"\xff\xfe",
     b"[" * 100_000, b" " * (MAX_BYTES + 1)],
    ids=["empty", "torn", "list", "nothing", "number", "no commit", "bad subject", "not UTF-8", "deep", "large"],
)  # fmt: skip
def test_a_bad_file_is_a_line_in_the_log_and_no_reason_not_to_run(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "RELEASE.json"
    path.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert read_release(path) is None
    (record,) = caplog.records
    assert str(path) in record.getMessage()


def test_the_named_file_is_taken_before_the_one_beside_the_program(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    prefix = tmp_path / "release" / "venv"
    prefix.mkdir(parents=True)
    assert running_release({}, prefix) is None, "a program that was not deployed"
    assert not caplog.records, "is nothing to complain about"
    written(prefix.parent / "RELEASE.json", {"commit": "beside"})
    named = written(tmp_path / "named.json", {"commit": "named"})
    assert running_release({}, prefix) == Release("beside")
    assert running_release({"LIVEWALL_RELEASE": str(named)}, prefix) == Release("named")
    assert running_release({"LIVEWALL_RELEASE": str(tmp_path / "gone.json")}, prefix) is None
    assert "No such file" in caplog.text
