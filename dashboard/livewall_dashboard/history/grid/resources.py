"""What the grid is asked and answers, as types."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from livewall_dashboard.base.run_status import RunStatus, State, Verification
from livewall_dashboard.history.grid.matrix import Sort
from livewall_dashboard.history.resources import Counts
from livewall_dashboard.web.query import Limit
from livewall_dashboard.web.schemas import Time

Columns = Annotated[int, Meta(description="So many of the latest runs", ge=1, le=200)]


class WantedRows(Struct):
    suite: Annotated[str | None, Meta(description="Runs of this suite; without: of that of the newest run")] = None
    setup: Annotated[str | None, Meta(description="On this setup")] = None
    branch: Annotated[str | None, Meta(description="On this branch")] = None
    label: Annotated[list[str], Meta(description="With this label, `name=value`, or a name with any value")] = []
    until: Annotated[str | None, Meta(description="Started before that time, or on that day or before")] = None
    run: Annotated[list[str], Meta(description="Instead of all that: these runs, by id")] = []
    match: Annotated[
        str | None,
        Meta(description="Tests whose longname this regular expression of Postgres finds, whatever the case"),
    ] = None
    folder: Annotated[str | None, Meta(description="Tests in this folder, by its longname")] = None
    columns: Columns = 50


class WantedTests(WantedRows):
    sort: Annotated[
        Sort,
        Meta(
            description="failing: those that fail now first, then by how often; flips: by how often they changed; "
            "slow: by their mean time; name"
        ),
    ] = "failing"


class GridQuery(WantedTests):
    after: Annotated[str | None, Meta(description="`next` of the page before")] = None
    limit: Limit = 100


class SetupGridQuery(Struct):
    setup: Annotated[list[str], Meta(description="These setups; without: all, up to 500")] = []
    suite: Annotated[str | None, Meta(description="Runs of this suite")] = None
    branch: Annotated[str | None, Meta(description="On this branch")] = None
    columns: Columns = 50


class GridRun(Struct):
    """A run as in `/api/v1/runs`, in short."""

    id: str
    setup: str
    name: str
    state: State
    status: RunStatus | None
    verification: Verification
    missing: int
    counts: Counts
    started_at: Time
    elapsed_time: float | None
    branch: str
    commit: str


class GridTest(Struct):
    """`cells`: a letter for each run: P passed, R passed at a later try, F failed, X failed as expected, S skipped,
    N not run, and `.` where the run does not have it; of several results in one run the worst. `flips`: changes
    between passing and failing. `seconds`: the mean.
    """

    longname: str
    name: str
    cells: str
    failed: int
    passed: int
    flips: int
    seconds: float


class GridFolder(Struct):
    """`failing`: tests that fail in the last run that has them."""

    longname: str
    tests: int
    failing: int


class FolderByRuns(GridFolder):
    """`total`, `failed`, `passed`, `seconds`: of each run."""

    total: list[int]
    failed: list[int]
    passed: list[int]
    seconds: list[float]


class Grid(Struct):
    """`runs`: the columns, the oldest first. `folder`: that whose `folders` these are; they are named with the first
    page alone, and `/grid/folders` tells how they did. `total`: tests of all pages.
    """

    suite: str
    runs: list[GridRun]
    folder: str
    folders: list[GridFolder]
    tests: list[GridTest]
    total: int
    next: str | None


class GridFolders(Struct):
    """`runs`: the ids of the columns, as in the grid."""

    runs: list[str]
    folders: list[FolderByRuns]
    next: str | None


class SetupRow(Struct):
    """A setup with its latest runs, the oldest first."""

    setup: str
    runs: list[GridRun]


class SetupGrid(Struct):
    setups: list[SetupRow]
    next: str | None
