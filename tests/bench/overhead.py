"""What a listener costs a robot run: 2,000 trivial tests, with nothing, with what people use, with livewall."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from robot.api import ExecutionResult

from support.environment import quiet_environment
from support.ports import free_port

from .measurement import Check, Measurement, median, number
from .stage import ROOT, Stage

TESTS, KEYWORDS, ROUNDS = 2000, 5, 7
BUDGET = 1.05
NOOP = "no-op v3 listener"
LISTENER = "livewall_listener.Listener"
BASELINES = "bench.baselines"


@dataclass
class Variant:
    name: str
    listener: str | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    rounds: int = ROUNDS
    """Slow ones are measured less often."""


@dataclass
class Times:
    """Seconds of each round: of the whole process, and of the run's execution as output.xml has it."""

    process: list[float] = field(default_factory=list)
    execution: list[float] = field(default_factory=list)

    @property
    def around(self) -> float:
        """Median of what the process takes before and after the execution: start, import, close."""
        return median([whole - inner for whole, inner in zip(self.process, self.execution, strict=True)])


def measure(stage: Stage) -> Measurement:
    suite = _suite(stage.directory)
    with (
        stage.dashboard() as dashboard,
        stage.bare_server() as bare,
        socket.create_server(("127.0.0.1", 0), backlog=64) as hanging,
    ):
        variants = [
            Variant("no listener"),
            Variant(NOOP, f"{BASELINES}.noop_listener.Listener"),
            Variant("livewall, server up", LISTENER, {"LIVEWALL_URL": dashboard.url}),
            Variant("livewall, server down", LISTENER, {"LIVEWALL_URL": f"http://127.0.0.1:{free_port()}"}),
            Variant("livewall, server hanging", LISTENER, {"LIVEWALL_URL": _url_of(hanging)}),
            Variant("one HTTP request an event", f"{BASELINES}.http_listener.Listener;{bare}/empty", rounds=3),
            Variant("allure-robotframework", f"allure_robotframework;{stage.directory / 'allure'}", rounds=3),
        ]
        times: dict[str, Times] = {variant.name: Times() for variant in variants}
        for round_ in range(ROUNDS):
            # In turns, and in turning order, so that what the machine does meanwhile meets all of them alike.
            for variant in variants[round_ % len(variants) :] + variants[: round_ % len(variants)]:
                if len(times[variant.name].process) < variant.rounds:
                    _run(suite, variant, times[variant.name], stage.directory)
    return _measurement(times)


def _suite(directory: Path) -> Path:
    body = "    No Operation\n" * KEYWORDS
    path = directory / "trivial.robot"
    path.write_text("*** Test Cases ***\n" + "".join(f"Test {i}\n{body}" for i in range(TESTS)), encoding="utf-8")
    return path


def _url_of(listening: socket.socket) -> str:
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


def _run(suite: Path, variant: Variant, times: Times, directory: Path) -> None:
    output = directory / "trivial.xml"
    command = [sys.executable, "-m", "robot", "--output", str(output), "--log", "NONE", "--report", "NONE"]
    command += ["--console", "quiet", *(["--listener", variant.listener] if variant.listener else []), str(suite)]
    spool = directory / "spools" / uuid.uuid4().hex
    env = {**quiet_environment(), "LIVEWALL_SPOOL": str(spool), "LIVEWALL_SETUP": "bench", **variant.env}
    env["PYTHONPATH"] = str(ROOT / "tests")
    begun = time.perf_counter()
    done = subprocess.run(command, env=env, check=True, capture_output=True, text=True)
    assert "ERROR" not in done.stderr, done.stderr
    times.process.append(time.perf_counter() - begun)
    times.execution.append(ExecutionResult(str(output), include_keywords=False).suite.elapsed_time.total_seconds())


def _measurement(times: Mapping[str, Times]) -> Measurement:
    noop, none = times[NOOP], times["no listener"]
    rows = [["listener", "execution", "x no-op", "x none", "ms a test", "start and close"]]
    for name, one in times.items():
        execution = median(one.execution)
        rows.append(
            [
                name,
                f"{execution:.2f} s",
                f"{execution / median(noop.execution):.2f}",
                f"{execution / median(none.execution):.2f}",
                f"{(execution - median(none.execution)) / TESTS * 1000:.2f}",
                f"{one.around:.2f} s",
            ]
        )
    checks = [
        Check(f"robot's time with {name}, to a no-op listener", _ratio(one, noop), BUDGET, "x")
        for name, one in times.items()
        if name.startswith("livewall")
    ]
    whole = median(times["livewall, server up"].process) / median(noop.process)
    checks.append(Check("the same, server up, whole process with start and close", whole, BUDGET, "x"))
    return Measurement(
        name="overhead",
        title="What the listener costs a run",
        how=f"{TESTS:,} tests of {KEYWORDS} `No Operation` each, `--log NONE --report NONE`, dashboard and Postgres on "
        f"the same machine; medians of {ROUNDS} rounds in turns. Execution is the root suite's elapsed time; at close "
        "a listener whose server does not answer waits up to 10 s for the last acknowledgement (`timeout`).",
        checks=checks,
        table=rows,
        raw={name: {"process": one.process, "execution": one.execution} for name, one in times.items()},
    )


def _ratio(one: Times, other: Times) -> float:
    return median(one.execution) / median(other.execution)


def measure_main_thread(stage: Stage) -> Measurement:
    """Each call of the listener in a run's main thread, timed."""
    suite, calls = _suite(stage.directory), stage.directory / "calls.json"
    with stage.dashboard() as dashboard:
        env = {"LIVEWALL_URL": dashboard.url, "LIVEWALL_BENCH_TIMES": str(calls)}
        _run(suite, Variant("timed", f"{BASELINES}.timed_listener.Listener", env), Times(), stage.directory)
    times = {name: [ns / 1000 for ns in values] for name, values in json.loads(calls.read_text()).items()}
    events = [value for values in times.values() for value in values]
    rows = [["method", "calls", "median", "99 %", "worst"]]
    for name, values in times.items():
        cut = sorted(values)
        rows.append([name, number(len(values)), *(f"{number(v)} µs" for v in (median(cut), _p99(cut), cut[-1]))])
    return Measurement(
        name="main-thread",
        title="Main-thread cost of an event",
        how=f"A stopwatch around each listener method in a run of {TESTS:,} trivial tests, server up.",
        checks=[Check("main-thread cost of an event, median", median(events), 20, "µs")],
        table=rows,
        raw=times,
    )


def _p99(ordered: list[float]) -> float:
    return ordered[int(0.99 * (len(ordered) - 1))]
