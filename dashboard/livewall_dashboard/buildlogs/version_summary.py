"""A version over all systems: what each got out of it, which errors are the same on several, and all that for a mail.

Pure: reports are rows of the store.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from livewall_agent.reportwire import STEPS
from livewall_dashboard.buildlogs.fingerprints import fingerprint
from livewall_dashboard.buildlogs.model import Diagnostic
from livewall_dashboard.buildlogs.one_line import describe_row, one_line, tests_of_row

Row = Mapping[str, Any]
_NUMBER = re.compile(r"(\d+)")


@dataclass(slots=True)
class SharedError:
    """An error that ended the build on one system or several. `places`: of these reports among all, by their index."""

    step: str
    error: Row
    places: list[int] = field(default_factory=list)


def in_order(reports: Iterable[Row]) -> list[Row]:
    """What needs somebody first: failed, unknown, without tests, well; within that by what the system is called."""
    return sorted(reports, key=lambda report: (rank(report), natural(label(report)), report["run"]))


def shared_errors(reports: Sequence[Row]) -> list[SharedError]:
    """What the reports failed of, that of most systems first."""
    found: dict[tuple[str, str], SharedError] = {}
    for place, report in enumerate(reports):
        error = report["first_error"]
        if error is not None:
            key = (report["failed_step"], _fingerprint(error))
            found.setdefault(key, SharedError(report["failed_step"], error)).places.append(place)
    order = {step: number for number, step in enumerate(STEPS)}
    return sorted(found.values(), key=lambda each: (-len(each.places), order.get(each.step, 9)))


def rank(report: Row) -> int:
    """0 for what failed, 1 for what nobody knows, 2 for what is built and not tested, 3 for what is well."""
    if report["failed_step"]:
        return 0
    if report["status"] != "ok" or report["details"]["missing_tests"]:
        return 1
    return 3 if report["total"] else 2


def label(report: Row) -> str:
    """`Debian 12, x86_64, gcc 12.2 (--disable-nls)`."""
    name = ", ".join(filter(None, (report["system"], report["architecture"], report["compiler"]))) or report["setup"]
    chosen = parameters(report)
    return f"{name} ({chosen})" if chosen else name


def parameters(report: Row) -> str:
    """What was asked of configure, make and make check beyond their names, as it was typed."""
    return one_line(" ".join(" ".join(value.split()) for value in report["details"]["parameters"].values()).strip())


def natural(text: str) -> list[tuple[int, str]]:
    """A key by which "gcc 9" comes before "gcc 12"."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in _NUMBER.split(text.lower())]


# -------------------------------------------------------------------- mail


def mail_text(title: str, reports: Sequence[Row], errors: Sequence[SharedError], address: str) -> str:
    """Plain text for a release mail: what failed, of what, on which systems; then all that is well."""
    well = [report for report in reports if rank(report) == 3]
    lines = [f"{title}: {len(well)} of {_systems(len(reports))} built it and passed its tests.", ""]
    for shared in errors:
        step = shared.step.replace("-", " ")
        lines.append(f"{step} failed on {_systems(len(shared.places))}: {describe_row(shared.error)}")
        if shared.error["hint"]:
            lines.append(f"  ({shared.error['hint']})")
        lines += [f"  * {label(reports[place])}" for place in shared.places]
        lines.append("")
    explained = {place for shared in errors for place in shared.places}
    lines += _part("Failed", [r for place, r in enumerate(reports) if rank(r) == 0 and place not in explained])
    lines += _part("Not known whether it is well", [report for report in reports if rank(report) == 1])
    lines += _part("Built, no tests", [report for report in reports if rank(report) == 2], with_tests=False)
    lines += _part("No failures on the following", well)
    return "\n".join([*lines, address, ""])


def _part(title: str, reports: Sequence[Row], *, with_tests: bool = True) -> list[str]:
    if not reports:
        return []
    told = [f"  * {label(report)}" + (f": {tests_of_row(report)}" if with_tests else "") for report in reports]
    return [f"{title}:", *told, ""]


def _systems(count: int) -> str:
    return f"{count} system{'s' * (count != 1)}"


def _fingerprint(error: Row) -> str:
    return fingerprint(Diagnostic("error", error["text"], error["file"] or "", flag=error["flag"] or ""))
