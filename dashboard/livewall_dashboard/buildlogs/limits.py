"""How a build report is refused."""

from __future__ import annotations

from livewall_dashboard.base.errors import Invalid, TooLarge

MIB = 1024 * 1024


class NotAReport(Invalid):
    """What was sent is no build report, or one that is damaged or dangerous; the message says which, and what to do."""

    code = "not_a_report"


class TooLargeReport(TooLarge):
    """The report is larger than this wall takes."""
