"""A pre-run modifier for robot: the suite's test once for each hostile name, which is its message and tag, too."""

from __future__ import annotations

from robot.api import SuiteVisitor
from robot.running import TestSuite
from robot.utils import escape

from support.hostile import NAMES, NUL


class named_by_a_stranger(SuiteVisitor):  # noqa: N801  # Robot Framework looks for a class of its file's name
    def start_suite(self, suite: TestSuite) -> None:
        suite.name = NAMES["image"]
        suite.doc = NAMES["marked as HTML"]
        suite.metadata.update(dict.fromkeys(NAMES.values(), NAMES["script"]))
        suite.tests.clear()
        for name in (*NAMES.values(), NUL):
            test = suite.tests.create(name, tags=[name])
            test.body.create_keyword("Fail", args=[escape(name)])
