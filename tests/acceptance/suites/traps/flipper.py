"""A library whose listener flips statuses in end_test, as libraries for known defects do."""

from __future__ import annotations

from typing import Any


class flipper:  # noqa: N801 - Robot Framework looks for a class of its file's name
    ROBOT_LIBRARY_SCOPE = "SUITE"
    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self) -> None:
        self.ROBOT_LIBRARY_LISTENER = self

    def end_test(self, data: Any, result: Any) -> None:
        if result.name == "Pass Becomes Fail":
            result.status, result.message = "FAIL", "flipped to FAIL"
        elif result.name == "Fail Becomes Pass":
            result.status, result.message = "PASS", ""
        elif result.name == "Pass Becomes Skip":
            result.status, result.message = "SKIP", "flipped to SKIP \x01"
        elif result.name == "Message And Tags Change":
            result.message += " and changed"
            result.tags.add(["changed", "by listener"])
