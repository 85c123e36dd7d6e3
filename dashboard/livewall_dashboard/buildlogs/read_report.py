"""Reads a build report: its tarball comes in, what it says comes out, and its members lie masked on the disk."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from livewall_agent.reportwire import CI_FILE, COMMIT_FILE, END_FILE, RUN_FILE, STEPS
from livewall_dashboard.buildlogs import assemble
from livewall_dashboard.buildlogs.compression import unpack
from livewall_dashboard.buildlogs.config_log import ConfigLog
from livewall_dashboard.buildlogs.dejagnu import DejaGnuSum, Tap
from livewall_dashboard.buildlogs.junit_file import JunitFile
from livewall_dashboard.buildlogs.key_values import MOST_SIZE
from livewall_dashboard.buildlogs.limits import NotAReport
from livewall_dashboard.buildlogs.member_files import MemberFiles
from livewall_dashboard.buildlogs.meson_log import MesonLog
from livewall_dashboard.buildlogs.model import Report
from livewall_dashboard.buildlogs.parts import Parts, StepLog
from livewall_dashboard.buildlogs.sarif import MOST, MOST_OF_ALL, SarifFile
from livewall_dashboard.buildlogs.suite_logs import SuiteLog
from livewall_dashboard.buildlogs.tar_stream import read_members
from livewall_dashboard.lab.model import ReportLimits

_SMALL = frozenset(
    (
        "status",
        "input.txt",
        "environment.txt",
        "versions.txt",
        "timestamp.start.txt",
        END_FILE,
        CI_FILE,
        COMMIT_FILE,
        RUN_FILE,
    )
)
_MESON = re.compile(r"(?:.{0,200}/)?testlog(?:\.\d{1,4})?\.json")
Feed = Callable[[bytes], None]


def read_report(packed: Iterable[bytes], files: MemberFiles, limits: ReportLimits) -> Report:
    """`packed`: the bytes of the tarball as they come.

    Raises NotAReport and TooLargeReport; `files` may have some then.
    """
    parts = Parts()
    for member in read_members(unpack(packed, limits), limits):
        parts.changed_at[member.name] = member.changed_at
        feed = _reader_of(member.name, parts)
        for block in files.keep(member):
            feed(block)
        parts.end(member.name)
    if "status" not in parts.small:
        raise NotAReport("it has no logs/status, so it is no build report; send the tarball that the build wrote")
    return assemble.report_of(parts)


def read_file(path: Path, files: MemberFiles, limits: ReportLimits) -> Report:
    with path.open("rb") as file:
        return read_report(_blocks(file.read), files, limits)


def _blocks(read: Callable[[int], bytes]) -> Iterator[bytes]:
    while block := read(256 * 1024):
        yield block


def _reader_of(name: str, parts: Parts) -> Feed:
    """What takes the blocks of a member."""
    if name in _SMALL:
        return _small(name, parts)
    if name.endswith(".ok"):
        parts.succeeded.add(name.removesuffix(".ok"))
    stem = name.removesuffix(".log")
    if stem != name and stem in STEPS:
        parts.logs[stem] = StepLog(stem)
        return parts.logs[stem].feed
    if name == "config.log":
        parts.config = ConfigLog()
        return parts.config.feed
    if name.startswith("test-suite") and stem != name:
        parts.suite_logs[name] = SuiteLog()
        return parts.suite_logs[name].feed
    if name.endswith(".sum"):
        return parts.sums.setdefault(name, DejaGnuSum()).feed
    if name.endswith(".tap"):
        return parts.taps.setdefault(name, Tap()).feed
    return _reader_of_xml_or_json(name, parts)


def _reader_of_xml_or_json(name: str, parts: Parts) -> Feed:
    if name.endswith(".xml"):
        parts.junits[name] = JunitFile()
        return parts.junits[name].feed
    if name.endswith((".sarif", ".sarif.json")):
        left = MOST_OF_ALL - sum(file.size for file in parts.sarifs.values())
        return parts.sarifs.setdefault(name, SarifFile(name, min(MOST, left))).feed
    if _MESON.fullmatch(name):
        return parts.mesons.setdefault(name, MesonLog()).feed
    return _skip


def _small(name: str, parts: Parts) -> Feed:
    parts.small[name] = b""

    def take(block: bytes) -> None:
        if len(parts.small[name]) < MOST_SIZE:
            parts.small[name] += block[:MOST_SIZE]

    return take


def _skip(_: bytes) -> None:
    pass
