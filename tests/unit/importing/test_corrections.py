"""Suites and tests are, after all teardowns, what Robot Framework's own result model makes of them."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from livewall_dashboard.importing import model, output_xml
from livewall_dashboard.importing.corrections import Corrections
from livewall_dashboard.importing.files import pieces
from support.oracle import read_output
from support.outputs import ROBOT, Case, Suite, write

STATUSES = st.sampled_from(["PASS", "FAIL", "SKIP"])
TEXTS = st.text(st.sampled_from("ab\n <&"), max_size=8).map(str.strip)
TESTS = st.lists(st.builds(Case, name=st.sampled_from("xyz"), status=STATUSES, message=TEXTS), max_size=3)
TEARDOWNS = st.none() | st.tuples(STATUSES, TEXTS)
SUITES = st.recursive(
    st.builds(Suite, name=st.sampled_from("AB"), tests=TESTS, teardown=TEARDOWNS),
    lambda below: st.builds(
        Suite, name=st.sampled_from("CD"), tests=TESTS, suites=st.lists(below, max_size=3), teardown=TEARDOWNS
    ),
    max_leaves=8,
)


@settings(deadline=None, max_examples=60)
@given(SUITES, st.booleans(), st.sampled_from([ROBOT, ROBOT.replace("Robot", "Rebot", 1)]))
def test_teardowns_change_what_is_below(root: Suite, legacy: bool, generator: str) -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = write(Path(directory) / "output.xml", root, legacy=legacy, generator=generator)
        expected, (tests, suites) = read_output(path), _read(path)
    assert tests == [(test.id, test.longname, test.status, test.message) for test in expected.tests]
    assert suites == {suite.id: (suite.longname, suite.status, suite.elapsed_time) for suite in expected.suites}


def _read(path: Path) -> tuple[list[tuple[str, ...]], dict[str, tuple[str, str, float]]]:
    lines: list[model.TestLine | model.SuiteLine] = []
    corrections = Corrections(output_xml.read(pieces(path), lines.append).corrections)
    tests = [(line.id, line.longname, *corrections.test(line)) for line in lines if isinstance(line, model.TestLine)]
    suites = {
        line.id: (line.longname, corrections.suite(line), line.elapsed)
        for line in lines
        if isinstance(line, model.SuiteLine)
    }
    return tests, suites


def test_a_message_collects_what_all_teardowns_above_it_say(tmp_path: Path) -> None:
    inner = Suite("In", [Case("x", "FAIL", "Own"), Case("y")], teardown=("FAIL", "in"))
    root = Suite("Root", suites=[Suite("Mid", suites=[inner], teardown=("SKIP", "mid"))], teardown=("FAIL", "root"))
    tests, suites = _read(write(tmp_path / "output.xml", root))
    assert tests[1][2:] == (
        "SKIP",
        (
            "Skipped in parent suite teardown:\nmid\n\nEarlier message:\nParent suite teardown failed:\nin"
            "\n\nAlso parent suite teardown failed:\nroot"
        ),
    )
    assert [status for _, status, _ in suites.values()] == ["SKIP", "SKIP", "SKIP"]
