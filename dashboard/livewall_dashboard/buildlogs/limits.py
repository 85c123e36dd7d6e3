"""How much of a build report is read, and how one is refused."""

from __future__ import annotations

from dataclasses import dataclass

from livewall_dashboard.base.errors import Invalid, TooLarge

MIB = 1024 * 1024


class NotAReport(Invalid):
    """What was sent is no build report, or one that is damaged or dangerous; the message says which, and what to do."""

    code = "not_a_report"


class TooLargeReport(TooLarge):
    """The report is larger than this wall takes."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one report: bytes packed and unpacked, members of its tarball."""

    packed: int = 64 * MIB
    unpacked: int = 1024 * MIB
    members: int = 10_000
