"""Steps are run until one fails, and what they say is in a report as pretest makes it."""

from __future__ import annotations

import bz2
import os
import re
import tarfile
import time
from pathlib import Path

import psutil
import pytest

from livewall_agent.build_report import collect, facts, steps
from livewall_agent.build_report.live_run import LastLines
from livewall_agent.build_report.options import BuildOptions
from livewall_agent.build_report.source import Source
from support.packages import source_folder
from support.waiting import wait_for

ENVIRONMENT = dict(os.environ)


class Heard:
    def __init__(self) -> None:
        self.told: list[str] = []
        self.said = b""

    def begin(self, step: str, command: str) -> None:
        self.told.append(command)

    def output(self, data: bytes) -> None:
        self.said += data

    def end(self, *, is_ok: bool) -> None:
        self.told.append("ok" if is_ok else "failed")


def run(source: Path, logs: Path, options: BuildOptions | None = None, *, is_git: bool = False) -> tuple[str, Heard]:
    logs.mkdir()
    heard = Heard()
    plan = steps.plan(source, options or BuildOptions(), is_git=is_git)
    return steps.status_of(steps.run(plan, source, logs, ENVIRONMENT, heard)), heard


def test_steps_in_their_order_with_their_parameters(tmp_path: Path) -> None:
    source = source_folder(tmp_path)
    options = BuildOptions(configure=("--x 'a b'",), make=("-j2",), check=("TESTS=one",))
    status, heard = run(source, tmp_path / "logs", options)
    assert status == "ok" and heard.told == [
        "./configure --x a b", "ok", "make -j2", "ok", "make check VERBOSE=yes TESTS=one", "ok",
    ]  # fmt: skip
    assert sorted(path.name for path in (tmp_path / "logs").iterdir()) == [
        "configure.log", "configure.ok", "make-check.log", "make-check.ok", "make.log", "make.ok",
    ]  # fmt: skip
    assert b"PASS: one\nXFAIL: two\n" in heard.said


def test_first_step_that_fails_is_the_last(tmp_path: Path) -> None:
    status, heard = run(source_folder(tmp_path, make="@echo 'x.c:3: error: no' >&2; exit 3"), tmp_path / "logs")
    assert status == "make failed" and heard.told[-2:] == ["make", "failed"]
    assert b"x.c:3: error: no" in (tmp_path / "logs" / "make.log").read_bytes()
    assert not (tmp_path / "logs" / "make-check.log").exists()


@pytest.mark.parametrize(
    ("files", "is_git", "first"),
    [
        ({"bootstrap": "cp made configure"}, True, "./bootstrap"),
        ({"autogen.sh": "cp made configure"}, False, "./autogen.sh"),
        ({"bootstrap": "exit 9", "configure": "true"}, False, "./configure"),
    ],
)
def test_configure_is_made_where_there_is_none(files: dict[str, str], is_git: bool, first: str, tmp_path: Path) -> None:
    source = source_folder(tmp_path)
    (source / "configure").rename(source / "made")
    for name, code in files.items():
        (source / name).write_text(f"#!/bin/sh\n{code}\n")
        (source / name).chmod(0o755)
    status, heard = run(source, tmp_path / "logs", is_git=is_git)
    assert (status, heard.told[0]) == ("ok", first)


def test_missing_configure_is_said_as_a_shell_says_it(tmp_path: Path) -> None:
    source = source_folder(tmp_path)
    (source / "configure").unlink()
    assert run(source, tmp_path / "logs")[0] == "configure failed"
    said = (tmp_path / "logs" / "configure.log").read_bytes()
    assert re.search(rb"\./configure: (not found|No such file)", said), said  # by dash, or by bash


def has_ended(number: int) -> bool:
    try:
        return psutil.Process(number).status() in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}
    except psutil.NoSuchProcess:
        return True


