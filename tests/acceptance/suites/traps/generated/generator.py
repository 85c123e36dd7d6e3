"""Adds and drops tests while running, as DataDriver and its like do."""

from __future__ import annotations

from typing import Any

from robot.running import TestCase


class generator:  # noqa: N801 - Robot Framework looks for a class of its file's name
    ROBOT_LIBRARY_SCOPE = "SUITE"
    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self, rows: int = 0) -> None:
        self.ROBOT_LIBRARY_LISTENER = self
        self.rows = int(rows)

    def start_suite(self, data: Any, result: Any) -> None:
        if self.rows:
            template = data.tests.pop(0)
        for number in reversed(range(self.rows)):
            name = f"Row {number} of ${{SUITE_NAME}}"
            row = TestCase(name=name, tags=[*template.tags, f"row-{number}"], lineno=template.lineno)
            for step in template.body:
                row.body.create_keyword(step.name, step.args)
            data.tests.insert(0, row)
        for test in data.tests:
            if test.name == "Dropped While Running":
                test.tags.add("robot:exclude")

    def start_test(self, data: Any, result: Any) -> None:
        if data.name == "Makes More":
            more = data.parent.tests.create(name="Made By Another Test")
            more.body.create_keyword("Fail", args=["made and failed"])
            data.body.create_keyword("Log", args=["one more step"])
        if data.name == "Excludes The Next":
            data.parent.tests[data.parent.tests.index(data) + 1].tags.add("robot:exclude")
