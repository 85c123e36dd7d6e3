"""output.xml files of runs that nobody ran, as robot writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

BEGAN = datetime(2026, 3, 1, 12, 0, 0, 250_001)  # noqa: DTZ001  # local and naive, as robot's
ROBOT = "Robot 7.5 (Python 3.11.2 on linux)"


@dataclass
class Case:
    """A test."""

    name: str
    status: str = "PASS"
    message: str = ""
    tags: Sequence[str] = ()


@dataclass
class Suite:
    """`teardown`: status and message of its teardown, where it has one."""

    name: str
    tests: Sequence[Case] = ()
    suites: Sequence[Suite] = ()
    teardown: tuple[str, str] | None = None
    message: str = ""
    doc: str = ""
    metadata: dict[str, str] = field(default_factory=dict)


def write(path: Path, root: Suite, *, began: datetime = BEGAN, generator: str = ROBOT, legacy: bool = False) -> Path:
    """`legacy`: with the times of Robot Framework 6."""
    body = _Writer(began, legacy=legacy).suite(root)
    path.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<robot generator={quoteattr(generator)} rpa="false">\n{body}\n'
        '<statistics><total><stat pass="0" fail="0" skip="0">All Tests</stat></total></statistics>\n'
        '<errors>\n<msg time="2026-03-01T12:00:00.250001" level="WARN">Careful</msg>\n</errors>\n</robot>\n',
        encoding="utf-8",
    )
    return path


class _Writer:
    def __init__(self, clock: datetime, *, legacy: bool) -> None:
        self._clock = clock
        self._legacy = legacy

    def suite(self, suite: Suite) -> str:
        began = self._clock
        parts = [f"<suite name={quoteattr(suite.name)} source={quoteattr(f'/tests/{suite.name}.robot')}>"]
        parts += [self.suite(child) for child in suite.suites]
        parts += [self._test(test) for test in suite.tests]
        if suite.teardown:
            status = self._status(*suite.teardown, self._clock)
            parts.append(f'<kw name="Clean Up" type="TEARDOWN"><kw name="Inner">{status}</kw>{status}</kw>')
        parts.append(f"<doc>{escape(suite.doc)}</doc>" if suite.doc else "")
        parts += [f"<meta name={quoteattr(key)}>{escape(value)}</meta>" for key, value in suite.metadata.items()]
        parts.append(f"{self._status('PASS', suite.message, began)}</suite>")
        return "\n".join(parts)

    def _test(self, test: Case) -> str:
        began = self._clock
        self._clock += timedelta(seconds=1.5)
        keyword = f'<kw name="Log" owner="BuiltIn"><msg level="INFO">Hi</msg>{self._status("PASS", "", began)}</kw>'
        tags = "".join(f"<tag>{escape(tag)}</tag>" for tag in test.tags)
        status = self._status(test.status, test.message, began)
        return f'<test name={quoteattr(test.name)} line="3">{keyword}{tags}{status}</test>'

    def _status(self, status: str, message: str, began: datetime) -> str:
        if self._legacy:
            start, end = (
                f"{moment:%Y%m%d %H:%M:%S}.{moment.microsecond // 1000:03}" for moment in (began, self._clock)
            )
            times = f'starttime="{start}" endtime="{end}"'
        else:
            elapsed = (self._clock - began).total_seconds()
            times = f'start="{began.isoformat()}" elapsed="{elapsed:.6f}"'
        return f'<status status="{status}" {times}>{escape(message)}</status>'
