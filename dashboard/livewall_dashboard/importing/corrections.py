"""What failing suite teardowns make of the tests and suites below, as Robot Framework's result model does it. Pure.

robot writes statuses as they were when a test ended; a suite teardown that fails or skips changes all tests below its
suite afterwards, at every level above them, and with the tests the suites.
"""

from __future__ import annotations

from livewall_dashboard.importing.model import Correction, SuiteLine, TestLine, Words
from livewall_listener import wire


class Corrections:
    """By suite id, as they are found in the file."""

    def __init__(self, corrections: dict[str, Correction]):
        self._corrections = corrections
        self._suite = ""
        self._chain: list[Correction] = []

    def test(self, line: TestLine) -> tuple[str, str]:
        """Its final status and message."""
        status, words = line.status, line.message
        for correction in self._of(wire.suite_id_of(line.id)):
            status, words = _corrected(correction, status, words)
        return status, wire.clean(*words)

    def suite(self, line: SuiteLine) -> str | None:
        """Its final status; of one whose end is not known None, unless something in it failed."""
        passed, failed, skipped = line.passed, line.failed, line.skipped
        for correction in self._of(wire.suite_id_of(line.id)):
            passed, failed, skipped = counts_after(correction, line.tests, skipped)
        if failed or not line.is_whole:
            return "FAIL" if failed else None
        return "PASS" if passed else "SKIP"

    def _of(self, suite_id: str) -> list[Correction]:
        """Those of the suite and all above it, from the inside: the order in which they happened."""
        if not self._corrections:
            return []
        if suite_id != self._suite:
            self._suite, self._chain = suite_id, []
            while suite_id:
                if suite_id in self._corrections:
                    self._chain.append(self._corrections[suite_id])
                suite_id = wire.suite_id_of(suite_id)
        return self._chain


def counts_after(correction: Correction, tests: int, skipped: int) -> tuple[int, int, int]:
    """How many of a suite's tests passed, failed and are skipped after the correction."""
    return (0, 0, tests) if correction.skips else (0, tests - skipped, skipped)


def _corrected(correction: Correction, status: str, words: Words) -> tuple[str, Words]:
    text, beyond = words
    reason = correction.message
    if not correction.skips:
        before = "\n\nAlso parent suite teardown failed:\n" if text else "Parent suite teardown failed:\n"
        return "SKIP" if status == "SKIP" else "FAIL", _joined(text, beyond, f"{before}{reason}")
    before = f"Skipped in parent suite teardown:\n{reason}"
    return "SKIP", (f"{before}\n\nEarlier message:\n{text}" if text else before, beyond)


def _joined(text: str, beyond: int, more: str) -> Words:
    """A text whose end was not kept has more after its end."""
    return (text, beyond + len(more)) if beyond else (text + more, 0)
