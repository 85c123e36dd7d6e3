"""Suites and tests are, after all teardowns, what Robot Framework's own result model makes of them."""

from __future__ import annotations

from pathlib import Path

from livewall_dashboard.importing import model, output_xml
from livewall_dashboard.importing.corrections import Corrections
from livewall_dashboard.importing.files import pieces
from support.outputs import Case, Suite, write


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
