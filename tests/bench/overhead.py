"""What a listener costs a robot run: 2,000 trivial tests, with nothing, with what people use, with livewall."""

from __future__ import annotations

import json
import socket
import sys
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from support.environment import quiet_environment
from support.ports import free_port

from . import cores, whole_command
from .measurement import Check, Measurement, in_turn, median, number, over_rounds, ratios, spread
from .stage import ROOT, Stage

TESTS, KEYWORDS, ROUNDS = 2000, 5, 5
NOOP = "no-op v3 listener"
LISTENER = "livewall_listener.Listener"
BASELINES = "bench.baselines"
CLOCK = f"{BASELINES}.clock.Listener"
UP, DOWN, HANGING = (f"livewall, server {state}" for state in ("up", "down", "hanging"))
BY_PROCESS, BY_THREADS = (f"livewall, server up, `LIVEWALL_DELIVERY={how}`" for how in ("process", "threads"))


@dataclass
class Variant:
    """What has no budget has fewer `rounds`."""

    name: str
    listener: str | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    rounds: int = 2


@dataclass
class Times:
    """Seconds of each round, of the execution and of the whole process: with a core to itself each, which is the
    processor time of robot's process and what its main thread stood still; what that was of it; and the processor time
    of all that was started.
    """

    execution: list[float] = field(default_factory=list)
    execution_stood: list[float] = field(default_factory=list)
    process: list[float] = field(default_factory=list)
    process_stood: list[float] = field(default_factory=list)
    all: list[float] = field(default_factory=list)

    @property
    def around(self) -> float:
        """Median of what the process takes before and after the execution: start, import, close."""
        return median([whole - inner for whole, inner in zip(self.process, self.execution, strict=True)])


@dataclass
class Pair:
    """A listener's runs, and of each the run with a no-op listener that went on beside it."""

    times: Times = field(default_factory=Times)
    noop: Times = field(default_factory=Times)


def measure(stage: Stage) -> Measurement:
    suite = _suite(stage.directory)
    places = cores.split()
    noop = Variant(NOOP, f"{BASELINES}.noop_listener.Listener", rounds=ROUNDS)
    with _servers(stage, places) as (up, bare, hanging):
        variants = [
            noop,
            Variant("no listener"),
            Variant(UP, LISTENER, {"LIVEWALL_URL": up}, ROUNDS),
            Variant(DOWN, LISTENER, {"LIVEWALL_URL": f"http://127.0.0.1:{free_port()}"}, ROUNDS),
            Variant(HANGING, LISTENER, {"LIVEWALL_URL": hanging}, ROUNDS),
            Variant(BY_PROCESS, LISTENER, {"LIVEWALL_URL": up, "LIVEWALL_DELIVERY": "process"}),
            Variant(BY_THREADS, LISTENER, {"LIVEWALL_URL": up, "LIVEWALL_DELIVERY": "threads"}),
            Variant("one HTTP request an event", f"{BASELINES}.http_listener.Listener;{bare}/empty"),
            Variant("allure-robotframework", f"allure_robotframework;{stage.directory / 'allure'}"),
        ]
        pairs = {variant.name: Pair() for variant in variants}
        for round_ in range(ROUNDS):
            for variant in variants:
                if round_ < variant.rounds:
                    pair = pairs[variant.name]
                    sides = (variant, pair.times, stage.directory / "one"), (noop, pair.noop, stage.directory / "noop")
                    _run_beside(suite, in_turn(round_, *sides), places)
    return _measurement(pairs, places)


def _run_beside(suite: Path, sides: Sequence[tuple[Variant, Times, Path]], places: cores.Cores | None) -> None:
    """All at the same time; who is begun first stands first."""
    with ThreadPoolExecutor(len(sides)) as pool:
        begun = [pool.submit(_run, suite, *side, places) for side in sides]
    for each in begun:
        each.result()


@contextmanager
def _servers(stage: Stage, places: cores.Cores | None) -> Iterator[tuple[str, str, str]]:
    """URLs of a wall, of the bare server, and of one that takes connections and says nothing."""
    with ExitStack() as stack:
        stack.enter_context(cores.moved(stage.postgres.pid, places and places.rest))
        with cores.bound(places and places.rest):
            up = stack.enter_context(stage.dashboard()).url
            bare = stack.enter_context(stage.bare_server()).url
        hanging = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=64))
        yield up, bare, f"http://127.0.0.1:{hanging.getsockname()[1]}"


def _suite(directory: Path) -> Path:
    body = "    No Operation\n" * KEYWORDS
    path = directory / "trivial.robot"
    path.write_text("*** Test Cases ***\n" + "".join(f"Test {i}\n{body}" for i in range(TESTS)), encoding="utf-8")
    return path


