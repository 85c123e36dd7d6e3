"""Reading Robot Framework's own execution context: what runs now, its variables, its collected errors.

These are internals of Robot Framework that differ from version to version: whatever cannot be read is left out, and
nothing here ever raises.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import robot.errors
from robot.output.logger import LOGGER
from robot.running.context import EXECUTION_CONTEXTS

from livewall_listener import wire
from livewall_listener.convert import name_of
from livewall_listener.sampler import Sample
from livewall_listener.wire import clean

TIMEOUTS: tuple[type[BaseException], ...] = tuple(
    error for name in ("TimeoutExceeded", "TimeoutError") if (error := getattr(robot.errors, name, None))
)
"""What Robot Framework throws into a keyword, and into whoever it called, when its time is over."""
MAX_KEYWORDS = 20
"""Keywords of a sampled path; of a deeper one the innermost are kept."""
_KEYWORD_TYPES = {"KEYWORD", "SETUP", "TEARDOWN"}


def warn(text: str) -> None:
    """A warning in Robot Framework's console and log (its "Test Execution Errors"), from the main thread only."""
    LOGGER.warn(clean(text))  # half a character would keep Robot Framework from writing output.xml


def variable(name: str) -> str:
    """A scalar variable of the running suite, "" where there is none."""
    try:
        return str(EXECUTION_CONTEXTS.current.variables[f"${{{name}}}"])
    except Exception:
        return ""


def register_logger(logger: Any) -> bool:
    """Have it called where output.xml is written, until the run's end; -> whether this Robot Framework can do that."""
    try:
        LOGGER.register_logger(logger)
    except Exception:
        return False
    return True


class CollectedErrors:
    """Warnings and errors of the run as output.xml lists them; to be made while a suite runs."""

    def __init__(self) -> None:
        try:
            output = EXECUTION_CONTEXTS.current.output
        except Exception:
            output = None
        self._messages = _collected(output)

    def count(self, level: str) -> int:
        return sum(getattr(message, "level", "") == level for message in list(self._messages))


def _collected(output: Any) -> list[Any]:
    """The list that grows with each WARN and ERROR, where this version of Robot Framework keeps it."""
    for path in (("output_file", "errors"), ("_xml_logger", "logger", "_errors"), ("_xmllogger", "_errors")):
        found = output
        for name in path:
            found = getattr(found, name, None)
        if isinstance(found, list):
            return found
    return []


def sample(now: datetime) -> Sample | None:
    """What runs at this moment; from any thread.

    The context changes while it is read: a torn answer is possible, an exception is not.
    """
    try:
        context = EXECUTION_CONTEXTS.current
        steps = [_result_of(step) for step in list(context.steps)]
        phase = _phase(context, steps)
        if not steps:
            return None
        keywords = [step for step in steps if step.type in _KEYWORD_TYPES][-MAX_KEYWORDS:]
        outermost = _seconds(steps[0], now)
        running = _seconds(context.test, now) if context.test is not None else outermost
        sampled = wire.Now(
            keywords=[name_of(_name(step) or "") for step in keywords],
            elapsed_time=_seconds(keywords[-1], now) if keywords else 0.0,
            phase=phase,
            phase_elapsed_time=outermost if phase else 0.0,
        )
    except Exception:
        return None
    return sampled, running


def _result_of(step: Any) -> Any:
    """Robot Framework 7 keeps (data, result, ...), 6 an object that is both."""
    return step[1] if isinstance(step, tuple) else step


def _name(keyword: Any) -> str | None:
    """Without the library's name, which Robot Framework 6 puts before it."""
    return keyword.kwname if hasattr(keyword, "priority") else keyword.name  # type: ignore[no-any-return]


def _phase(context: Any, steps: list[Any]) -> str:
    if context.test is not None:
        if context.in_test_teardown:
            return "test teardown"
        return "test setup" if steps and steps[0].type == "SETUP" else ""
    if context.in_suite_teardown:
        return "suite teardown"
    return "suite setup" if steps else ""


def _seconds(item: Any, now: datetime) -> float:
    started = item.start_time
    return max(0.0, round((now - started).total_seconds(), 3)) if started else 0.0
