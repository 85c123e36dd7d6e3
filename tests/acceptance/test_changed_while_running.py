"""Suites and tests that change while they run, by keywords and by listeners: what is stored is what output.xml says."""

from __future__ import annotations

import pytest

from support.lab import SUITES, Lab
from support.robots import VERSIONS, interpreter

WITH_BOTH = ["--pythonpath", str(SUITES), "--listener", "changing.Early", "--listener", "changing.Late"]
KEYWORDS_CHANGED = ["SUT Version", "From Test", "Left", "child doc", "Also parent suite teardown failed"]
LISTENERS_CHANGED = [
    "Implicit setup",
    "keyword-late",
    "flopped",
    "Made By Early",
    "End late",
    "and more and early and late",
]
NOT_IN_OUTPUT_XML = ["known", "Other", "Dropped", "drop-"]
"""What the listeners change when it has been written already."""


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("listeners", [[], WITH_BOTH], ids=["by keywords", "by listeners"])
def test_what_is_stored_is_what_output_xml_says(lab: Lab, version: str, listeners: list[str]) -> None:
    robot = interpreter(version)
    run = lab.run("changed", *listeners, robot=robot)
    assert "livewall" not in run.console.replace("livewall_listener", ""), run.console
    record = repr(lab.holds(run, resolution=0.0011 if robot else 1e-6))
    expected = [*KEYWORDS_CHANGED, *(LISTENERS_CHANGED if listeners else [])]
    assert [words for words in expected if words not in record] == []
    assert not listeners or [words for words in NOT_IN_OUTPUT_XML if words in record] == []
    said = lab.take_in(run.output)
    assert "nothing was missing" in said, said
