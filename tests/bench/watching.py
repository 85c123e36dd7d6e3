"""Watching branches: a look with nothing new beside bare git, and a push until its job waits and until it runs."""

from __future__ import annotations

import json
import resource
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from livewall_dashboard.branches.branch_store import BranchStore
from livewall_dashboard.branches.fetcher import Fetcher
from livewall_dashboard.branches.mirror import Mirrors
from livewall_dashboard.lab.projects import Project, Remote, Repository, Step
from livewall_dashboard.postgres.database import Database
from support.agents import RunningAgent
from support.dashboard import Dashboard
from support.git_repository import GitRepository
from support.waiting import wait_for

from .measurement import Measurement, in_turn, median, over_rounds, percentile, ratios
from .stage import Stage

REPOSITORIES, BRANCHES = 4, 250
"""1,000 branches."""
LOOKS, ROUNDS = 5, 5
PUSHES = 10
QUEUE = "bench"


def measure(stage: Stage) -> Measurement:
    folder = stage.directory / "branches"
    repositories = [_repository(folder / f"repository-{index}") for index in range(REPOSITORIES)]
    with stage.database() as url, closing(Database(url)) as database:
        ours, bare, seconds, bare_seconds = _looks(folder, repositories, database)
    waiting, running = _pushes(stage, folder)
    return Measurement(
        name="watching",
        title="Watching branches",
        how=f"{REPOSITORIES} repositories with {BRANCHES} branches each, on this machine, nothing new: what a look "
        "at all of them costs the processor, git's part and what is stored included, beside a bare `git fetch "
        f"--prune` of mirrors of the same, by turns; {ROUNDS} rounds of {LOOKS} looks. Then {PUSHES} commits to a "
        "branch of a project that gathers for no time, each with a push hook: until its job waits, until an idle "
        "agent runs it.",
        checks=[over_rounds("fetch", ratios(ours, bare))],
        table=[
            ["what", "half within", "at most", "processor"],
            ["a look at 1,000 branches", *_within(seconds), f"{1000 * median(ours):.0f} ms"],
            ["the same by bare git fetch --prune", *_within(bare_seconds), f"{1000 * median(bare):.0f} ms"],
            ["push to job waits", *_within(waiting), ""],
            ["push to running", *_within(running), ""],
        ],
        raw={"look": ours, "bare": bare, "waiting": waiting, "running": running},
    )


def _repository(folder: Path) -> GitRepository:
    made = GitRepository(folder)
    made.commit("Begin")
    lines = "".join(f"create refs/heads/topic/{index:04} {made.head()}\n" for index in range(BRANCHES - 1))
    made.git("update-ref", "--stdin", given=lines.encode())
    return made


def _looks(
    folder: Path, repositories: list[GitRepository], database: Database
) -> tuple[list[float], list[float], list[float], list[float]]:
    """Processor seconds of a look at all, ours and bare, and the seconds they took."""
    mirrors = Mirrors(folder / "mirrors")
    project = Project(
        "bench",
        tuple(Repository(made.folder.name, (Remote("origin", str(made.folder)),), "main") for made in repositories),
        (Step("build", "true"),),
    )
    fetchers = [
        Fetcher(
            project,
            each,
            mirrors.of(project.name, each.name),
            BranchStore(database),
            may_work=lambda: True,
            on_news=lambda: None,
        )
        for each in project.repositories
    ]
    copies = [_bare_mirror(folder / "bare" / made.folder.name, made.folder) for made in repositories]

    def look() -> None:
        for fetcher in fetchers:
            fetcher.look()

    def fetch() -> None:
        for copy in copies:
            subprocess.run(
                ["git", "-C", str(copy), "fetch", "--quiet", "--prune"], check=True, stdin=subprocess.DEVNULL
            )

    look()
    fetch()
    costs: dict[Callable[[], None], list[tuple[float, float]]] = {look: [], fetch: []}
    for round_ in range(ROUNDS):
        for side in in_turn(round_, look, fetch):
            costs[side].append(_cost(side))
    (ours, seconds), (bare, bare_seconds) = (zip(*each, strict=True) for each in costs.values())
    return [*ours], [*bare], [*seconds], [*bare_seconds]


def _bare_mirror(folder: Path, source: Path) -> Path:
    subprocess.run(["git", "clone", "--quiet", "--mirror", str(source), str(folder)], check=True)
    return folder


def _cost(work: Callable[[], None]) -> tuple[float, float]:
    """Processor seconds of one turn, of children too, and the seconds it took."""
    before, begun = _processor(), time.perf_counter()
    for _ in range(LOOKS):
        work()
    return (_processor() - before) / LOOKS, (time.perf_counter() - begun) / LOOKS


def _processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _pushes(stage: Stage, folder: Path) -> tuple[list[float], list[float]]:
    """Seconds from a push until its job waits, and until it runs."""
    shop = GitRepository(folder / "shop")
    shop.commit("Begin")
    config = folder / "setups_config.json"
    config.write_text(json.dumps({"projects": [_project(shop)]}), encoding="utf-8")
    with stage.dashboard("--config", str(config)) as wall, _built(wall, shop, folder):
        waiting, running = [], []
        for _ in range(PUSHES):
            commit = shop.commit()
            begun = time.perf_counter()
            assert wall.request("POST", "/api/v1/projects/shop/fetch")[0] == 202
            waiting.append(_until(wall, commit, begun, "waiting", "building", "done"))
            running.append(_until(wall, commit, begun, "building", "done"))
            _until(wall, commit, begun, "done")
    return waiting, running


def _project(shop: GitRepository) -> dict[str, Any]:
    return {
        "name": "shop",
        "repositories": [{"name": "server", "url": str(shop.folder), "main": "main"}],
        "gather": 0,
        "max_age_days": False,
        "fetch_every": 60,
        "queue": QUEUE,
        "steps": [{"name": "build", "command": "sleep 0.2"}],
    }


@contextmanager
def _built(wall: Dashboard, shop: GitRepository, folder: Path) -> Iterator[None]:
    """With an agent; the first build has ended."""
    agent = RunningAgent(wall.url, folder, queue=QUEUE, name="builder").start()
    try:
        wait_for(lambda: _state(wall, shop.head()) == "done", 120.0, "the first build")
        yield
    finally:
        agent.kill()


def _until(wall: Dashboard, commit: str, begun: float, *states: str) -> float:
    while _state(wall, commit) not in states:
        time.sleep(0.005)
    return time.perf_counter() - begun


def _state(wall: Dashboard, commit: str) -> str | None:
    status, body, _ = wall.request("GET", "/api/v1/branch-builds?project=shop&limit=1")
    builds: list[dict[str, Any]] = json.loads(body)["builds"] if status == 200 else []
    return next((each["state"] for each in builds if each["commits"][0]["commit"] == commit), None)


def _within(seconds: list[float]) -> tuple[str, str]:
    return f"{1000 * median(seconds):.0f} ms", f"{1000 * percentile(seconds, 1):.0f} ms"
