"""Branches, a clock and builds in memory: what the plan of branches decides is carried out as Postgres would."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta, timezone

from livewall_dashboard.branches.bundles import Bundles, Head, bundles_of
from livewall_dashboard.branches.members import Fork
from livewall_dashboard.branches.plan import (
    BUILDING,
    DONE,
    GATHERING,
    WAITING,
    Build,
    Decision,
    Launch,
    Move,
    Open,
    Standing,
    plan,
)  # fmt: skip
from livewall_dashboard.lab.projects import Project, Remote, Repository, Step

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
GATHER = 60.0
PROJECT = Project(
    "shop",
    (Repository("server", (Remote("origin", "/s"),), "main"), Repository("client", (Remote("origin", "/c"),))),
    (Step("test", "make check"),),
    sticky=("main",),
    gather=GATHER,
)
GOOD = ("ok", "failed")


class World:
    """Branches, a clock, and what stands: the decisions are carried out as Postgres would."""

    def __init__(self, project: Project = PROJECT) -> None:
        self.project = project
        self.now = NOW
        self.heads: dict[tuple[str, str], Head] = {}
        self.builds: dict[int, Build] = {}
        self.results: dict[int, str] = {}
        self.fingerprints: dict[int, str] = {}
        self.superseded_running: list[int] = []
        self.forks: dict[str, Fork] = {}
        self.launched: list[tuple[int, str]] = []

    def push(self, repository: str, branch: str, commit: str) -> None:
        self.heads[repository, branch] = Head(repository, "origin", branch, commit, self.now)

    def delete(self, repository: str, branch: str) -> None:
        self.heads.pop((repository, branch), None)

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @property
    def bundles(self) -> Bundles:
        return bundles_of(self.project, self.heads.values())

    def standing(self) -> Standing:
        newest = {build.bundle: build.number for build in self.builds.values() if not build.rebuilds}
        shown = [build for build in self.builds.values() if build.state != DONE or newest[build.bundle] == build.number]
        alive = self.bundles.by_name
        joined = [build for build in self.builds.values() if build.same_as and build.bundle in alive]
        shared = {
            build.same_as for build in joined if build.same_as and self.builds[build.same_as].bundle != build.bundle
        }
        return Standing(shown, frozenset(shared), {name: self._cancelled(name) for name in alive})

    def _cancelled(self, bundle: str) -> int:
        own = sorted(build.number for build in self.builds.values() if build.bundle == bundle)
        ended = [number for number in own if self.results.get(number) in GOOD]
        return sum(number > (ended[-1] if ended else 0) for number in own if number in self.superseded_running)

    def get(self, fingerprint: str) -> int | None:
        """As plan.Built has it."""
        found = [number for number, each in self.fingerprints.items() if each == fingerprint]
        return max((number for number in found if self.results.get(number, "ok") in GOOD), default=None)

    def step(self) -> list[Decision]:
        decided = plan(self.project, self.bundles, self.standing(), self.now, self, self.forks)
        for decision in decided:
            self._carry_out(decision)
        return decided

    def settle(self) -> list[Decision]:
        """Until nothing is left to be done at this moment."""
        everything: list[Decision] = []
        for _ in range(10):
            decided = self.step()
            if not decided:
                return everything
            everything += decided
        raise AssertionError(f"no end of decisions: {everything}")

    def _carry_out(self, decision: Decision) -> None:
        if isinstance(decision, Open):
            number = len(self.builds) + 1
            name, heads = decision.bundle.name, decision.bundle.commits
            gathering = [each for each in self.builds.values() if each.bundle == name and each.state == GATHERING]
            assert not [each for each in gathering if not each.rebuilds], "two gather at once"
            self.builds[number] = Build(number, name, GATHERING, heads, self.now, self.now)
        elif isinstance(decision, Move):
            moved_at = self.now if decision.is_news else self.builds[decision.number].moved_at
            self._change(decision.number, heads=decision.bundle.commits, moved_at=moved_at)
        elif isinstance(decision, Launch):
            self._launch(decision)
        else:
            if self.builds[decision.number].state == BUILDING and decision.superseded_by:
                self.superseded_running.append(decision.number)
            self.end(decision.number, "killed" if self.builds[decision.number].state == BUILDING else decision.result)

    def _launch(self, decision: Launch) -> None:
        if decision.same_as is not None:
            assert self.results.get(decision.same_as, "ok") in GOOD
            self._change(decision.number, state=DONE, same_as=decision.same_as, members=decision.members)
            return
        self.fingerprints[decision.number] = decision.fingerprint
        self.launched.append((decision.number, decision.fingerprint))
        self._change(decision.number, state=WAITING, due_at=decision.place, members=decision.members)

    def begin(self, number: int) -> None:
        assert self.builds[number].state == WAITING
        self._change(number, state=BUILDING)

    def end(self, number: int, result: str = "ok") -> None:
        self.results[number] = result
        self._change(number, state=DONE)

    def rebuild(self, number: int) -> int:
        new = len(self.builds) + 1
        old = self.builds[number]
        self.builds[new] = Build(
            new, old.bundle, GATHERING, old.heads, self.now, self.now, rebuilds=True, members=old.members
        )
        return new

    def _change(self, number: int, **members: object) -> None:
        self.builds[number] = dataclasses.replace(self.builds[number], **members)  # type: ignore[arg-type]

    def states(self, bundle: str) -> list[str]:
        return [
            self.results.get(build.number, build.state) if not build.same_as else f"as {build.same_as}"
            for build in self.builds.values()
            if build.bundle == bundle
        ]
