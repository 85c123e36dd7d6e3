"""The log: one event a line, for people or as JSON, on standard error.

What a line holds is written by others in part: names of tests and setups, texts of errors. So nothing in it can end the
line or steer a terminal, and what looks like a secret is left out, whoever wrote it there.

Who logs about a run says so by `extra={"run": ..., "setup": ...}`, either or both.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from livewall_dashboard.base.clock import UTC
from livewall_dashboard.base.errors import Misconfigured

FORMATS = ("text", "json")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LONGEST = 8000
"""Characters of a message."""

_PACKAGE = "livewall_dashboard."
_ABOUT = ("run", "setup")

# Control characters, line separators, what turns the direction of writing, and half characters.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_SECRETS = (
    (re.compile(r"\blw_\w{6,}"), "lw_***"),
    (re.compile(r"(?<=://)\S*@"), "***@"),
    (re.compile(r"\b(bearer|basic) +[\w.~+/=-]+", re.IGNORECASE), r"\1 ***"),
    (re.compile(r"(password|passwd|secret|token|api_?key)=[^\s&;,'\"]+", re.IGNORECASE), r"\1=***"),
)


class Text(logging.Formatter):
    """`2026-03-01T12:00:00.250Z WARNING history.recording.recorder: message (run=... setup=...)`.

    Below it, behind a bar each, the lines of an error that nobody foresaw.
    """

    def format(self, record: logging.LogRecord) -> str:
        fields = _fields(record)
        about = " ".join(f"{name}={fields[name]}" for name in _ABOUT if name in fields)
        line = f"{fields['time']} {fields['level']} {fields['logger']}: {fields['message']}"
        error = [f"\n    | {one_line(text)}" for text in fields.get("error", "").splitlines()]
        return f"{line} ({about}){''.join(error)}" if about else f"{line}{''.join(error)}"


class Json(logging.Formatter):
    """An object with `time`, `level`, `logger`, `message`, and where there is one: `run`, `setup`, `error`."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(_fields(record))  # in ASCII, so that nothing in it is the end of a line to anybody


def configure(environment: Mapping[str, str], *, form: str | None = None) -> None:
    """Log to standard error, in this form (of `FORMATS`) or the environment's. May be called again.

    Raises `Misconfigured` for what the environment says.
    """
    form = form or _choice(environment, "LIVEWALL_LOG_FORMAT", FORMATS, "text")
    level = _choice(environment, "LIVEWALL_LOG", LEVELS, "INFO")
    _handler.setFormatter(Json() if form == "json" else Text())
    root = logging.getLogger()
    if not root.handlers:  # else a program that runs us inside it has a log of its own
        root.addHandler(_handler)
    if _handler in root.handlers:
        root.setLevel(level)


def is_json() -> bool:
    return isinstance(_handler.formatter, Json)


def take_strays() -> None:
    """Let warnings and errors that end a thread, which Python prints as they come, go to the log as well."""
    logging.captureWarnings(True)
    threading.excepthook = _stray


def one_line(text: str) -> str:
    """The text without secrets, its unsafe characters written as escapes, cut where it goes on for too long."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}... ({len(text) - LONGEST} more characters)"
    return _UNSAFE.sub(_escape, text)


def _fields(record: logging.LogRecord) -> dict[str, str]:
    at = datetime.fromtimestamp(record.created, UTC)
    fields = {
        "time": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z",
        "level": record.levelname,
        "logger": record.name.removeprefix(_PACKAGE),
        "message": one_line(record.getMessage()),
    }
    for name in _ABOUT:
        value = getattr(record, name, None)
        if value:
            fields[name] = one_line(str(value))
    if record.exc_info and record.exc_info[0]:
        lines = logging.Formatter().formatException(record.exc_info).splitlines()
        fields["error"] = "\n".join(map(one_line, lines))
    return fields


def _escape(found: re.Match[str]) -> str:
    return json.dumps(found[0])[1:-1]


def _choice(environment: Mapping[str, str], name: str, choices: tuple[str, ...], default: str) -> str:
    given = environment.get(name) or default
    found = next((choice for choice in choices if choice.lower() == given.strip().lower()), None)
    if found is None:
        raise Misconfigured(f"{name} is {one_line(given)[:50]!r}; it may be {', '.join(choices)}.")
    return found


def _stray(arguments: Any) -> None:
    if arguments.exc_type is SystemExit:
        return
    name = arguments.thread.name if arguments.thread else "?"
    error = (arguments.exc_type, arguments.exc_value, arguments.exc_traceback)
    # Socket.IO's threads end so when a browser hangs up in the middle.
    level = logging.DEBUG if issubclass(arguments.exc_type, ConnectionError) else logging.ERROR
    logging.getLogger(__name__).log(level, "The thread %r ended by an error", name, exc_info=error)


class _Stderr(logging.Handler):
    """To whatever standard error is at the moment."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(f"{self.format(record)}\n")
            sys.stderr.flush()
        except Exception:
            self.handleError(record)


_handler = _Stderr()
