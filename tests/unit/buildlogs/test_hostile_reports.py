"""What is no report, or one made to harm: refused with a line that says why, and never with more than its share."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import tarfile
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from livewall_dashboard.base.errors import LivewallError
from livewall_dashboard.buildlogs import dejagnu, junit_file, meson_log, parts, read_report
from livewall_dashboard.buildlogs.compression import zstd
from livewall_dashboard.buildlogs.limits import NotAReport, TooLargeReport
from livewall_dashboard.lab.model import ReportLimits
from support import build_reports
from support.build_reports import GOOD, packed, read, tar_of, tar_with

pytestmark = pytest.mark.any_python

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "bz2": bz2.compress,
    "gz": gzip.compress,
    "xz": lzma.compress,
    "zst": lambda plain: zstd.compress(
        plain, options={zstd.CompressionParameter.checksum_flag: 1}
    ),  # as its command does
}


def header(name: str, kind: bytes = tarfile.REGTYPE, size: int = 0, link: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.size, made.linkname = kind, size, link
    return made


def refused(tarball: bytes, folder: Path, limits: ReportLimits | None = None) -> str:
    with pytest.raises(LivewallError) as error:
        read(tarball, folder, limits)
    assert 400 <= error.value.http_status < 500
    assert "\n" not in error.value.message
    return error.value.message


@pytest.mark.parametrize("kind", PACKERS)
def test_each_packing_is_read_whatever_it_is_called(kind: str, tmp_path: Path) -> None:
    assert read(PACKERS[kind](tar_of(GOOD)), tmp_path).status == "ok"


@pytest.mark.parametrize("kind", PACKERS)
def test_what_several_packers_packed_side_by_side_is_one(kind: str, tmp_path: Path) -> None:
    plain = tar_of(GOOD)
    assert read(PACKERS[kind](plain[:5000]) + PACKERS[kind](plain[5000:]), tmp_path).status == "ok"


@pytest.mark.parametrize("kind", PACKERS)
@pytest.mark.parametrize("part", [0.3, 0.97])
def test_file_that_is_cut_off(kind: str, part: float, tmp_path: Path) -> None:
    whole = PACKERS[kind](tar_of(GOOD))
    message = refused(whole[: int(len(whole) * part)], tmp_path)
    assert "ends in the middle" in message or "damaged" in message


@pytest.mark.parametrize("kind", PACKERS)
def test_file_with_a_wrong_byte(kind: str, tmp_path: Path) -> None:
    whole = bytearray(PACKERS[kind](tar_of(GOOD)))
    whole[len(whole) // 2] ^= 0xFF
    refused(bytes(whole), tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "../status",
        "/etc/passwd",
        "./logs/x",
        "logs\\x",
        "logs/../../x",
        "other/x",
        "logs/sub/x",
        "x",
        "logs/a\x07b",
        "logs/..",
    ],
)
def test_name_outside_of_the_one_folder(name: str, tmp_path: Path) -> None:
    message = refused(bz2.compress(tar_with(header(name))), tmp_path)
    assert "logs/" in message or "control characters" in message


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (tarfile.SYMTYPE, "symbolic link"),
        (tarfile.LNKTYPE, "hard link"),
        (tarfile.CHRTYPE, "device"),
        (tarfile.BLKTYPE, "device"),
        (tarfile.FIFOTYPE, "pipe"),
        (b"Z", "no plain file"),
        (tarfile.GNUTYPE_SPARSE, "sparse"),
    ],
)
def test_member_that_is_no_file(kind: bytes, word: str, tmp_path: Path) -> None:
    message = refused(bz2.compress(tar_with(header("logs/x", kind, link="/etc/passwd"))), tmp_path)
    assert word in message


def test_sparse_member_of_the_other_format(tmp_path: Path) -> None:
    sparse = header("logs/x")
    sparse.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.realsize": "100000000000"}
    plain = tar_of({"status": b"ok\n"})[:1024] + sparse.tobuf(tarfile.PAX_FORMAT) + bytes(1024)
    assert "sparse" in refused(bz2.compress(plain), tmp_path)


def test_size_that_is_claimed_is_not_believed(tmp_path: Path) -> None:
    claimed = header("logs/make.log", size=100 * 1024**3).tobuf(tarfile.GNU_FORMAT)
    assert "1024 MiB" in refused(bz2.compress(tar_of({"status": b"ok\n"})[:1024] + claimed), tmp_path)


def test_endless_name_is_not_taken_into_memory(tmp_path: Path) -> None:
    long = header("././@LongLink", tarfile.GNUTYPE_LONGNAME, size=900 * 1024**2).tobuf(tarfile.GNU_FORMAT)
    assert "65536" in refused(bz2.compress(long + bytes(4096)), tmp_path)


def test_bomb_stops_at_the_limit_with_flat_memory(tmp_path: Path) -> None:
    """64 MiB of zeros here, for the time it takes; what holds a limit of 32 holds one of 1,024."""
    tar = header("logs/status", size=64 * 1024**2).tobuf(tarfile.GNU_FORMAT) + bytes(64 * 1024**2)
    bomb = bz2.compress(tar)
    assert len(bomb) < 1000
    del tar
    tracemalloc.start()
    try:
        message = refused(bomb, tmp_path, ReportLimits(unpacked=32 * 1024**2))
        assert tracemalloc.get_traced_memory()[1] < 8 * 1024**2
    finally:
        tracemalloc.stop()
    assert "more than 32 MiB" in message


def test_bomb_in_the_form_of_a_log_is_one_long_line(tmp_path: Path) -> None:
    log = bytes(24 * 1024**2)
    tarball = packed({**GOOD, "make.log": log})
    del log
    tracemalloc.start()
    try:
        report = read(tarball, tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 16 * 1024**2
    finally:
        tracemalloc.stop()
    assert report.status == "ok"
    assert [step.lines for step in report.steps] == [1, 1, 2]


@pytest.mark.parametrize(
    "values", [b"[1],", b'{"message":{"text":"x"},"locations":[{},{},{}]},'], ids=["lists", "results"]
)
def test_an_analysers_file_costs_little_memory_whatever_is_in_it(values: bytes, tmp_path: Path) -> None:
    """As objects, all of that would be fifty times as large."""
    content = b'{"runs": [{"results": [' + values * (1024**2 // len(values)) + b"{}]}]}"
    tarball = packed({**GOOD, "lint.sarif": content})
    del content
    tracemalloc.start()
    try:
        report = read(tarball, tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 12 * 1024**2
    finally:
        tracemalloc.stop()
    assert not any("cannot be read" in note for note in report.notes)


def test_analysers_files_are_in_memory_one_by_one(tmp_path: Path) -> None:
    tarball = packed({**GOOD, **{f"{number}.sarif": bytes(4 * 1024**2) for number in range(8)}})
    tracemalloc.start()
    try:
        report = read(tarball, tmp_path)
        assert tracemalloc.get_traced_memory()[1] < 20 * 1024**2
    finally:
        tracemalloc.stop()
    assert sum("cannot be read" in note for note in report.notes) == 8


@pytest.mark.parametrize(
    ("xml", "why"),
    [
        (b'<testsuite name="' + b"x" * 4 * 1024**2, "a tag has more than"),
        (b"<testsuite><!-- " + b"x" * 4 * 1024**2, "a tag has more than"),
        (b"<a>" * 100_000, "nested deeper"),
    ],
)
def test_xml_that_costs_more_with_each_block(xml: bytes, why: str, tmp_path: Path) -> None:
    report = read(packed({**GOOD, "a.xml": xml}), tmp_path)
    assert any(note.startswith("a.xml cannot be read to its end") and why in note for note in report.notes)


def test_more_tests_than_are_held_are_refused_and_not_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (dejagnu, junit_file, meson_log, parts):
        monkeypatch.setattr(module, "MOST_OF_FILES", 10)
    members = {
        "a.sum": b"PASS: a\n" * 4,
        "a.tap": b"ok 1 - a\n" * 3,
        "a.xml": b"<a>" + b'<testcase name="a"/>' * 2 + b"</a>",
        "testlog.json": b'{"name": "a", "result": "OK"}\n',
    }
    assert read(packed({**GOOD, **members}), tmp_path).status == "ok"
    assert "more than 10 tests" in refused(packed({**GOOD, **members, "b.sum": b"PASS: b\n"}), tmp_path)
    assert "more than 10 tests" in refused(packed({**GOOD, "a.sum": b"PASS: a\n" * 99}), tmp_path)


def test_more_than_is_taken(tmp_path: Path) -> None:
    assert "more than 1 MiB" in refused(bytes(2 * 1024**2), tmp_path, ReportLimits(packed=1024**2))


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"Hello", "not packed"),
        (b"\0" * 100, "not packed"),
        (bz2.compress(b"Hello, I am no tar archive" * 100), "no tar archive"),
        (bz2.compress(b""), "no tar archive"),
        (bz2.compress(tar_of({"make.log": b""})), "no logs/status"),
        (bz2.compress(tar_of(GOOD) + tar_of(GOOD)), "more behind the end"),
        (bz2.compress(tar_of(GOOD)[:1500]), "ends in the middle"),
    ],
)
def test_what_is_no_report(content: bytes, word: str, tmp_path: Path) -> None:
    message = refused(content, tmp_path)
    assert word in message or (word == "no tar archive" and "ends in the middle" in message)


def test_more_members_than_are_taken(tmp_path: Path) -> None:
    many = tar_with(*(header(f"logs/{number}") for number in range(200)))
    assert "more than 100 members" in refused(bz2.compress(many), tmp_path, ReportLimits(members=100))


def test_same_name_twice_and_logs_as_a_file(tmp_path: Path) -> None:
    assert "two files" in refused(bz2.compress(tar_with(header("logs/status"))), tmp_path)
    assert "one folder" in refused(bz2.compress(tar_of({"": b"x"}, folder="logs")), tmp_path)


def test_line_of_a_gigabytes_kind_and_no_newline(tmp_path: Path) -> None:
    line = b":1 error: " * 800_000
    report = read(packed({**GOOD, "status": b"make failed", "make.log": line + b"\nx.c:1:2: error: at last"}), tmp_path)
    step = report.step("make")
    assert step is not None and step.lines == 2 and step.first_error is not None
    assert step.first_error.diagnostic.file == "x.c"


def test_controls_and_broken_text_are_read_as_a_terminal_shows_them(tmp_path: Path) -> None:
    log = (
        b"caf\xe9 \xff\xfe\0\r\n 10%\r 50%\r100%\r\n"
        b"\x1b[1m\x1b[Kx.c:3:1:\x1b[m\x1b[K \x1b[01;31m\x1b[Kerror: \x1b[m\x1b[Kbad \x1b]8;;http://x\x07thing\x1b]8;;\x07\x07\r\n"
        b"abc\b\b\bdef <script>alert(1)</script>\n"
    )
    report = read(packed({**GOOD, "status": b"make failed", "make.log": log}), tmp_path)
    step = report.step("make")
    assert step is not None and step.first_error is not None
    error = step.first_error
    assert (error.diagnostic.file, error.diagnostic.line, error.diagnostic.text) == ("x.c", 3, "bad thing")
    assert error.context == [
        "caf\ufffd \ufffd\ufffd",
        "100%",
        "x.c:3:1: error: bad thing",
        "def <script>alert(1)</script>",
    ]


@pytest.mark.parametrize("stamp", [b"0", b"99999999999999", b"nan", b"-5", b"soon", b"1e400"])
def test_start_that_cannot_be(stamp: bytes, tmp_path: Path) -> None:
    report = read(packed({**GOOD, "timestamp.start.txt": b"START-TIMESTAMP-EPOCH: " + stamp}), tmp_path)
    assert (report.started_at, report.ended_at) == (0.0, 0.0)


def test_status_and_files_that_contradict(tmp_path: Path) -> None:
    without_ok = {name: content for name, content in GOOD.items() if name != "make-check.ok"}
    report = read(packed(without_ok), tmp_path)
    assert report.status == "make-check failed" and "make-check.ok is missing" in report.notes[0]
    report = read(packed({**GOOD, "status": b"make failed"}), tmp_path)
    assert report.status == "make failed" and "make.ok that it did not" in report.notes[0]
    report = read(packed({**GOOD, "status": b"<script>"}), tmp_path)
    assert report.status == "unknown" and "neither ok" in report.notes[0]
    report = read(packed({"status": b"make failed"}), tmp_path)
    assert report.status == "make failed" and report.notes == ["make.log is missing."]


def test_lines_without_separator_and_glued_ones(tmp_path: Path) -> None:
    versions = (
        b"uname-s: Linux\nThis is a comment\n\n:nothing\nuname-m: x86_64uname-p: unknown\n# etc: x\nuname-s: Other\n"
    )
    report = read(packed({**GOOD, "versions.txt": versions}), tmp_path)
    assert report.versions["uname-s"] == "Linux" and report.versions["uname-m"] == "x86_64uname-p: unknown"


def test_every_cut_and_change_of_a_real_report_ends_well(tmp_path: Path) -> None:
    plain = bz2.decompress(build_reports.real("configure_fails"))
    dice = random.Random(7)
    for number in range(60):
        changed = bytearray(plain)
        for _ in range(dice.randint(1, 8)):
            changed[dice.randrange(len(changed))] = dice.randrange(256)
        folder = tmp_path / str(number)
        folder.mkdir()
        with suppress(NotAReport, TooLargeReport):
            read(gzip.compress(bytes(changed[: dice.randint(512, len(changed))]), 1), folder)


def test_a_member_that_is_told_to_be_8_gib(tmp_path: Path) -> None:
    large = header("logs/x")
    large.pax_headers = {"size": "9999999999999"}
    plain = tar_of({"status": b"ok\n"})[:1024] + large.tobuf(tarfile.PAX_FORMAT) + bytes(1024)
    assert "8 GiB" in refused(bz2.compress(plain), tmp_path)


def test_file_of_the_test_is_a_tar_that_others_read() -> None:
    with tarfile.open(fileobj=io.BytesIO(packed(GOOD)), mode="r:bz2") as tar:
        assert "logs/status" in tar.getnames()


def test_of_many_analysers_files_some_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_report, "MOST_OF_ALL", 250)
    files = {f"{number}.sarif": b'{"runs": [' + b" " * 80 + b"]}" for number in range(4)}
    notes = [note for note in read(packed({**GOOD, **files}), tmp_path).notes if "cannot be read" in note]
    assert [note.partition(" ")[0] for note in notes] == ["2.sarif", "3.sarif"]