def test_what_a_step_leaves_running_holds_nothing_up_and_is_ended(tmp_path: Path) -> None:
    source = source_folder(tmp_path, make=f"@sleep 600 & echo $$! > {tmp_path}/pid")
    began = time.monotonic()
    assert run(source, tmp_path / "logs")[0] == "ok"
    assert time.monotonic() - began < 300
    left = int((tmp_path / "pid").read_text())
    wait_for(lambda: has_ended(left), what="the end of what was killed")


def test_files_that_pretests_server_splits_at_their_separators(tmp_path: Path) -> None:
    source = Source.of("http://me:hunter22@example.org/frob-1.2.tar.gz")
    options = BuildOptions("", ("CC=clang", "--db-password=hunter22"), ("-j4",), (), (("CFLAGS", "-O2 -g"), ("A", "b")))
    given = facts.given(source, options)
    assert all("=" in line for line in given.splitlines())
    assert all(":" in line for line in facts.versions(ENVIRONMENT).splitlines())
    assert "\nconfigure_extra_params= CC=clang --db-password=hunter22\nmake_extra_params= -j4\n" in given
    assert "env_extra_params= 'CFLAGS=-O2 -g' A=b\ngit_branch=\n" in given
    assert f"\nPWD={tmp_path}\nhostname=" in facts.environment_of(tmp_path, ENVIRONMENT)
    assert facts.timestamp("START", 1795949959.7) == (
        "START-TIMESTAMP-EPOCH: 1795949959\nSTART-TIMESTAMP-DATE: 2026-11-29 10:59:19\n"
    )


SUITE = """\
===============
   frob 1.2: test-suite.log
===============

# TOTAL: 2
# PASS:  1

.. contents:: :depth: 2

FAIL: bad
=========

expected 3, got 4
"""


def test_what_is_collected_is_packed_without_secrets(tmp_path: Path) -> None:
    source, logs = source_folder(tmp_path), tmp_path / "logs"
    logs.mkdir()
    (logs / "make-check.log").write_text("".join(f"line {no}\n" for no in range(200)) + "token=abcdef123\n")
    (logs / "status").write_text("make-check failed\n")
    (source / "config.log").write_text("  $ ./configure --with-password=hunter22\n")
    for folder in ("a", "b"):
        (source / folder).mkdir()
        (source / folder / "test-suite.log").write_text(SUITE)
        (source / folder / "testlog.json").write_text("{}")
    (source / "a" / "link.sum").symlink_to("/etc/passwd")
    collect.collect(source, logs, "make-check")
    collect.mask_all(logs)
    collect.pack(logs, tmp_path / "x.tar.bz2")
    with tarfile.open(tmp_path / "x.tar.bz2", "r:bz2") as tar:
        content = {member.name: (file.read() if (file := tar.extractfile(member)) else b"") for member in tar}
    assert list(content) == [
        "logs", "logs/config.log", "logs/make-check.log", "logs/status", "logs/tail-error.log", "logs/test-suite.0.log",
        "logs/test-suite.1.log", "logs/testlog.1.json", "logs/testlog.json", "logs/tests-suite-summary.log",
    ]  # fmt: skip
    assert content["logs/tail-error.log"].startswith(b"make-check failed, tail of make-check.log:\n\nline 151\n")
    assert content["logs/tests-suite-summary.log"].count(b"expected 3, got 4") == 2
    assert b"hunter22" not in b"".join(content.values()) and b"abcdef123" not in b"".join(content.values())
    assert bz2.decompress((tmp_path / "x.tar.bz2").read_bytes()).startswith(b"logs/\0")


def test_last_line_is_what_people_see() -> None:
    lines = LastLines()
    assert lines.feed(b"\x1b[1mfirst\x1b[0m\n\n 5%\r 50%\r100%\npass") == ["first", "100%"]
    assert lines.last == "pass"
    lines.feed(b"word=hunter22 and <b>\xff\n")
    assert lines.last == "password=*** and <b>\ufffd"
    lines.feed(b"x" * 1_000_000)
    assert len(lines.last) == 400
