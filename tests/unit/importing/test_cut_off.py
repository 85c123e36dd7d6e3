"""An output.xml of a robot that was killed, cut anywhere: what had ended is there, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from livewall_dashboard.importing import model, output_xml
from livewall_dashboard.importing.corrections import Corrections
from livewall_dashboard.importing.model import Output, SuiteLine, Unreadable

pytestmark = pytest.mark.any_python

OUTPUTS = Path(__file__).with_name("outputs")


def read(data: bytes) -> tuple[Output, list[model.TestLine], list[SuiteLine]]:
    tests: list[model.TestLine] = []
    suites: list[SuiteLine] = []

    def take(line: model.TestLine | SuiteLine) -> None:
        (suites if isinstance(line, SuiteLine) else tests).append(line)  # type: ignore[arg-type]

    return output_xml.read([data], take), tests, suites


@pytest.mark.parametrize("name", ["robot-7.2.xml", "robot-3.2.xml", "robot-7.5-listener-keywords.xml"])
def test_cut_anywhere(name: str) -> None:
    data = (OUTPUTS / name).read_bytes().rstrip()
    whole, all_tests, all_suites = read(data)
    assert whole.cut_off == "" and whole.generated
    begins = data.index(b">", data.index(b"<suite ")) + 1
    for end in range(1, begins, 13):
        with pytest.raises(Unreadable, match="ends in the middle"):
            read(data[:end])
    most = 0
    for end in range(begins, len(data), 13):
        output, tests, suites = read(data[:end])
        assert output.cut_off.startswith("line ") and output.start
        assert tests == all_tests[: len(tests)] and most <= len(tests) == data[:end].count(b"</test>")
        most = len(tests)
        done = [suite for suite in suites if suite.is_whole]
        assert done == all_suites[: len(done)]
        assert sorted(suite.no for suite in suites) == list(range(1, output.suites + 1))
    assert most == len(all_tests)


def test_a_suite_without_end_is_not_green() -> None:
    data = (OUTPUTS / "robot-7.2.xml").read_bytes()
    _, tests, suites = read(data[: data.index(b"</test>") + 7])
    corrections = Corrections({})
    assert [line.status for line in tests] == ["PASS"]
    assert {corrections.suite(suite) for suite in suites} == {None}
    assert suites[-1].passed == 1


def test_what_rebot_wrote_in_part_is_broken() -> None:
    """The run had ended: a whole file is there, or will be."""
    data = (OUTPUTS / "robot-7.2.xml").read_bytes().replace(b'generator="Robot', b'generator="Rebot')
    with pytest.raises(Unreadable, match="ends in the middle"):
        read(data[: len(data) // 2])
