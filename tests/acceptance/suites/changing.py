"""Listeners that change what they can reach: `Early` is called before all others, `Late` after them."""

from typing import Any

from robot.libraries.BuiltIn import BuiltIn


class Early:
    ROBOT_LISTENER_API_VERSION = 3
    ROBOT_LISTENER_PRIORITY = 5000
    name = "early"

    def start_suite(self, data: Any, result: Any) -> None:
        data.tests = [test for test in data.tests if test.name != f"Dropped By {self.name.title()}"]
        made = data.tests.create(f"Made By {self.name.title()}", tags=["made"])
        made.body.create_keyword("Log", ["x"])
        result.name += f" {self.name}"
        result.metadata[f"Start {self.name}"] = "x"
        BuiltIn().run_keyword("Log", "from a listener")

    def start_test(self, data: Any, result: Any) -> None:
        result.name += f" {self.name}"
        result.tags.add(f"start-{self.name}")
        BuiltIn().run_keyword("Set Tags", f"keyword-{self.name}")

    def end_test(self, data: Any, result: Any) -> None:
        result.tags.add(f"end-{self.name}")
        result.tags.remove(f"drop-{self.name}")
        if not result.passed:
            result.message = f"{self.name}: {result.message}"
        if f"flip-{self.name}" in result.tags:
            result.status, result.message = ("PASS", "flipped") if result.failed else ("FAIL", "flopped")

    def end_suite(self, data: Any, result: Any) -> None:
        for test in result.all_tests:
            test.name, test.lineno = "Other", 99
            test.status = "SKIP" if test.failed else test.status
            test.message = f"known: {test.message}"
            test.tags.add("known")
        result.metadata[f"End {self.name}"] = "<x>"
        result.doc += f" and {self.name}"
        result.name = "Other"
        BuiltIn().run_keyword("Log", "from a listener")


class Late(Early):
    ROBOT_LISTENER_PRIORITY = -5000
    name = "late"
