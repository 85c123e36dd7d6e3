"""The diagnostics of one log, each kept once, however often it came."""

from __future__ import annotations

import dataclasses

from livewall_dashboard.buildlogs.diagnostics import UNKNOWN
from livewall_dashboard.buildlogs.fingerprints import fingerprint, without_folder
from livewall_dashboard.buildlogs.model import Diagnostic, Seen

MOST = 2_000
"""Different ones that are kept of a log; the others are counted."""


class DiagnosticList:
    """`step`: where they come from; `unlisted`: how many came beyond those that are kept."""

    def __init__(self, step: str):
        self.step = step
        self.unlisted = 0
        self._seen: dict[tuple[str, str, str, str], Seen] = {}

    def add(self, at: int, diagnostic: Diagnostic) -> None:
        if diagnostic.rank > UNKNOWN:
            return
        key = (diagnostic.kind, diagnostic.flag, diagnostic.file, diagnostic.text)
        seen = self._seen.get(key)
        if seen is not None:
            seen.count += 1
        elif len(self._seen) < MOST:
            self._seen[key] = Seen(diagnostic, "", at)
        else:
            self.unlisted += 1

    def into(self, found: dict[str, Seen], folder: str, *, with_errors: bool) -> None:
        """Adds to `found`, by fingerprint. `folder`: where it was built, which is no part of any name."""
        for seen in self._seen.values():
            if seen.diagnostic.kind == "error" and not with_errors:
                continue
            diagnostic = below(seen.diagnostic, folder)
            key = fingerprint(diagnostic)
            if key in found:
                found[key].count += seen.count
            else:
                found[key] = dataclasses.replace(seen, diagnostic=diagnostic, step=self.step)


def below(diagnostic: Diagnostic, folder: str) -> Diagnostic:
    return dataclasses.replace(diagnostic, file=without_folder(diagnostic.file, folder))
