"""Puts together what a build left: configure's files, logs of tests, what was asked and when; without secrets."""

from __future__ import annotations

import os
import re
import shutil
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from livewall_agent.build_report.masking import mask

_OF_CONFIGURE = ("config.log", "config.status", "config.h")
_OF_TESTS = re.compile(
    r"test-suite\.log|.+\.sum|.+\.sarif|testlog\.json|testlog\.junit\.xml|LastTest\.log|(?:TEST-|.*junit).*\.xml",
    re.IGNORECASE,
)
"""What is said of tests in files: automake's, DejaGnu's, meson's, CTest's, JUnit's; analysers' SARIF."""
MOST_FILES = 200
LARGEST = 256 * 1024 * 1024
"""Bytes of such a file; a larger one stays where it is."""
_TAIL = 50
_LAST = 64 * 1024
"""Bytes in which the last lines of a log are looked for."""
_HEAD = 12
_HEADING = re.compile(r"(PASS|FAIL|SKIP|XFAIL|XPASS|ERROR): ")
_BAD = ("FAIL: ", "ERROR: ")
_MASKED_AT_ONCE = 1024 * 1024


def collect(source: Path, logs: Path, failed: str) -> None:
    """Into `logs`. `failed`: the step that failed, "" for none."""
    for name in _OF_CONFIGURE:
        _copy(source / name, logs / name)
    summary: list[bytes] = []
    suites = 0
    for path in _of_tests(source):
        is_suite = path.name == "test-suite.log"
        target = logs / f"test-suite.{suites}.log" if is_suite else _free(logs / path.name)
        if _copy(path, target) and is_suite:
            suites += 1
            summary += _bad_ones(target)
    if summary:
        (logs / "tests-suite-summary.log").write_bytes(b"".join(summary))
    if failed:
        head = f"{failed} failed, tail of {failed}.log:\n\n".encode()
        (logs / "tail-error.log").write_bytes(head + _last_lines(logs / f"{failed}.log"))


def mask_all(logs: Path) -> None:
    """Secrets in what lies there are replaced; files keep their times."""
    for path in _files_in(logs):
        _mask_file(path)


def pack(logs: Path, tarball: Path) -> None:
    """As the script does, which no more than `tar` and `bzip2 -9` are needed for: the folder `logs`, all of it."""
    with tarfile.open(tarball, "w:bz2", format=tarfile.GNU_FORMAT, compresslevel=9) as tar:
        tar.add(logs, "logs", recursive=False, filter=_nobodys)
        for path in _files_in(logs):
            tar.add(path, f"logs/{path.name}", recursive=False, filter=_nobodys)


def _files_in(logs: Path) -> list[Path]:
    """No links, no devices: a build can write there, too."""
    return [path for path in sorted(logs.iterdir()) if path.is_file() and not path.is_symlink()]


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    return member


def _of_tests(source: Path) -> Iterator[Path]:
    found = 0
    for folder, folders, names in os.walk(source):
        folders[:] = sorted(name for name in folders if name != ".git")
        for name in sorted(names):
            if _OF_TESTS.fullmatch(name) and found < MOST_FILES:
                found += 1
                yield Path(folder, name)


def _copy(path: Path, target: Path) -> bool:
    """Whether it is there, and could be copied; a link is left alone."""
    try:
        if not path.is_file() or path.is_symlink() or path.stat().st_size > LARGEST:
            return False
        shutil.copy2(path, target)
    except OSError:
        return False
    return True


def _free(path: Path) -> Path:
    """A name that is not taken yet: of two testlog.json the second is testlog.1.json."""
    no, free = 0, path
    while free.exists():
        no += 1
        free = path.with_name(f"{path.stem}.{no}{path.suffix}")
    return free


def _bad_ones(path: Path) -> list[bytes]:
    """The head of a test-suite.log, and what tests printed that failed."""
    lines, is_bad = [], False
    with path.open("rb") as file:
        for no, line in enumerate(file):
            if _HEADING.match(line[:10].decode("ascii", "replace")):
                is_bad = line.startswith(tuple(word.encode() for word in _BAD))
            if is_bad or no < _HEAD:
                lines.append(line)
    return lines


def _last_lines(log: Path) -> bytes:
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _LAST))
            return b"".join(file.read().splitlines(keepends=True)[-_TAIL:])
    except OSError:
        return b""


def _mask_file(path: Path) -> None:
    masked = path.with_name(f".{path.name}.masked")
    with path.open("rb") as file, masked.open("wb") as target:
        has_secrets = _write_masked(_pieces(file), target)
    if has_secrets:
        shutil.copystat(path, masked)
        masked.replace(path)
    else:
        masked.unlink()


def _write_masked(pieces: Iterable[bytes], target: IO[bytes]) -> bool:
    has_secrets = False
    for piece in pieces:
        masked = mask(piece)
        has_secrets = has_secrets or masked != piece
        target.write(masked)
    return has_secrets


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Whole lines, many at a time."""
    while lines := file.readlines(_MASKED_AT_ONCE):
        yield b"".join(lines)
