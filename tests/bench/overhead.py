"""What a listener costs a robot run: 2,000 trivial tests, with nothing, with what people use, with livewall."""

from __future__ import annotations

import json
import socket
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from robot.api import ExecutionResult

from support.environment import quiet_environment
from support.ports import free_port

from . import cores, whole_command
from .measurement import Check, Measurement, in_turn, median, number, over_rounds, ratios, spread
from .stage import ROOT, Stage

TESTS, KEYWORDS, ROUNDS = 2000, 5, 9
NOOP = "no-op v3 listener"
LISTENER = "livewall_listener.Listener"
BASELINES = "bench.baselines"
UP, DOWN, HANGING = (f"livewall, server {state}" for state in ("up", "down", "hanging"))
BY_PROCESS, BY_THREADS = (f"livewall, server up, `LIVEWALL_DELIVERY={how}`" for how in ("process", "threads"))
ONE_CORE = f"{BY_PROCESS}, all on robot's core"


@dataclass
class Variant:
    """What has no budget has fewer `rounds`. `is_bound`: what the listener starts stays on robot's core."""

    name: str
    listener: str | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    rounds: int = 3
    is_bound: bool = False


@dataclass
class Times:
    """Seconds of each round: of the whole process, and of the run's execution as output.xml has it; and processor
    seconds, of robot's process alone, and with those of all that it started.
    """

    process: list[float] = field(default_factory=list)
    execution: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    all: list[float] = field(default_factory=list)

    @property
    def around(self) -> float:
        """Median of what the process takes before and after the execution: start, import, close."""
        return median([whole - inner for whole, inner in zip(self.process, self.execution, strict=True)])


@dataclass
class Pair:
    """A listener's runs, and of each the run with a no-op listener that stood beside it."""

    times: Times
    noop: Times


def measure(stage: Stage) -> Measurement:
    suite = _suite(stage.directory)
    places = cores.split()
    with _servers(stage, places) as (up, bare, hanging):
        variants = [
            Variant("no listener"),
            Variant(UP, LISTENER, {"LIVEWALL_URL": up}, ROUNDS),
            Variant(DOWN, LISTENER, {"LIVEWALL_URL": f"http://127.0.0.1:{free_port()}"}, ROUNDS),
            Variant(HANGING, LISTENER, {"LIVEWALL_URL": hanging}, ROUNDS),
            Variant(BY_PROCESS, LISTENER, {"LIVEWALL_URL": up, "LIVEWALL_DELIVERY": "process"}),
            Variant(BY_THREADS, LISTENER, {"LIVEWALL_URL": up, "LIVEWALL_DELIVERY": "threads"}),
            Variant("one HTTP request an event", f"{BASELINES}.http_listener.Listener;{bare}/empty", rounds=2),
            Variant("allure-robotframework", f"allure_robotframework;{stage.directory / 'allure'}", rounds=2),
        ]
        if places:
            one_core = {"LIVEWALL_URL": up, "LIVEWALL_DELIVERY": "process"}
            variants.append(Variant(ONE_CORE, LISTENER, one_core, is_bound=True))
        noop = Variant(NOOP, f"{BASELINES}.noop_listener.Listener")
        pairs = {variant.name: Pair(Times(), Times()) for variant in variants}
        for round_ in range(ROUNDS):
            for variant in variants:
                pair = pairs[variant.name]
                # Beside each other, and each first in turn: what the machine does meanwhile meets both alike.
                for each, times in in_turn(round_, (variant, pair.times), (noop, pair.noop)):
                    if round_ < variant.rounds:
                        _run(suite, each, times, stage.directory, places)
    return _measurement(pairs, places)


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
    output = directory / "trivial.xml"
    command = [sys.executable, "-m", "robot", "--output", str(output), "--log", "NONE", "--report", "NONE"]
    command += ["--console", "quiet", *(["--listener", variant.listener] if variant.listener else []), str(suite)]
    spool = directory / "spools" / uuid.uuid4().hex
    env = {**quiet_environment(), "LIVEWALL_SPOOL": str(spool), "LIVEWALL_SETUP": "bench", **variant.env}
    env["PYTHONPATH"] = str(ROOT / "tests")
    robot = sorted(places.robot) if places else None
    others = sorted(places.rest) if places and not variant.is_bound else None
    used = whole_command.run(whole_command.Order(command, robot, others), env)
    times.process.append(used.seconds)
    times.own.append(used.own)
    times.all.append(used.all)
    times.execution.append(ExecutionResult(str(output), include_keywords=False).suite.elapsed_time.total_seconds())


def _measurement(pairs: Mapping[str, Pair], places: cores.Cores | None) -> Measurement:
    ours = {name: ratios(pairs[name].times.execution, pairs[name].noop.execution) for name in (UP, DOWN, HANGING)}
    return Measurement(
        name="overhead",
        title="What the listener costs a run",
        how=f"{TESTS:,} tests of {KEYWORDS} `No Operation` each, `--log NONE --report NONE`, dashboard and Postgres "
        f"on the same machine; medians of {ROUNDS} rounds, of fewer for what has no budget. Ratios are to a run with a "
        "no-op listener directly before it or, in the next round, after it. "
        f"{_placing(places)} Execution is the root suite's elapsed time; processor time is that of robot's process, "
        "then with that of all that it started, until the last of it has ended, also where it outlives robot. At "
        "close a listener whose server does not answer waits up to 10 s for the last acknowledgement (`timeout`).",
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
                "execution",
                "x no-op",
                "ms a test more",
                "processor, robot",
                "all",
                "all, x no-op",
                "start and close",
            ],
            _row(NOOP, Pair(pairs[UP].noop, pairs[UP].noop)),
            *(_row(name, pair) for name, pair in pairs.items()),
        ],
        raw={name: {"times": vars(pair.times), "noop": vars(pair.noop)} for name, pair in pairs.items()},
    )


def _placing(places: cores.Cores | None) -> str:
    if places is None:
        return "Robot and server share one core here: none could be given to each."
    return (
        "Robot has a core of its own; wall, Postgres and what a listener starts beside robot have the others "
        f"({len(places.rest)}), but for the row that says otherwise."
    )


def _row(name: str, pair: Pair) -> list[str]:
    one, noop = pair.times, pair.noop
    more = [ours - theirs for ours, theirs in zip(one.execution, noop.execution, strict=True)]
    return [
        name,
        f"{median(one.execution):.2f} s",
        spread(ratios(one.execution, noop.execution)),
        f"{median(more) / TESTS * 1000:.2f}",
        f"{median(one.own):.2f} s",
        f"{median(one.all):.2f} s",
        spread(ratios(one.all, noop.all)),
        f"{one.around:.2f} s",
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
