"""The common practice: one HTTP request an event, waited for, on a connection that is kept."""

from __future__ import annotations

import json
from typing import Any

import urllib3


class Listener:
    ROBOT_LISTENER_API_VERSION = 3

    def __init__(self, url: str) -> None:
        self._url = url.replace("|", ":")
        self._pool = urllib3.PoolManager()

    def _post(self, kind: str, result: Any) -> None:
        event = {"kind": kind, "name": result.name, "status": result.status, "message": result.message}
        self._pool.request("POST", self._url, body=json.dumps(event), headers={"Content-Type": "application/json"})

    def start_suite(self, data: Any, result: Any) -> None:
        self._post("start_suite", result)

    def end_suite(self, data: Any, result: Any) -> None:
        self._post("end_suite", result)

    def start_test(self, data: Any, result: Any) -> None:
        self._post("start_test", result)

    def end_test(self, data: Any, result: Any) -> None:
        self._post("end_test", result)
