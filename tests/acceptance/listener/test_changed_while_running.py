"""Suites and tests that change while they run, by keywords and by listeners: what is stored is what output.xml says."""

from __future__ import annotations

import uuid

import pytest

from support.lab import SUITES, Lab, resend
from support.ports import free_port
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


NO_TEXT = {"GIT_BRANCH": "f\udcf6o", "GIT_COMMIT": "c\udcff", "JOB_NAME": "j\udcf6b", "BUILD_URL": "http://ci/\udcf6"}
"""Bytes that are no UTF-8, as they are in an environment."""


def test_bytes_that_are_no_text_keep_no_run_away(lab: Lab) -> None:
    labels = {"LIVEWALL_LABELS": "os=d\udcf6b", "LIVEWALL_SETUP": f"r\udcf6ck {uuid.uuid4().hex}"}
    run = lab.run("empty", "--runemptysuite", env={**NO_TEXT, **labels})
    lab.holds(run)
    row = lab.database.run(run.run_id)
    assert row["setup"] == labels["LIVEWALL_SETUP"].replace("\udcf6", "\ufffd")
    assert (row["branch"], row["info"]["labels"]) == ("f\ufffdo", {"os": "d\ufffdb"})
    assert row["build_url"] == "http://ci/\ufffd"


def test_what_a_spool_holds_of_such_bytes_is_delivered(lab: Lab) -> None:
    run = lab.run("empty", "--runemptysuite", url=f"http://127.0.0.1:{free_port()}", env=NO_TEXT)
    (spool,) = run.spool.glob("*.spool")
    assert b"\\udcf6" in spool.read_bytes(), "as former releases wrote it"
    resend(lab, run.spool)
    assert lab.verified(run.run_id)["branch"] == "f\ufffdo"
