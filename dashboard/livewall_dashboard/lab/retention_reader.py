"""Rules of how long runs are kept, as the configuration has them; and what of them is wrong that no schema can tell."""

from __future__ import annotations

from datetime import timedelta

from livewall_dashboard.lab.entry import Entry
from livewall_dashboard.lab.report import Report
from livewall_dashboard.lab.retention import RetentionRule


class RetentionReader:
    def __init__(self, report: Report) -> None:
        self._report = report

    def read(self, document: Entry) -> list[RetentionRule]:
        """In the file's order."""
        rules: list[RetentionRule] = []
        for entry in document.entries("retention"):
            if rules and rules[-1].fits_all:
                self._report.warn(entry.place, "is for nothing: the rule before it fits all runs.")
                break
            rules.append(self._rule(entry))
        return rules

    def _rule(self, entry: Entry) -> RetentionRule:
        days, last = entry.get("keep_days", None), entry.get("keep_last", 0)
        if days is True:
            self._report.fault((*entry.place, "keep_days"), "must be a number of days, or false for ever.")
        elif days is False and last:
            self._report.fault(
                (*entry.place, "keep_last"), 'makes no sense beside "keep_days": false, which keeps all.'
            )
        elif days is None and not last and self._report.is_sound(entry.place):
            self._report.fault(entry.place, 'needs "keep_days" or "keep_last".')
        return RetentionRule(
            keep=timedelta(days=days) if days else None,
            last=last,
            setup=entry.text("setup"),
            branch=entry.text("branch"),
            suite=entry.text("suite"),
            labels={name.strip(): value.strip() for name, value in entry.get("labels", {}).items()},
            tag=entry.text("tag"),
        )
