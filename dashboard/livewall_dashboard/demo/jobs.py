"""A queue in which jobs come and go: some pass, some fail, one runs a robot, one reserves its rig for a while."""

from __future__ import annotations

import http.client
import json
import shlex
from collections.abc import Mapping
from itertools import cycle
from pathlib import Path

from livewall_dashboard.demo.wall import HOST

AGENTS = 2
EACH = 12.0
"""Seconds between two jobs."""
MOST_OPEN = 6
"""Jobs that wait or run; then no more come until one has ended."""
_QUEUE = "local"

_FLASH = 'for i in $(seq 10 10 100); do echo "writing firmware: $i %"; sleep 0.6; done'
_BURN_IN = "for i in 1 2 3 4 5; do printf '\\033[32mround %s\\033[0m: voltage within limits\\n' $i; sleep 2; done"


class DemoJobs:
    """Submits one after the other. `suites`: the folder of the pretend lab's tests."""

    def __init__(self, port: int, suites: Path) -> None:
        self._port = port
        self._kinds = cycle(kinds(suites))
        self._due = 0.0

    def step(self, now: float) -> str:
        """What has happened, for people; "" for nothing."""
        if now < self._due:
            return ""
        self._due = now + EACH
        try:
            if len(self._ask("GET", "/api/v1/jobs?state=active")["jobs"]) >= MOST_OPEN:
                return ""
            job = next(self._kinds)
            submitted = self._ask("POST", "/v1/job", {"job_queue": _QUEUE, **job})
        except (OSError, http.client.HTTPException, ValueError, KeyError):
            return ""  # the wall is about to say what is wrong
        return f"job {submitted['job_id'][:8]} ({job['name']}) waits in the queue {_QUEUE}"

    def _ask(self, method: str, path: str, body: object = None) -> dict[str, list[object] | str]:
        wall = http.client.HTTPConnection(HOST, self._port, timeout=5)
        try:
            sent = None if body is None else json.dumps(body)
            wall.request(method, path, sent, {"Content-Type": "application/json"})
            answer: dict[str, list[object] | str] = json.loads(wall.getresponse().read())
            return answer
        finally:
            wall.close()


def kinds(suites: Path) -> list[Mapping[str, object]]:
    """One job of each kind."""
    listener = "--listener livewall_listener.Listener:artifacts=log --outputdir artifacts --report NONE"
    variables = "--variable DEVICE:local --variable ROUND:1 --variable FAULTS:"
    robot = f"robot {listener} {variables} --name Smoke --suite Login {shlex.quote(str(suites))}"
    return [
        {"name": "smoke", "tags": ["nightly"], "test_data": {"test_cmds": robot}, "branch": "main"},
        {"name": "burn-in", "provision_data": {"provision_cmds": _FLASH}, "test_data": {"test_cmds": _BURN_IN}},
        {"name": "fan test", "test_data": {"test_cmds": "sleep 4; echo 'fan 2: 0 rpm' >&2; exit 1"}},
        {"name": "a look by hand", "reserve_data": {"timeout": 30}},
    ]
