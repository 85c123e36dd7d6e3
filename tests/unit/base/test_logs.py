"""One line an event, whatever is in it; run and setup named; no secret."""

from __future__ import annotations

import json
import logging
import threading
from typing import Any

import pytest

from livewall_dashboard.base import logs
from livewall_dashboard.base.errors import Misconfigured

FORMATTERS = {"text": logs.Text(), "json": logs.Json()}

HOSTILE = (
    "a\nb", "a\r\nb", "a\x0bb", "a\x0cb", "a\x1cb", "a\x85b", "a\u2028b", "a\u2029b",
    "\x1b[31mred", "\x00", "\x07", "\u202egnp.exe", "\u2066", "\ud800", "\x9b31m",
    "x\n2026-03-01T12:00:00.000Z ERROR auth: forged (run=1)", '{"level": "ERROR"}\n{"level": "ERROR"}',
)  # fmt: skip

SECRETS = (
    "lw_0123456789abcdef0123456789abcdef01234567",
    "postgresql://livewall:hunter2@db/livewall",
    "postgresql://livewall:hun@ter2@db/livewall",
    "Authorization: Bearer hunter2hunter2",
    "basic aHVudGVyMg==",
    "connection to host=db password=hunter2 failed",
    "GET /?token=hunter2&x=1",
    "https://ada:hunter2@jenkins/job/x",
)


def record(message: str, *arguments: object, error: BaseException | None = None, **extra: object) -> logging.LogRecord:
    info: Any = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord(
        "livewall_dashboard.history.recording.recorder", logging.WARNING, "x.py", 1, message, arguments, info
    )
    made.created = 1772366400.25
    made.__dict__.update(extra)
    return made


def test_a_line_for_people() -> None:
    line = FORMATTERS["text"].format(record("Process %r begins", "0", run="r1", setup="VM 1"))
    assert line == "2026-03-01T12:00:00.250Z WARNING history.recording.recorder: Process '0' begins (run=r1 setup=VM 1)"
    assert FORMATTERS["text"].format(record("Recording.")).endswith("history.recording.recorder: Recording.")


def test_a_line_for_programs() -> None:
    assert json.loads(FORMATTERS["json"].format(record("Grün", run="r1", setup="VM 1"))) == {
        "time": "2026-03-01T12:00:00.250Z",
        "level": "WARNING",
        "logger": "history.recording.recorder",
        "message": "Grün",
        "run": "r1",
        "setup": "VM 1",
    }
    assert "run" not in json.loads(FORMATTERS["json"].format(record("Recording.")))


@pytest.mark.parametrize("form", FORMATTERS)
@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_ends_the_line_or_steers_a_terminal(form: str, text: str) -> None:
    line = FORMATTERS[form].format(record("Name %s", text, run=text, setup=text))
    assert len(line.splitlines()) == 1
    assert line.encode().decode() == line
    assert all(character.isprintable() for character in line)
    if form == "json":
        told = json.loads(line)
        assert told["run"] == told["setup"] == told["message"].removeprefix("Name ") == logs.one_line(text)


@pytest.mark.parametrize("form", FORMATTERS)
@pytest.mark.parametrize("secret", SECRETS)
def test_what_looks_like_a_secret_is_left_out(form: str, secret: str) -> None:
    try:
        raise ValueError(secret)
    except ValueError as error:
        line = FORMATTERS[form].format(record("It failed: %s", secret, error=error, run=secret))
    assert "***" in line
    for part in ("hunter2", "ter2", "0123456789abcdef", "aHVudGVy"):
        assert part not in line


def test_an_error_stands_behind_bars_or_in_a_member() -> None:
    try:
        raise ValueError("one\n2026-03-01T12:00:00.000Z ERROR forged")
    except ValueError as error:
        made = record("It failed", error=error)
    first, *rest = FORMATTERS["text"].format(made).splitlines()
    assert first.endswith("It failed")
    assert len(rest) > 2 and all(line.startswith("    | ") for line in rest)
    told = json.loads(FORMATTERS["json"].format(made))
    assert told["error"].startswith("Traceback") and "ValueError: one" in told["error"]


def test_a_message_has_an_end() -> None:
    line = FORMATTERS["text"].format(record("x" * 200_000))
    assert len(line) < 9000 and line.endswith("(192000 more characters)")


@pytest.mark.parametrize(
    ("environment", "complaint"),
    [
        ({"LIVEWALL_LOG": "LOUD"}, "LIVEWALL_LOG is 'LOUD'; it may be DEBUG, INFO, WARNING, ERROR"),
        ({"LIVEWALL_LOG_FORMAT": "xml\n"}, r"LIVEWALL_LOG_FORMAT is 'xml\\\\n'; it may be text, json"),
    ],
)
def test_a_wrong_setting_is_said(environment: dict[str, str], complaint: str) -> None:
    with pytest.raises(Misconfigured, match=complaint):
        logs.configure(environment)


def bare_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """The root of all loggers as a program finds it that nobody runs inside another one, which pytest does to us."""
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    monkeypatch.setattr(root, "level", logging.WARNING)
    monkeypatch.setattr(logs._handler, "formatter", None)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)


def test_the_environment_says_how(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    bare_log(monkeypatch)
    log = logging.getLogger("livewall_dashboard.x")
    logs.configure({"LIVEWALL_LOG": "warning", "LIVEWALL_LOG_FORMAT": "JSON"})
    log.info("not this")
    log.warning("this")
    assert json.loads(capsys.readouterr().err)["message"] == "this"
    logs.configure({}, form="text")
    log.info("that")
    assert capsys.readouterr().err.endswith("INFO x: that\n")


def hang_up() -> None:
    raise BrokenPipeError


def test_an_error_that_ends_a_thread_is_in_the_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bare_log(monkeypatch)
    logs.configure({}, form="json")
    logs.take_strays()
    try:
        for end in (hang_up, lambda: int("x\ny")):
            thread = threading.Thread(target=end, name="stray")
            thread.start()
            thread.join()
    finally:
        logging.captureWarnings(False)
    (line,) = capsys.readouterr().err.splitlines()
    assert "'stray' ended by an error" in json.loads(line)["message"]
    assert "invalid literal" in json.loads(line)["error"]


def test_a_program_with_a_log_of_its_own_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    bare_log(monkeypatch)
    theirs = logging.NullHandler()
    logging.getLogger().addHandler(theirs)
    logs.configure({"LIVEWALL_LOG": "DEBUG"})
    assert (logging.getLogger().handlers, logging.getLogger().level) == ([theirs], logging.WARNING)
