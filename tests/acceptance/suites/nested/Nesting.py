"""Keywords that run a whole robot in this process."""

from pathlib import Path

import robot

SUITE = """\
*** Settings ***
Suite Setup    Log    inner setup
*** Test Cases ***
Inner Passes
    Log    x
Inner Fails
    Fail    inner
"""


def run_another_robot(outputdir: str, listener: str = "") -> None:
    Path(outputdir).mkdir()
    path = Path(outputdir, "inner.robot")
    path.write_text(SUITE, encoding="utf-8")
    code = robot.run(str(path), outputdir=outputdir, listener=listener or [], console="none", log="NONE", report="NONE")
    assert code == 1, code