def _run(suite: Path, variant: Variant, times: Times, directory: Path, places: cores.Cores | None) -> None:
    output, told = directory / "trivial.xml", directory / "clock.json"
    directory.mkdir(exist_ok=True)
    listeners = [CLOCK, *([variant.listener] if variant.listener else [])]
    command = [sys.executable, "-m", "robot", "--output", str(output), "--log", "NONE", "--report", "NONE"]
    command += ["--console", "quiet", *(f"--listener={each}" for each in listeners), str(suite)]
    spool = directory / "spools" / uuid.uuid4().hex
    env = {**quiet_environment(), "LIVEWALL_SPOOL": str(spool), "LIVEWALL_SETUP": "bench", **variant.env}
    env |= {"PYTHONPATH": str(ROOT / "tests"), "LIVEWALL_BENCH_CLOCK": str(told)}
    robot, others = (sorted(places.robot), sorted(places.rest)) if places else (None, None)
    used = whole_command.run(whole_command.Order(command, robot, others), env)
    clock = json.loads(told.read_text(encoding="utf-8"))
    times.execution.append(clock["processor"] + clock["stood"])
    times.execution_stood.append(clock["stood"])
    times.process.append(used.own + used.stood)
    times.process_stood.append(used.stood)
    times.all.append(used.all)


def _measurement(pairs: Mapping[str, Pair], places: cores.Cores | None) -> Measurement:
    ours = {name: _of_execution(pairs[name]) for name in (UP, DOWN, HANGING)}
    return Measurement(
        name="overhead",
        title="What the listener costs a run",
        how=f"{TESTS:,} tests of {KEYWORDS} `No Operation` each, `--log NONE --report NONE`, dashboard and Postgres "
        f"on the same machine; medians of {ROUNDS} rounds, of fewer for what has no budget. Each run goes on beside "
        "one with a no-op listener, on the same core, so that whatever the machine does meets both alike. What is "
        "compared is what the execution of the root suite would take with a core to itself: the processor time of "
        "robot's process, and what its main thread stands still, for a lock or somebody's answer. The first row, the "
        "no-op listener beside itself, tells what such a ratio is worth. "
        f"{_placing(places)} The whole process is that with start and close. The last column is all processor time, "
        "with that of what robot started until the last of it has ended, also where it outlives robot. At close a "
        "listener whose server does not answer waits up to 10 s for the last acknowledgement (`timeout`).",
        checks=[
            over_rounds("listener-up", ours[UP]),
            over_rounds("listener-down", ours[DOWN]),
            over_rounds("listener-hanging", ours[HANGING]),
            over_rounds("listener-rule", [ratio for each in ours.values() for ratio in each]),
            over_rounds("listener-process", ratios(pairs[UP].times.process, pairs[UP].noop.process)),
        ],
        table=[
            [
                "listener",
                "execution with a core to itself, x no-op",
                "µs a test more",
                "of it, standing still",
                "start and close",
                "whole process, x no-op",
                "all processor time, x no-op",
            ],
            *(_row(name, pair) for name, pair in pairs.items()),
        ],
        raw={name: {"times": vars(pair.times), "noop": vars(pair.noop)} for name, pair in pairs.items()},
    )


def _of_execution(pair: Pair) -> list[float]:
    return ratios(pair.times.execution, pair.noop.execution)


def _placing(places: cores.Cores | None) -> str:
    if places is None:
        return "Both share the only core with the server."
    return f"Wall, Postgres and what a listener starts beside robot have the others ({len(places.rest)})."


def _row(name: str, pair: Pair) -> list[str]:
    one, noop = pair.times, pair.noop
    more = [ours - theirs for ours, theirs in zip(one.execution, noop.execution, strict=True)]
    return [
        name,
        spread(_of_execution(pair)),
        number(median(more) / TESTS * 1e6),
        f"{median(one.execution_stood):.2f} s",
        f"{one.around:.2f} s",
        spread(ratios(one.process, noop.process)),
        spread(ratios(one.all, noop.all)),
    ]


def measure_main_thread(stage: Stage) -> Measurement:
    """Each call of the listener in a run's main thread, timed."""
    suite, calls = _suite(stage.directory), stage.directory / "calls.json"
    with stage.dashboard() as dashboard:
        env = {"LIVEWALL_URL": dashboard.url, "LIVEWALL_BENCH_TIMES": str(calls)}
        _run(suite, Variant("timed", f"{BASELINES}.timed_listener.Listener", env), Times(), stage.directory, None)
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
        checks=[Check("main-thread", median(events))],
        table=rows,
        raw=times,
    )


def _p99(ordered: list[float]) -> float:
    return ordered[int(0.99 * (len(ordered) - 1))]
