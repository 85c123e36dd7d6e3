"""What a comparison of runs answers, as types."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from livewall_dashboard.history.compare.kinds import SLOWER_BY, SLOWER_RATIO, Kind
from livewall_dashboard.history.resources import Run, Status
from livewall_dashboard.history.results.result_words import Outcome
from livewall_dashboard.web.query import Limit
from livewall_dashboard.web.schemas import Time

_RULES = (
    "new_failures: fail, and did not fail on the left, or were not there. not_executed: had a result on the left, and "
    "have none on the right or were skipped. still_failing: failed on both sides. fixed: failed, and pass. "
    f"slower: passed on both sides, took at least {SLOWER_RATIO} times as long and at least {SLOWER_BY} s longer."
)


class Comparable(Struct):
    right: Annotated[str, Meta(description="Id of the run that is looked at, the newer one")]
    left: Annotated[
        str | None,
        Meta(
            description="Id of the run it is compared with; without: the one before it of its suite, setup and branch"
        ),
    ] = None
    kind: Annotated[Kind | None, Meta(description=f"Tests of this kind alone. {_RULES}")] = None
    q: Annotated[str | None, Meta(description="Tests with this text in their longname")] = None


class CompareQuery(Comparable, kw_only=True):
    after: Annotated[str | None, Meta(description="`next` of the page before")] = None
    limit: Limit = 100


class KindCounts(Struct):
    """Tests by kind; each is of one kind at most."""

    new_failures: int
    fixed: int
    still_failing: int
    not_executed: int
    slower: int


class ComparedResult(Struct):
    """A test in one run, as in `/runs/{id}/tests`."""

    id: str
    process: str
    longname: str
    status: Status
    outcome: Outcome
    expected: str
    actual: str
    attempts: int
    message: str
    start_time: Time
    elapsed_time: float


class ComparedTest(Struct):
    """A test that went otherwise. `longname`: its name on the right, where it is there; null is a run it is not in."""

    longname: str
    kind: Kind
    left: ComparedResult | None
    right: ComparedResult | None


class Comparison(Struct):
    """`counts`: of all tests, also of other pages. A run that is not `finished` and `verified` may lack results: what
    it lacks counts as not executed on the right.
    """

    left: Run
    right: Run
    counts: KindCounts
    tests: list[ComparedTest]
    next: str | None
