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
    """A test. `tags_first`: they stand before its keywords, as no Robot Framework writes them, and others do."""

    name: str
    status: str = "PASS"
    message: str = ""
    tags: Sequence[str] = ()
    tags_first: bool = False


@dataclass
class Suite:
    """`teardown`: status and message of its teardown, where it has one. `keywords`: how many a listener called at its
    start and at its end. `has_times`: whether it says when it ran.
    """

    name: str
    tests: Sequence[Case] = ()
    suites: Sequence[Suite] = ()
    teardown: tuple[str, str] | None = None
    message: str = ""
    doc: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    keywords: tuple[int, int] = (0, 0)
    has_times: bool = True


def write(path: Path, root: Suite, *, began: datetime = BEGAN, generator: str = ROBOT, schema: int = 7) -> Path:
    """`schema`: as Robot Framework 3, 6 or 7 writes it."""
    body = _Writer(began, schema).suite(root)
    path.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<robot generator={quoteattr(generator)} rpa="false">\n{body}\n'
        '<statistics><total><stat pass="0" fail="0" skip="0">All Tests</stat></total></statistics>\n'
        '<errors>\n<msg time="2026-03-01T12:00:00.250001" level="WARN">Careful</msg>\n</errors>\n</robot>\n',
        encoding="utf-8",
    )
    return path


class _Writer:
    def __init__(self, clock: datetime, schema: int) -> None:
        self._clock = clock
        self._schema = schema

    def suite(self, suite: Suite) -> str:
        began = self._clock
        before, after = suite.keywords
        parts = [f"<suite name={quoteattr(suite.name)} source={quoteattr(f'/tests/{suite.name}.robot')}>"]
        parts += [self._keyword() for _ in range(before)]
        parts += [self.suite(child) for child in suite.suites]
        parts += [self._test(test) for test in suite.tests]
        if suite.teardown:
            status = self._status(*suite.teardown, self._clock)
            kind = "teardown" if self._schema == 3 else "TEARDOWN"
            parts.append(f'<kw name="Clean Up" type="{kind}"><kw name="Inner">{status}</kw>{status}</kw>')
        parts += [self._keyword() for _ in range(after)]
        parts.append(f"<doc>{escape(suite.doc)}</doc>" if suite.doc else "")
        parts.append(self._metadata(suite.metadata))
        status = self._status("PASS", suite.message, began) if suite.has_times else self._no_times(suite.message)
        parts.append(f"{status}</suite>")
        return "\n".join(parts)

    def _metadata(self, metadata: dict[str, str]) -> str:
        tag = "item" if self._schema == 3 else "meta"
        items = "".join(f"<{tag} name={quoteattr(name)}>{escape(value)}</{tag}>" for name, value in metadata.items())
        return f"<metadata>{items}</metadata>" if self._schema == 3 else items

    def _test(self, test: Case) -> str:
        began = self._clock
        keyword = self._keyword()
        status = self._status(test.status, test.message, began)
        parts = [self._tags(test.tags), keyword] if test.tags_first else [keyword, self._tags(test.tags)]
        return f'<test name={quoteattr(test.name)} line="3">{"".join(parts)}{status}</test>'

    def _tags(self, tags: Sequence[str]) -> str:
        items = "".join(f"<tag>{escape(tag)}</tag>" for tag in tags)
        return f"<tags>{items}</tags>" if self._schema == 3 else items

    def _keyword(self) -> str:
        """One that has a tag and another keyword in it."""
        began = self._clock
        self._clock += timedelta(seconds=1.5)
        status = self._status("PASS", "", began)
        inner = f'<kw name="Inner">{self._tags(["inner"])}{status}</kw>'
        message = '<msg level="INFO">Hi</msg>'
        return f'<kw name="Log" owner="BuiltIn">{self._tags(["keyword"])}{inner}{message}{status}</kw>'

    def _no_times(self, message: str) -> str:
        times = 'starttime="N/A" endtime="N/A"' if self._schema < 7 else ""
        return f'<status status="PASS" {times}>{escape(message)}</status>'

    def _status(self, status: str, message: str, began: datetime) -> str:
        if self._schema < 7:
            start, end = (
                f"{moment:%Y%m%d %H:%M:%S}.{moment.microsecond // 1000:03}" for moment in (began, self._clock)
            )
            times = f'starttime="{start}" endtime="{end}"'
        else:
            elapsed = (self._clock - began).total_seconds()
            times = f'start="{began.isoformat()}" elapsed="{elapsed:.6f}"'
        return f'<status status="{status}" {times}>{escape(message)}</status>'
