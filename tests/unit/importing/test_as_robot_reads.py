"""An output.xml is read as Robot Framework's own `ExecutionResult` reads it, whichever version wrote it."""

from __future__ import annotations

import tempfile
from datetime import timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from robot.api import ExecutionResult

from support.imported import read_imported
from support.oracle import assert_equal, read_output
from support.outputs import ROBOT, Case, Suite, write

OUTPUTS = Path(__file__).with_name("outputs")
READABLE = sorted(
    {*OUTPUTS.glob("*.xml"), *OUTPUTS.glob("*.json")} - {OUTPUTS / "two-roots.xml", OUTPUTS / "rebot-merged.xml"}
)

STATUSES = st.sampled_from(["PASS", "FAIL", "SKIP", "NOT RUN"])
TEXTS = st.text(st.sampled_from("ab\n <&"), max_size=8).map(str.strip)
TAGS = st.lists(st.sampled_from(["b", "B ", "a_1", "A1", "ß", "SS", "NONE", "_", "Ä x", "robot:x"]), max_size=5)
METADATA = st.dictionaries(st.sampled_from(["Rig", "rig", "r_i g", "é", ""]), TEXTS)
TESTS = st.lists(
    st.builds(Case, st.sampled_from(["x", "y.z", ""]), STATUSES, TEXTS, TAGS, tags_first=st.booleans()), max_size=3
)
SUITE = {
    "name": st.sampled_from(["A", "b.c", ""]),
    "tests": TESTS,
    "teardown": st.none() | st.tuples(STATUSES, TEXTS),
    "message": TEXTS,
    "doc": TEXTS,
    "metadata": METADATA,
    "keywords": st.tuples(st.integers(0, 2), st.integers(0, 2)),
}
SUITES = st.recursive(
    st.builds(Suite, **SUITE),
    lambda below: st.builds(Suite, suites=st.lists(below, max_size=3), **SUITE),
    max_leaves=8,
)


@pytest.mark.parametrize("path", READABLE, ids=lambda path: path.stem)
def test_files_of_many_versions(path: Path) -> None:
    expected = read_output(path, timezone.utc)
    assert expected.tests
    assert_equal(expected, read_imported(path, timezone.utc))


@settings(deadline=None, max_examples=50)
@given(SUITES, st.sampled_from([3, 6, 7]), st.sampled_from([ROBOT, ROBOT.replace("Robot", "Rebot", 1), "robot", "My"]))
def test_files_that_nobody_ran(root: Suite, schema: int, generator: str) -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = write(Path(directory) / "output.xml", root, schema=schema, generator=generator)
        assert_equal(read_output(path, timezone.utc), read_imported(path, timezone.utc))


def test_a_suite_that_does_not_say_when_it_ran_took_as_long_as_what_is_in_it(tmp_path: Path) -> None:
    inner = Suite("In", [Case("x"), Case("y")], teardown=("PASS", ""), keywords=(2, 1), has_times=False)
    for schema in (3, 6, 7):
        path = write(tmp_path / "output.xml", Suite("Root", suites=[inner]), schema=schema)
        (_, expected), (_, found) = (read(path) for read in (_elapsed_by_robot, _elapsed_by_us))
        assert found == pytest.approx(expected)


def _elapsed_by_us(path: Path) -> list[float]:
    return [suite.elapsed_time for suite in read_imported(path, timezone.utc).suites]


def _elapsed_by_robot(path: Path) -> list[float]:

    root = ExecutionResult(str(path)).suite
    return [suite.elapsed_time.total_seconds() for suite in (root, root.suites[0])]
