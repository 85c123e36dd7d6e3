"""Suites that run by themselves: one at a time, at the written times, by systemd or cron, whatever happens to them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from livewall_dashboard.demo.processes import kill_tree
from livewall_schedule import entries, files
from livewall_schedule.timetable import times
from support.environment import quiet_environment
from support.lab import SUITES
from support.waiting import wait_for

NODE = Path(__file__).parents[3] / "config" / "node"
SKIPPED = 75
Program = Callable[[str], str]


class Schedule:
    """A node's `livewall-schedule`, with a robot that reports to nobody."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "schedule.ini"
        self.state = folder / "state"
        self._started: list[subprocess.Popen[str]] = []
        robot = folder / "robot"
        robot.write_text(f'#!/bin/sh\nexec {sys.executable} -m robot --log NONE --report NONE "$@"\n', encoding="utf-8")
        robot.chmod(0o755)

    def write(self, *sections: str) -> None:
        self.file.write_text("\n".join(sections), encoding="utf-8")

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        options = ["--schedule", str(self.file), "--state", str(self.state), "--robot", str(self.folder / "robot")]
        process = subprocess.Popen(
            [sys.executable, str(NODE / "livewall_schedule"), *options, *arguments],
            env=quiet_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._started.append(process)
        return process

    def call(self, *arguments: str) -> tuple[int, str]:
        process = self.start(*arguments)
        said, _ = process.communicate(timeout=120)
        return process.returncode, said

    def results(self, name: str) -> list[Path]:
        return sorted((self.state / "results" / name).glob("*"))

    def begun(self, name: str) -> Path:
        """Waits until robot has begun a run of this name: the folder with its results."""
        return wait_for(lambda: next((path.parent for path in self.state.glob(f"results/{name}/*/output.xml")), None))

    def close(self) -> None:
        for process in self._started:
            if process.poll() is None:
                kill_tree(process)
            process.wait()
            assert process.stdout
            process.stdout.close()


def entry(name: str, *lines: str, suites: str = "steady", every: str = "4h") -> str:
    return "\n".join([f"[{name}]", f"suites = {SUITES / suites}", f"every = {every}", *lines])


@pytest.fixture
def schedule(tmp_path: Path) -> Iterator[Schedule]:
    made = Schedule(tmp_path)
    yield made
    made.close()


def held(go: Path) -> str:
    """A run that goes on until the file is there."""
    return f"args = --variable FLAG:{go} --variable PAUSE:1ms"


def test_failed_tests_are_a_result_and_no_fault_of_the_node(schedule: Schedule) -> None:
    schedule.write(entry("smoke", "environment =\n    ROBOT_OPTIONS=--name Named", suites="slow"))
    code, said = schedule.call("run", "smoke")
    assert code == 0, said
    (results,) = schedule.results("smoke")
    assert 'name="Named"' in (results / "output.xml").read_text(encoding="utf-8"), "the environment is robot's"
    assert f"smoke: begins, results go to {results}" in said
    assert re.search(r"smoke: ended after \d+ s, \d+ failed", said)


def test_a_robot_that_cannot_run_is_a_fault(schedule: Schedule) -> None:
    schedule.write(entry("smoke", suites="no-such-suite"))
    code, said = schedule.call("run", "smoke")
    assert code == 252
    assert "does not exist" in said and "robot found no tests" in said


def test_of_two_at_once_the_second_is_skipped_and_says_so(schedule: Schedule, tmp_path: Path) -> None:
    go = tmp_path / "go"
    schedule.write(entry("long", held(go), suites="slow"), entry("short"), entry("elsewhere", "lock = other"))
    first = schedule.start("run", "long")
    schedule.begun("long")
    code, said = schedule.call("run", "short")
    assert code == SKIPPED
    assert re.fullmatch(r"short: skipped, as long \(since .*, process \d+\) still goes on\n", said)
    assert schedule.results("short") == []
    assert schedule.call("run", "elsewhere")[0] == 0, "another lock is another matter"
    go.touch()
    first.communicate(timeout=120)
    assert first.returncode == 0
    assert schedule.call("run", "short")[0] == 0


def test_who_waits_gets_its_turn(schedule: Schedule, tmp_path: Path) -> None:
    go = tmp_path / "go"
    schedule.write(entry("long", held(go), suites="slow"), entry("patient", "wait = 10m"))
    first = schedule.start("run", "long")
    schedule.begun("long")
    second = schedule.start("run", "patient")
    go.touch()
    assert "skipped" not in second.communicate(timeout=120)[0]
    assert (first.wait(120), second.returncode) == (0, 0)


def test_a_killed_runner_leaves_no_second_run_beside_its_robot(schedule: Schedule, tmp_path: Path) -> None:
    go = tmp_path / "go"
    schedule.write(entry("long", held(go), suites="slow"), entry("short"))
    first = schedule.start("run", "long")
    schedule.begun("long")
    first.kill()
    first.wait()
    assert schedule.call("run", "short")[0] == SKIPPED
    go.touch()
    wait_for(lambda: schedule.call("run", "short")[0] == 0, 120, "robot to end, and its lock with it")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_runner_told_to_end_lets_robot_write_its_results(
    schedule: Schedule, tmp_path: Path, number: signal.Signals
) -> None:
    schedule.write(entry("long", held(tmp_path / "never"), suites="slow"))
    first = schedule.start("run", "long")
    results = schedule.begun("long")
    wait_for(lambda: "Waits In The Middle" in (results / "output.xml").read_text(encoding="utf-8"), what="the middle")
    first.send_signal(number)
    said, _ = first.communicate(timeout=120)
    assert first.returncode == 253, said
    assert "before its time: it was told to end" in said
    assert (results / "output.xml").read_text(encoding="utf-8").rstrip().endswith("</robot>")


def test_a_run_over_its_limit_is_ended(schedule: Schedule, tmp_path: Path) -> None:
    schedule.write(entry("long", held(tmp_path / "never"), "limit = 5s", suites="slow"))
    code, said = schedule.call("run", "long")
    assert code in (253, 255), "255: killed before robot was there to be told"
    assert "takes longer than its limit of 5 s" in said


def test_only_the_latest_results_are_kept(schedule: Schedule) -> None:
    schedule.write(entry("smoke", "keep = 2"))
    for day in ("2026-01-01", "2026-01-02", "2026-01-03"):
        (schedule.state / "results" / "smoke" / f"{day}_00-00-00").mkdir(parents=True)
    assert schedule.call("run", "smoke")[0] == 0
    kept = [path.name for path in schedule.results("smoke")]
    assert kept[0] == "2026-01-03_00-00-00"
    assert len(kept) == 2


def test_what_is_wrong_is_said_without_a_stack_trace(schedule: Schedule) -> None:
    assert schedule.call("check") == (2, f"{schedule.file} cannot be read: No such file or directory\n")
    schedule.write(entry("smoke", every="5h"), entry("other", suites="no-such-suite"))
    code, said = schedule.call("run", "smoke")
    assert code == 2
    assert said.startswith(f"{schedule.file}:3: every '5h' does not come round")
    schedule.write(entry("smoke"), entry("other", suites="no-such-suite"))
    code, said = schedule.call("check")
    assert code == 1
    assert "smoke: 6 times a day on this node: " in said and "no-such-suite does not exist" in said
    code, said = schedule.call("run", "smok")
    assert (code, "there are: smoke, other" in said) == (2, True)


def test_times_are_written_again_after_a_change_and_old_ones_leave(schedule: Schedule, tmp_path: Path) -> None:
    units = tmp_path / "units"
    schedule.write(entry("smoke"), entry("nightly", every="1d"))
    assert schedule.call("install", "--systemd", str(units))[0] == 0
    (units / "other.timer").write_text("not ours")
    schedule.write(entry("smoke"))
    code, said = schedule.call("install", "--systemd", str(units))
    assert code == 0
    assert sorted(path.name for path in units.iterdir()) == [
        "livewall-suites-smoke.service",
        "livewall-suites-smoke.timer",
        "other.timer",
    ]
    assert "wrote" not in said, "what is the same is left alone"


def place(user: str = "") -> files.Place:
    return files.Place("/opt/livewall-node/bin/livewall-schedule", Path("/etc/livewall/schedule.ini"), user, "node-7")


def every_kind() -> list[entries.Entry]:
    """An entry for each interval, some of them begun late in the day."""
    return [
        entries.parse(f"[e{number}]\nsuites = /srv/tests\nevery = {every}\nat = {(number * 7) % 24:02}:50\n")[0]
        for number, every in enumerate(entries.EVERY.split())
    ]


def test_systemd_understands_the_units(program: Program, tmp_path: Path) -> None:
    here = files.Place(sys.executable, tmp_path / "schedule.ini", "root", "node-7")
    for name, text in files.units(every_kind(), here).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = [program("systemd-analyze"), "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))]
    verified = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (verified.returncode, verified.stderr) == (0, "")


def test_systemd_and_cron_mean_the_same_times(program: Program) -> None:
    """By systemd's own reckoning, and by cron's rule that a moment fits if its minute and its hour do."""
    analyze = program("systemd-analyze")
    lines = files.crontab(every_kind(), place()).splitlines()
    for entry in every_kind():
        timer = files.units([entry], place())[f"livewall-suites-{entry.name}.timer"]
        calendar = re.search(r"OnCalendar=(.*)", timer)
        assert calendar
        runs = 24 * 3600 // entry.every
        command = [analyze, "calendar", f"--iterations={runs}", calendar[1]]
        said = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=60, env={**os.environ, "TZ": "UTC"}
        )
        moments = re.findall(r"(?:Next elapse|Iter\. #\d+): \w+ (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC", said.stdout)
        by_systemd = sorted(
            (moment - moment.replace(hour=0, minute=0, second=0)).seconds
            for moment in (datetime.strptime(text, "%Y-%m-%d %H:%M:%S").astimezone() for text in moments)
        )
        assert by_systemd == sorted(times(entry, "node-7").of_day)
        (line,) = [line for line in lines if line.endswith(f"livewall-suites-{entry.name}")]
        assert _by_cron(line) == by_systemd


def _by_cron(line: str) -> list[int]:
    minutes, hours, *_ = line.split()
    seconds = re.search(r"--after (\d+)", line)
    assert seconds
    return sorted(
        hour * 3600 + int(minute) * 60 + int(seconds[1])
        for hour in (range(24) if hours == "*" else map(int, hours.split(",")))
        for minute in minutes.split(",")
    )


@pytest.mark.parametrize("user", ["", "livewall-node"])
def test_cron_understands_the_crontab(program: Program, tmp_path: Path, user: str) -> None:
    path = tmp_path / "crontab"
    path.write_text(files.crontab(every_kind(), place(user)), encoding="utf-8")
    checked = subprocess.run(
        [program("crontab"), "-n", str(path)], capture_output=True, text=True, check=False, timeout=60
    )
    assert checked.returncode == 0, checked.stderr
    path.write_text("61 * * * * true\n", encoding="utf-8")
    refused = subprocess.run([program("crontab"), "-n", str(path)], capture_output=True, check=False, timeout=60)
    assert refused.returncode != 0, "it would have said so"


def test_a_line_of_the_crontab_does_what_it_says(schedule: Schedule, tmp_path: Path) -> None:
    """As cron does: percent signs unescaped, by /bin/sh, with next to no environment."""
    schedule.write(entry("smoke"))
    folder = tmp_path / "50% done"
    folder.mkdir()
    program = folder / "livewall-schedule"
    own = f"--schedule '{schedule.file}' --state '{schedule.state}' --robot '{schedule.folder / 'robot'}'"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {NODE / "livewall_schedule"} {own} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    asked = entries.read(schedule.file)
    line = files.crontab(asked, files.Place(str(program), schedule.file, "", "node-7")).splitlines()[-1]
    command = line.split(None, 5)[5].replace("\\%", "%").partition(" 2>&1 | logger")[0]
    command = re.sub(r"--after \d+", "--after 0", command)
    done = subprocess.run(["/bin/sh", "-c", command], env={"PATH": "/usr/bin:/bin"}, check=False, timeout=120)
    assert done.returncode == 0
    assert len(schedule.results("smoke")) == 1
