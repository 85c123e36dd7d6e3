"""A --prerunmodifier that removes, adds, renames and tags tests before the run."""

from __future__ import annotations

from robot.api import SuiteVisitor
from robot.running import TestSuite


class modifier(SuiteVisitor):  # noqa: N801 - Robot Framework looks for a class of its file's name
    def start_suite(self, suite: TestSuite) -> None:
        suite.tests = [test for number, test in enumerate(suite.tests) if number % 3 != 1]
        if suite.tests:
            suite.tests[0].name += " (renamed)"
            suite.tests[-1].tags.add("modified")
            suite.tests.create(name="Added By The Modifier").body.create_keyword("Log", args=["added"])

    def end_suite(self, suite: TestSuite) -> None:
        suite.suites = [child for child in suite.suites if child.test_count]
