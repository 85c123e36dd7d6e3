"""The hooks themselves: never harmful, silent without a wall, cheap to import for the dashboard."""

from __future__ import annotations

import gc
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import robot.errors
from robot import result, running
from robot.utils import Importer
from robot.utils.text import split_args_from_name_or_path

from livewall_listener import Listener, context
from livewall_listener.notices import Notices


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    said: list[str] = []
    monkeypatch.setattr(context, "warn", said.append)
    for name in ("LIVEWALL_URL", "LIVEWALL_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return said


def suites() -> tuple[Any, Any]:
    data, outcome = running.TestSuite("S"), result.TestSuite("S")
    data.tests.create("T")
    outcome.start_time = datetime(2026, 1, 1)  # noqa: DTZ001
    return data, outcome


def test_robot_makes_it_of_the_name_with_arguments(warnings: list[str]) -> None:
    for text in (
        "livewall_listener.Listener:http://wall:8000:setup=a=b",
        "livewall_listener;http://wall:8000;setup=a=b",
    ):
        name, arguments = split_args_from_name_or_path(text)
        made = Importer("listener").import_class_or_module(name, instantiate_with_args=arguments)
        assert isinstance(made, Listener)
        assert (made._settings.url, made._settings.setup) == ("http://wall:8000", "a=b")
    assert warnings == []


def test_the_vocabulary_alone_needs_neither_robot_nor_http() -> None:
    check = "import sys, livewall_listener.wire; print([m for m in ('robot', 'urllib3') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_other_names_do_not_exist() -> None:
    import livewall_listener  # noqa: PLC0415

    with pytest.raises(AttributeError):
        _ = livewall_listener.Lisener


def test_without_a_wall_one_warning_and_nothing_else(warnings: list[str]) -> None:
    listener = Listener()
    data, outcome = suites()
    listener.start_suite(data, outcome)
    listener.output_file(None)
    listener.close()
    assert len(warnings) == 1 and "set LIVEWALL_URL" in warnings[0]


def test_a_fault_of_ours_is_one_warning(warnings: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    listener = Listener("http://wall:8000")

    def broken(*args: Any) -> None:
        raise RuntimeError("oops")

    monkeypatch.setattr(listener, "_begin", broken)
    data, outcome = suites()
    for _ in range(3):
        listener.start_suite(data, outcome)
        listener.close()
    assert warnings == ["livewall: this listener failed, please report it: RuntimeError: oops"]


def test_garbage_is_looked_for_as_before_after_the_run(
    warnings: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LIVEWALL_TIMEOUT", "0")
    listener = Listener("http://127.0.0.1:9", "delivery=threads", f"spool={tmp_path}")
    listener.start_suite(*suites())
    assert gc.get_freeze_count() > 0
    listener.close()
    assert gc.get_freeze_count() == 0


@pytest.mark.parametrize("name", ["TimeoutExceeded", "TimeoutError"])
def test_robot_s_own_timeouts_pass(warnings: list[str], monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    timeout = getattr(robot.errors, name, None)
    if timeout is None:
        pytest.skip("not in this version of Robot Framework")
    listener = Listener("http://wall:8000")

    def late(*args: Any) -> None:
        raise timeout("Test timeout exceeded.")

    monkeypatch.setattr(listener, "_begin", late)
    with pytest.raises(timeout):
        listener.start_suite(*suites())
    assert warnings == []


def test_only_cheap_hooks_are_subscribed() -> None:
    hooks = {name for name in dir(Listener) if not name.startswith("_") and not name.isupper()}
    files = {"output_file", "log_file", "report_file"}
    assert hooks == {"start_suite", "close", *files}
    assert (Listener.ROBOT_LISTENER_API_VERSION, Listener.ROBOT_LISTENER_PRIORITY) == (3, -1000)


def test_what_is_read_of_robot_is_optional() -> None:
    """Outside of a run, as in a version whose insides are other ones."""
    assert context.variable("OUTPUT_DIR") == ""
    assert context.CollectedErrors().count("WARN") == 0
    assert context.sample(datetime(2026, 1, 1)) is None  # noqa: DTZ001


def test_a_notice_is_told_once_a_topic_and_in_order() -> None:
    said: list[str] = []
    notices = Notices(said.append)
    notices.add("a", "first")
    notices.add("b", "second")
    notices.add("a", "again")
    assert said == []
    notices.tell()
    notices.tell()
    assert said == ["livewall: first", "livewall: second"]
