"""Two runs as the wall compares them, and whether the newer one may pass."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from livewall_agent.comparison.kinds import WORDS, count_text
from livewall_agent.errors import AgentError, Refused, Unavailable
from livewall_agent.server import Server

Run = Mapping[str, Any]
Test = Mapping[str, Any]
PAGE = 1000


class NotCompared(AgentError):
    """The wall does not know these runs, or it does not compare any."""


@dataclass(frozen=True)
class Compared:
    """`tests`: all that went otherwise, each `{longname, kind, left, right}`. `address`: of the page that shows it."""

    left: Run
    right: Run
    counts: Mapping[str, int]
    tests: list[Test] = field(default_factory=list)
    address: str = ""

    @property
    def verdict(self) -> str:
        found = [count_text(kind, self.counts[kind]) for kind in WORDS if self.counts.get(kind)]
        return ", ".join(found) or "no difference"

    @property
    def doubts(self) -> list[str]:
        """Why the right run cannot be believed: it never passes while there is one."""
        return _doubts(self.right)

    @property
    def doubts_before(self) -> list[str]:
        """Why what it is compared with may lack results: what seems new may be old."""
        return _doubts(self.left)

    def is_worse(self, kinds: Collection[str]) -> bool:
        """Whether it must not pass: tests of these kinds, or results that are missing."""
        return bool(self.doubts) or any(self.counts.get(kind) for kind in kinds)

    def of_kind(self, kind: str) -> list[Test]:
        return [test for test in self.tests if test["kind"] == kind]

    def as_json(self) -> dict[str, Any]:
        """As the wall answers, all pages in one."""
        return {"left": self.left, "right": self.right, "counts": self.counts, "tests": self.tests, "next": None}


def compare(server: Server, left: str | None, right: str) -> Compared:
    """Without `left`, with the run before. Raises NotCompared, Unavailable."""
    asked = {"right": right, **({"left": left} if left else {})}
    told = _page(server, {**asked, "limit": PAGE})
    tests, after = list(told["tests"]), told["next"]
    while after:
        page = _page(server, {**asked, "limit": PAGE, "after": after})
        tests, after = [*tests, *page["tests"]], page["next"]
    shown = urlencode({"left": told["left"]["id"], "right": right})
    return Compared(told["left"], told["right"], told["counts"], tests, f"{server.url}/compare?{shown}")


def _page(server: Server, asked: Mapping[str, Any]) -> dict[str, Any]:
    try:
        told = server.get(f"/api/v1/compare?{urlencode(asked)}")
    except Refused as error:
        raise NotCompared(str(error)) from None
    if not isinstance(told, dict) or not {"left", "right", "counts", "tests", "next"} <= told.keys():
        raise Unavailable(f"{server.url} does not answer as a wall does that compares runs: is it an older one?")
    return told


def _doubts(run: Run) -> list[str]:
    if run["state"] == "running":
        return ["it goes on"]
    found = ["it was given up before its end"] if run["state"] == "abandoned" else []
    if run["missing"]:
        found.append(f"{run['missing']:,} tests are missing")
    if run["missing_failures"]:
        found.append(f"{run['missing_failures']:,} failures are missing")
    if not found and run["verification"] == "partial":
        found.append("parts are missing or differ")
    if not found and not run["counts"]["total"]:
        found.append("it has no tests")
    return found
