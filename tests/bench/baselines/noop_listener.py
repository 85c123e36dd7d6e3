"""A v3 listener with livewall's methods that does nothing."""

from __future__ import annotations


class Listener:
    ROBOT_LISTENER_API_VERSION = 3

    def start_suite(self, data: object, result: object) -> None: ...

    def end_suite(self, data: object, result: object) -> None: ...

    def start_test(self, data: object, result: object) -> None: ...

    def end_test(self, data: object, result: object) -> None: ...
