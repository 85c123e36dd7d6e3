"""Files of jobs: how people write one, what comes with it, what it leaves."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path
from typing import Any

import pytest

from livewall_agent import archives, serial_log
from livewall_agent.errors import BadJob
from livewall_agent.job_file import near_misses, read_job
from livewall_agent.multipart import MultipartFile
from livewall_agent.output_spool import OutputSpool
from livewall_agent.plain_file import read_plain
from livewall_agent.serial_log import SerialLog


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"job_queue: [", "line 1: this is not YAML"),
        (b"- a", "holds no job"),
        (b"", "holds no job"),
        (b"a: !!python/object:os.system {}", "not YAML"),
        (b"\xff\xfe\x00", "not YAML"),
        (b"a: " + b"[" * 20_000, "nested too deeply|not YAML"),
    ],
)
def test_job_file_what_is_no_job_is_said_with_its_place(tmp_path: Path, text: bytes, said: str) -> None:
    path = tmp_path / "job.yaml"
    path.write_bytes(text)
    with pytest.raises(BadJob, match=said):
        read_job(path)


def test_job_file_json_is_yaml_too(tmp_path: Path) -> None:
    path = tmp_path / "job.json"
    path.write_text('{"job_queue": "a", "test_data": {"test_cmds": ["x"]}}', encoding="utf-8")
    assert read_job(path) == {"job_queue": "a", "test_data": {"test_cmds": ["x"]}}


def test_job_file_a_member_that_is_nearly_one_of_ours_is_named() -> None:
    assert near_misses({"job_queue": "a", "tset_data": {}, "option": 1}) == [
        "tset_data is passed on as it is; did you mean test_data?"
    ]


def archive(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as packed:
        for member, data in members:
            member.size = len(data)
            packed.addfile(member, io.BytesIO(data))
    return path


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "", mode: int = 0o644) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.mode = kind, target, mode
    return made


def test_unpack_takes_plain_files_with_their_being_programs(tmp_path: Path) -> None:
    packed = archive(tmp_path / "a", (member("test/run.sh", mode=0o4755), b"hi"), (member("/test/data"), b"x"))
    archives.unpack(packed, tmp_path / "out")
    assert (tmp_path / "out/test/run.sh").read_bytes() == b"hi"
    assert (tmp_path / "out/test/run.sh").stat().st_mode & 0o7777 == 0o755
    assert (tmp_path / "out/test/data").stat().st_mode & 0o111 == 0


@pytest.mark.parametrize(
    "bad",
    [
        member("../out"),
        member("a/../../out"),
        member("link", tarfile.SYMTYPE, "/etc"),
        member("hard", tarfile.LNKTYPE, "/etc/passwd"),
        member("pipe", tarfile.FIFOTYPE),
        member("device", tarfile.CHRTYPE),
    ],
    ids=lambda bad: bad.name,
)
def test_unpack_refuses_what_leads_elsewhere(tmp_path: Path, bad: tarfile.TarInfo) -> None:
    packed = archive(tmp_path / "a", (bad, b""))
    with pytest.raises(BadJob, match="hold"):
        archives.unpack(packed, tmp_path / "folder" / "out")
    assert not (tmp_path / "folder").exists()


def test_unpack_refuses_what_is_too_large_or_no_archive(tmp_path: Path) -> None:
    packed = archive(tmp_path / "a", (member("zeros"), bytes(100_000)))
    with pytest.raises(BadJob, match="too large"):
        archives.unpack(packed, tmp_path / "out", most=50_000)
    (tmp_path / "b").write_bytes(b"\x1f\x8bnothing")
    with pytest.raises(BadJob, match="cannot be unpacked"):
        archives.unpack(tmp_path / "b", tmp_path / "out")


def test_unpack_refuses_headers_that_extend_each_other_on_and_on(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(member("x", tarfile.XHDTYPE).tobuf() * 2000)
    with pytest.raises(BadJob, match="cannot be unpacked"):
        archives.unpack(tmp_path / "a", tmp_path / "out")


def test_read_plain_is_led_nowhere(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("canary", encoding="ascii")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    os.mkfifo(tmp_path / "pipe")
    assert read_plain(tmp_path / "secret", 3, 1) == (b"ana", 6)
    for name in ("link", "pipe", "nothing", "."):
        assert read_plain(tmp_path / name, 10) is None


def test_serial_log_follows_a_file_that_grows_and_one_that_begins_anew(tmp_path: Path) -> None:
    spool = OutputSpool(tmp_path / "s", None)
    log = SerialLog(tmp_path, spool, lambda: "test")
    assert not log.look()
    for data in (b"one ", b"two \xe2\x82", b"\xac "):
        with (tmp_path / "serial.log").open("ab") as file:
            file.write(data)
        assert log.look() and not log.look()
    (tmp_path / "serial.log").write_bytes(b"new")
    log.catch_up()
    spool.flush(now=True)
    assert [fragment.text for fragment in spool.unsent()] == ["one two \u20ac new"]


def test_what_the_next_phase_writes_while_a_look_begins_is_of_that_phase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    phases = ["setup"]

    def read_late(*arguments: Any) -> tuple[bytes, int] | None:
        phases.append("test")
        (tmp_path / "serial.log").write_bytes(b"boot")
        return read_plain(*arguments)

    monkeypatch.setattr(serial_log, "read_plain", read_late)
    spool = OutputSpool(tmp_path / "s", None)
    SerialLog(tmp_path, spool, lambda: phases[-1]).look()
    spool.flush(now=True)
    assert [(fragment.phase, fragment.text) for fragment in spool.unsent()] == [("test", "boot")]


def test_pack_leaves_out_what_is_no_file(tmp_path: Path) -> None:
    folder = tmp_path / "artifacts"
    folder.mkdir()
    assert not archives.pack(folder, tmp_path / "a.tar.gz")
    (tmp_path / "link").symlink_to(tmp_path)
    assert [archives.pack(tmp_path / name, tmp_path / "a.tar.gz") for name in ("link", "nothing")] == [False, False]
    (folder / "log.txt").write_text("x", encoding="utf-8")
    os.mkfifo(folder / "pipe")
    assert archives.pack(folder, tmp_path / "a.tar.gz")
    with tarfile.open(tmp_path / "a.tar.gz") as packed:
        assert sorted(packed.getnames()) == ["artifacts", "artifacts/log.txt"]


def test_multipart_file_is_what_a_form_sends(tmp_path: Path) -> None:
    path = tmp_path / 'a".bin'
    path.write_bytes(b"0123456789")
    with path.open("rb") as file:
        body = MultipartFile(file, path.name, "BB")
        data = b"".join(iter(lambda: body.read(4), b""))
    assert len(data) == body.size
    assert data.startswith(b'--BB\r\nContent-Disposition: form-data; name="file"; filename="a_.bin"\r\n')
    assert data.endswith(b"\r\n\r\n0123456789\r\n--BB--\r\n")
