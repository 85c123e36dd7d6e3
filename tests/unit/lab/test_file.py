"""A running wall takes over a changed file, however it was changed, and keeps the old one where the new one is bad."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

from livewall_dashboard.lab import BadConfiguration, Lab, LabFile, SetupConfig, file
from support.waiting import wait_for

NOW = datetime(2026, 5, 4, 10, 0, tzinfo=timezone.utc)
LOOK = 0.01


def text(*names: str) -> str:
    return json.dumps({"setups": [{"name": name} for name in names]})


class Watched:
    """A lab file that is being watched, and what was said about it."""

    def __init__(self, path: Path, **options: object) -> None:
        self.path = path
        self.labs: list[list[str]] = []
        self.notices: list[list[dict[str, str]]] = []
        self.file = LabFile(path, clock=lambda: NOW, **options)  # type: ignore[arg-type]
        self.file.changed.connect(lambda lab: self.labs.append(names(lab)))
        self.file.notices_changed.connect(self.notices.append)
        self.file.start()

    def expect(self, *expected: str) -> None:
        wait_for(lambda: self.labs and self.labs[-1] == list(expected), what=f"{expected} to be taken over")
        assert names(self.file.current) == list(expected)

    def expect_notice(self, word: str) -> dict[str, str]:
        wait_for(lambda: self.notices and self.notices[-1], what="a notice")
        (notice,) = self.notices[-1]
        assert word in notice["text"]
        assert self.file.notices == [notice]
        return notice

    def expect_no_notice(self) -> None:
        wait_for(lambda: self.notices and self.notices[-1] == [], what="the notice to go")
        assert self.file.notices == []


def names(lab: Lab) -> list[str]:
    return [setup.name for setup in lab.setups]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "setups_config.json"
    path.write_text(text("a"), encoding="utf-8")
    return path


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Watched]]:
    monkeypatch.setattr(file, "POLL", LOOK)
    made: list[Watched] = []

    def start(path: Path, **options: object) -> Watched:
        made.append(Watched(path, **options))
        return made[-1]

    yield start
    for watched in made:
        watched.file.stop()


def replace(path: Path, content: str) -> None:
    """As careful editors do."""
    new = path.with_suffix(".new")
    new.write_text(content, encoding="utf-8")
    new.replace(path)


def test_a_file_written_in_place(path: Path, watch: Callable[..., Watched]) -> None:
    watched = watch(path)
    path.write_text(text("a", "b"), encoding="utf-8")
    watched.expect("a", "b")


def test_a_file_of_the_same_size_and_time(path: Path, watch: Callable[..., Watched]) -> None:
    watched, before = watch(path), path.stat()
    path.write_text(text("z"), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    watched.expect("z")


def test_a_file_replaced(path: Path, watch: Callable[..., Watched]) -> None:
    watched = watch(path)
    for name in ("b", "c", "d"):
        replace(path, text(name))
        watched.expect(name)


def test_a_symbolic_link_led_elsewhere(path: Path, tmp_path: Path, watch: Callable[..., Watched]) -> None:
    link, other = tmp_path / "link.json", tmp_path / "other.json"
    other.write_text(text("b"), encoding="utf-8")
    link.symlink_to(path)
    watched = watch(link)
    (tmp_path / "new").symlink_to(other)
    (tmp_path / "new").replace(link)
    watched.expect("b")


def test_a_mounted_config_map(tmp_path: Path, watch: Callable[..., Watched]) -> None:
    """Kubernetes leads `file -> ..data/file`, and switches `..data` to another folder."""
    for number, name in enumerate(("a", "b")):
        (tmp_path / f"..{number}").mkdir()
        (tmp_path / f"..{number}" / "setups.json").write_text(text(name), encoding="utf-8")
    (tmp_path / "..data").symlink_to("..0")
    (tmp_path / "setups.json").symlink_to("..data/setups.json")
    watched = watch(tmp_path / "setups.json")
    (tmp_path / "..new").symlink_to("..1")
    (tmp_path / "..new").replace(tmp_path / "..data")
    watched.expect("b")


def test_a_file_deleted_and_back(path: Path, watch: Callable[..., Watched]) -> None:
    watched = watch(path)
    path.unlink()
    notice = watched.expect_notice("setups_config.json: cannot be read: no such file")
    assert notice == {"kind": "config", "text": notice["text"], "since": NOW.isoformat()}
    assert notice["text"].endswith("The former configuration stays.")
    assert names(watched.file.current) == ["a"]
    path.write_text(text("b"), encoding="utf-8")
    watched.expect("b")
    watched.expect_no_notice()


def test_a_bad_file_keeps_the_old_one_and_is_told_once(
    path: Path, watch: Callable[..., Watched], caplog: pytest.LogCaptureFixture
) -> None:
    watched = watch(path)
    replace(path, '{"setups": [\n{"nam": "b"}]}')
    watched.expect_notice("setups_config.json, line 2: ")
    for _ in range(3):
        watched.file.reload()
    assert (watched.labs, len(watched.notices), names(watched.file.current)) == ([], 1, ["a"])
    errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert len(errors) == 1
    assert "no member" in errors[0] and '"name" is missing' in errors[0]
    replace(path, "{")
    wait_for(lambda: len(watched.notices) == 2, what="the other notice")
    watched.expect_notice("is not JSON")


def test_the_old_content_again_clears_the_notice(path: Path, watch: Callable[..., Watched]) -> None:
    watched = watch(path)
    replace(path, "{")
    watched.expect_notice("is not JSON")
    replace(path, text("a"))
    watched.expect_no_notice()
    assert watched.labs == []


def test_a_file_is_read_when_nobody_writes_any_more(path: Path) -> None:
    lab_file = LabFile(path)
    look = lab_file._look({})
    path.write_text('{"setups": [', encoding="utf-8")
    look = lab_file._look(look)
    path.write_text('{"setups": [{"name": "b"', encoding="utf-8")
    look = lab_file._look(look)
    path.write_text(text("b"), encoding="utf-8")
    look = lab_file._look(look)
    assert names(lab_file.current) == ["a"]
    lab_file._look(look)
    assert names(lab_file.current) == ["b"]
    assert lab_file.notices == []


def test_a_secret_that_changes(path: Path, tmp_path: Path, watch: Callable[..., Watched]) -> None:
    secret = tmp_path / "token"
    secret.write_text("one\n", encoding="ascii")
    server = {"name": "main", "url": "http://j", "user": "u", "token": "${file:token}"}
    path.write_text(json.dumps({"jenkins": [server], "setups": []}), encoding="utf-8")
    watched = watch(path)
    assert watched.file.current.jenkins[0].token == "one"
    replace(secret, "two\n")
    wait_for(lambda: watched.file.current.jenkins[0].token == "two", what="the new token")
    secret.unlink()
    watched.expect_notice("needs the file")
    assert watched.file.current.jenkins[0].token == "two"
    replace(secret, "three\n")
    wait_for(lambda: watched.file.current.jenkins[0].token == "three", what="the third token")
    watched.expect_no_notice()


def test_a_file_that_may_be_missing_is_taken_over_when_it_comes(tmp_path: Path, watch: Callable[..., Watched]) -> None:
    path = tmp_path / "data" / "setups_config.json"
    watched = watch(path, optional=True)
    watched.file.reload()
    assert (watched.file.current, watched.file.notices) == (Lab(), [])
    path.parent.mkdir()
    replace(path, text("a"))
    watched.expect("a")
    path.unlink()
    watched.expect_notice("cannot be read")
    assert names(watched.file.current) == ["a"]


def test_a_file_that_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration):
        LabFile(tmp_path / "none.json")


def test_reload_reads_at_once(path: Path) -> None:
    lab_file = LabFile(path)
    path.write_text(text("b"), encoding="utf-8")
    lab_file.reload()
    assert names(lab_file.current) == ["b"]


def test_a_bug_in_reading_ends_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("on purpose")

    lab_file = LabFile(path)
    monkeypatch.setattr(file, "read_lab", fail)
    lab_file.reload()
    assert names(lab_file.current) == ["a"]
    assert "the former configuration stays" in caplog.text


def test_a_lab_without_a_file() -> None:
    lab_file = LabFile.of(Lab.of([SetupConfig("a")]))
    lab_file.start()
    lab_file.reload()
    lab_file.stop()
    assert names(lab_file.current) == ["a"]
