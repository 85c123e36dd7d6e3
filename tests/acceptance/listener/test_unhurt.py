"""The run is never hurt: same exit code and same output.xml, whatever the wall does."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from support.marks import in_the_long_form
from support.ports import free_port
from support.robot import Run, run_robot
from support.wall import HANG, RESET, Answer, RecordingWall

SUITES = Path(__file__).parents[1] / "suites"
MOMENTS = ("generated", "generator", "time", "start", "elapsed", "timestamp", "starttime", "endtime")


def told(path: Path) -> list[str]:
    """What output.xml says, a line an element, without moments and without our own warnings."""
    lines = []
    for element in ET.parse(path).iter():
        text = (element.text or "").strip()
        if element.tag == "msg" and text.startswith("livewall: "):
            continue
        # Measured durations, memory addresses and the results folder differ from run to run.
        text = re.sub(r"\d+(\.\d+)? (milli)?seconds?|0x[0-9a-f]+|output-[0-9a-f]{8}|^\d+(\.\d+)?$", "~", text)
        attributes = {name: value for name, value in element.attrib.items() if name not in MOMENTS}
        lines.append(f"{element.tag} {attributes} {text}")
    return lines


def warnings(run: Run) -> list[str]:
    """Ours, in robot's own log."""
    return [
        element.text
        for element in ET.parse(run.output).iter("msg")
        if element.text and element.text.startswith("livewall: ")
    ]


@contextmanager
def up() -> Iterator[str]:
    with RecordingWall() as wall:
        yield wall.url


@contextmanager
def down() -> Iterator[str]:
    yield f"http://127.0.0.1:{free_port()}"


def behaving(answer: Answer) -> Callable[[], object]:
    @contextmanager
    def wall() -> Iterator[str]:
        with RecordingWall() as recording:
            recording.before = lambda request: answer
            yield recording.url

    return wall


WALLS = {
    "up": (up, ""),
    "down": (down, "cannot be reached"),
    "hanging": (behaving(HANG), ""),
    "cutting the line": (behaving(RESET), "cannot be reached"),
    "refusing the token": (behaving(Answer(401)), "refuses the token"),
    "not a wall": (behaving(Answer(404)), "there is no livewall at"),
    "broken": (behaving(Answer(500)), "cannot be reached"),
}
ARGS = ("--variable", "PAUSE:150ms")
WRONG_ARGUMENTS = [
    (":http://127.0.0.1:1:setpu=vm1", "argument 'setpu' is not known"),
    (":setup=vm1", "without the URL of a wall nothing is reported"),
    (":ftp://wall", "neither a URL"),
    (":http://wall:port", "is not a URL"),
]


def on_both(values: Iterable[Any], few: int) -> list[Any]:
    """Each with the newest Robot Framework; the first few with the oldest, too, whose others are looked at under soak.

    What a wall does meets the same code on both; that robot goes on after it is shown by the few.
    """
    all_of_them = [value if isinstance(value, tuple) else (value,) for value in values]
    oldest = [(*value, "oldest") for value in all_of_them]
    return [*((*value, "newest") for value in all_of_them), *oldest[:few], *in_the_long_form(*oldest[few:])]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str | None], tuple[Run, float]]:
    """The run without the listener, by the interpreter; made once."""
    made: dict[str | None, tuple[Run, float]] = {}

    def run(robot: str | None) -> tuple[Run, float]:
        if robot not in made:
            began = time.monotonic()
            cwd = tmp_path_factory.mktemp("alone")
            made[robot] = run_robot(SUITES / "slow", *ARGS, cwd=cwd, robot=robot, listener=None), 0.0
            made[robot] = made[robot][0], time.monotonic() - began
        return made[robot]

    return run


@pytest.mark.parametrize(("name", "robot"), on_both(WALLS, few=3), indirect=["robot"])
def test_the_same_run_whatever_the_wall_does(
    tmp_path: Path, robot: str | None, name: str, alone: Callable[[str | None], tuple[Run, float]]
) -> None:
    wall, warning = WALLS[name]
    bare, duration = alone(robot)
    with wall() as url:  # type: ignore[operator,attr-defined]
        began = time.monotonic()
        run = run_robot(SUITES / "slow", *ARGS, cwd=tmp_path, url=url, robot=robot, env={"LIVEWALL_TIMEOUT": "120"})
        took = time.monotonic() - began
    assert run.exit_code == bare.exit_code
    assert told(run.output) == told(bare.output)
    if warning:
        assert len(warnings(run)) == 1 and warning in warnings(run)[0]
        assert run.console.count(warning) == 1
    elif name == "up":
        assert "livewall" not in run.console
    if name != "up":
        assert re.search(r"livewall: \d+ events are kept in .*resend` delivers them", run.console)
        assert len(list(run.spool.glob("*.spool"))) == 1
    assert took < duration + 100, "the end waits for a wall that may answer, not for one that will not"


@pytest.mark.parametrize(("argument", "warning", "robot"), on_both(WRONG_ARGUMENTS, few=1), indirect=["robot"])
def test_a_wrong_argument_is_one_warning(tmp_path: Path, robot: str | None, argument: str, warning: str) -> None:
    listener = f"livewall_listener.Listener{argument}"
    run = run_robot(SUITES / "slow", "--variable", "PAUSE:1ms", cwd=tmp_path, listener=listener, robot=robot)
    assert sum(warning in text for text in warnings(run)) == 1
    assert "Traceback" not in run.console and "[ ERROR ]" not in run.console


def test_a_spool_that_cannot_be_is_one_warning(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with RecordingWall() as wall:
        spool = {"LIVEWALL_SPOOL": str(tmp_path / "file" / "spool")}
        run = run_robot(SUITES / "slow", "--variable", "PAUSE:1ms", cwd=tmp_path, url=wall.url, env=spool, run_id="r")
        assert len(warnings(run)) == 1 and "no spool in" in warnings(run)[0]
        assert wall.record("r").total > 0


def test_no_test_selected(tmp_path: Path, robot: str | None) -> None:
    with RecordingWall() as wall:
        run = run_robot(SUITES / "slow", "--include", "none", cwd=tmp_path, url=wall.url, robot=robot)
        assert run.exit_code == 252 and wall.runs == {}


def test_a_token_is_nowhere(tmp_path: Path) -> None:
    with RecordingWall() as wall:
        wall.before = lambda request: Answer(403, {"error": {"message": "no"}})
        env = {"LIVEWALL_TOKEN": "lw_secret_canary", "ROBOT_SYSLOG_FILE": str(tmp_path / "syslog")}
        run_robot(SUITES / "slow", *ARGS, "--loglevel", "TRACE", cwd=tmp_path, url=wall.url, env=env)
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or b"lw_secret_canary" not in path.read_bytes(), path
