"""`livewall demo`: starts a wall, keeps a pretend lab busy, and ends both at Ctrl-C."""

from __future__ import annotations

import importlib.util
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

import click

from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.base.settings import DEFAULT_PORT
from livewall_dashboard.base.terminal import Terminal
from livewall_dashboard.demo import branches, jobs, porters
from livewall_dashboard.demo.jenkins import NAME, DemoJenkins
from livewall_dashboard.demo.lab import RIGS, Rig, configuration
from livewall_dashboard.demo.node import Node
from livewall_dashboard.demo.past import MadePast
from livewall_dashboard.demo.porters import Porter, System
from livewall_dashboard.demo.wall import DemoWall

START_WITHIN = 120.0
STAGGER = 0.5
"""Seconds between the first runs of two nodes."""
LOOK = 0.25

_HERE = Path(__file__).resolve().parent
_CANDIDATES = (_HERE / "tests", _HERE.parents[2] / "docs" / "demo")


@click.command()
@click.option(
    "--port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, show_default=True, help="Port of the wall."
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("livewall-data") / "demo",
    show_default=True,
    help="Folder for the demo's database. It is kept: the next demo then knows how long its tests take.",
)
@click.option("--fresh", is_flag=True, help="Forget what an earlier demo left in that folder.")
def demo(port: int, data: Path, fresh: bool) -> None:
    """Show a wall with a pretend lab: real Robot Framework runs on a dozen setups, over and over, until Ctrl-C."""
    data = data.resolve()
    jenkins = DemoJenkins()
    has_agents = sys.platform == "linux"
    systems = porters.possible()
    projects = [branches.project(data)] if branches.are_possible() else []
    setups = configuration(_server(jenkins.url), more=porters.setups(systems), projects=projects)
    wall = DemoWall(data, port, setups, agents=jobs.AGENTS if has_agents else 0)
    stop = _stop_at_signals(on_hangup=wall.reload)
    if fresh:
        _forget(data)
    click.echo("Starting the wall ...")
    nodes: list[Node] = []
    builders: list[Porter] = []
    past: MadePast | None = None
    try:
        changes = branches.DemoBranches(data)
        if projects:
            changes.make()
        wall.start()
        jenkins.start()
        if not _until_ready(wall, stop):
            return
        past = MadePast(data, RIGS, tests_directory() / "suites")
        past.start()
        nodes = _nodes(_possible(RIGS), wall.url, jenkins.url, data)
        jenkins.add(node.builds for node in nodes if node.rig.job)
        builders = _porters(systems, wall.url, data)
        click.echo(_welcome(wall.url, len(nodes)))
        busy: list[Busy] = [*nodes, *builders]
        if has_agents:
            busy.append(jobs.DemoJobs(port, tests_directory() / "suites"))
        if projects:
            busy.append(changes)
        _keep_busy(busy, wall, stop)
    finally:
        click.echo("Ending the runs and the wall ...")
        for node in nodes:
            node.stop()
        for builder in builders:
            builder.stop()
        if past is not None:
            past.stop()
        wall.stop()
        jenkins.stop()
        click.echo(
            f"Ended. What was recorded is in {_near(data)}; the next demo goes on from there (--fresh: it does not)."
        )


def tests_directory() -> Path:
    """The folder of the pretend lab's tests: part of an installed package, or the checkout's docs/demo."""
    for candidate in _CANDIDATES:
        if (candidate / "lab.resource").is_file():
            return candidate
    raise Misconfigured("This installation of livewall lacks the demo's tests; install it again.")


def _stop_at_signals(on_hangup: Callable[[], None]) -> threading.Event:
    """Set by Ctrl-C, SIGTERM and a terminal that closes; any other SIGHUP calls `on_hangup`."""
    stop, terminal = threading.Event(), Terminal()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    signal.signal(signal.SIGHUP, lambda *_: stop.set() if terminal.has_closed() else on_hangup())
    return stop


def _forget(data: Path) -> None:
    if data.exists() and any(data.iterdir()) and not (data / "wall.log").is_file():
        raise Misconfigured(f"{data} is not the folder of a demo, so --fresh leaves it alone.")
    shutil.rmtree(data, ignore_errors=True)


def _until_ready(wall: DemoWall, stop: threading.Event) -> bool:
    """Whether the wall came up; False when it was told to stop meanwhile."""
    deadline = time.monotonic() + START_WITHIN
    while not wall.ready():
        if time.monotonic() > deadline:
            raise Misconfigured(f"The wall did not come up within {START_WITHIN:g} s. Its log: {wall.log}")
        if stop.wait(LOOK):
            return False
    return True


def _possible(rigs: tuple[Rig, ...]) -> list[Rig]:
    """The rigs that have tests and, for pabot, somebody to run them."""
    at_work = [rig for rig in rigs if rig.suites]
    if importlib.util.find_spec("pabot"):
        return at_work
    click.echo("pabot is not installed, so the setup that uses it stays empty (pip install robotframework-pabot).")
    return [rig for rig in at_work if rig.processes == 1]


def _server(url: str) -> dict[str, object]:
    """The pretend Jenkins in the wall's configuration; as often as its wall may ask."""
    return {"name": NAME, "url": url, "poll_seconds": 20, "start_builds": True}


def _nodes(rigs: list[Rig], url: str, jenkins: str, data: Path) -> list[Node]:
    started = time.monotonic()
    nodes = []
    for index, rig in enumerate(rigs):
        folder = data / "nodes" / rig.setup
        folder.mkdir(parents=True, exist_ok=True)
        suites = tests_directory() / "suites"
        at = started + index * STAGGER
        nodes.append(Node(rig, url=url, jenkins=jenkins, suites=suites, folder=folder, start_at=at))
    return nodes


def _porters(systems: tuple[System, ...], url: str, data: Path) -> list[Porter]:
    started = time.monotonic()
    return [
        Porter(system, url=url, folder=data / "porters" / system.setup, start_at=started + 2 * index)
        for index, system in enumerate(systems)
    ]


class Busy(Protocol):
    """What goes on in the pretend lab."""

    def step(self, now: float) -> str:
        """What has happened, for people; "" for nothing."""


def _keep_busy(all_of_them: Sequence[Busy], wall: DemoWall, stop: threading.Event) -> None:
    while not stop.wait(LOOK):
        wall.require_running()
        now = time.monotonic()
        for one in all_of_them:
            happened = one.step(now)
            if happened:
                click.echo(f"{datetime.now().astimezone():%H:%M:%S}  {happened}")


def _welcome(url: str, count: int) -> str:
    python = _near(Path(sys.executable))
    return f"""
  The wall:          {url}/
  As a table:        {url}/?view=table
  All runs:          {url}/runs
  Tests by runs:     {url}/history/grid?suite=Nightly  (a month of it is made up)
  Latest builds:     {url}/?builds=edge-router-01  (of a pretend Jenkins; the runs are real)
  Jobs and agents:   {url}/jobs  (a queue with two agents on this machine)
  Build reports:     {url}/reports  (a small package on two pretend systems)
  Branches:          {url}/branches  (two repositories, a commit each minute; Connect leads to what was built)

{count} pretend setups run real Robot Framework tests, over and over; some fail, some lose power. Ctrl-C ends it all.

Your own tests on this wall, from another terminal:

  LIVEWALL_URL={url} LIVEWALL_SETUP=my-first-setup \\
    {python} -m robot --listener livewall_listener.Listener path/to/your/tests

For a wall that stays, and for nodes elsewhere: README.md, "On a server" and "On a node".
"""


def _near(path: Path) -> str:
    """The path as one would type it here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
