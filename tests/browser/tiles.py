"""Tiles as the server would send them, for the feed: a lab of any size, the same one for the same number."""

from __future__ import annotations

import hashlib
import random
from datetime import datetime, timedelta, timezone
from typing import Any

TileJson = dict[str, Any]

GROUPS = ("Debian 12", "Debian 11", "Windows", "Boards")
SUITES = ("Login", "Firmware Update", "Network", "Storage", "User Management", "Backup And Restore", "Web Interface")
TESTS = (
    "Valid Login",
    "Login With Expired Password",
    "Reboot While Updating",
    "Restore From Backup Of Older Version",
    "DHCP Lease Is Renewed",
    "Upload Large File",
    "Power Loss During Write",
    "Change Language To German",
    "Delete User With Open Session",
    "Watchdog Resets The Board",
)
MESSAGES = (
    "Element 'id=login' did not appear in 20 seconds.",
    "Connection to 192.168.56.21 refused: [Errno 111] Connection refused",
    "Teardown failed:\nSSH session was closed unexpectedly while waiting for the prompt '$ '",
    "Expected status code 200 but got 503: <html><body>Service Unavailable</body></html>",
    "'ready' != 'booting'",
)


def ago(seconds: float) -> str:
    return (datetime.now(timezone.utc) - timedelta(seconds=seconds)).isoformat(timespec="microseconds")


def tile(setup: str, order: int = 0, **fields: Any) -> TileJson:
    """A configured setup nobody has heard of, with other fields where given."""
    return {
        "setup": setup,
        "group": "",
        "order": order,
        "links": [],
        "jobs": 0,
        "state": "nodata",
        "status": None,
        "run": None,
        "others": 0,
        "counts": {"total": 0, "passed": 0, "failed": 0, "skipped": 0, "expected_failures": 0},
        "suite": None,
        "test": None,
        "keyword": None,
        "phase": None,
        "processes": [],
        "eta": None,
        "failures": [],
        "failures_log": None,
        "news_at": None,
        "agent": None,
        **fields,
    }


def run(number: int, *, started: float, ended: float | None = None) -> TileJson:
    """A run that started and ended so many seconds ago."""
    return {
        "id": f"run-{number}",
        "name": "Regression",
        "started_at": ago(started),
        "ended_at": None if ended is None else ago(ended),
        "elapsed_time": None if ended is None else started - ended,
        "commit": hashlib.sha1(str(number).encode()).hexdigest(),
        "branch": ("main", "release/4.2", "feature/dhcp")[number % 3],
        "repository": "device-tests",
        "labels": {"os": "debian-12"},
        "build": {
            "system": "jenkins",
            "url": f"https://jenkins.example.org/job/regression/{number}/",
            "job": "regression",
            "number": str(number),
        },
        "pabot": False,
        "processes": 1,
        "verification": "pending",
        "warnings": 0,
        "errors": 0,
        "lost": 0,
    }


def counts(total: int, passed: int, failed: int = 0, skipped: int = 0) -> TileJson:
    return {"total": total, "passed": passed, "failed": failed, "skipped": skipped, "expected_failures": 0}


def failure(number: int) -> TileJson:
    name = TESTS[number % len(TESTS)]
    suite = SUITES[number % len(SUITES)]
    return {
        "id": f"s1-s{number % 7 + 1}-t{number % 9 + 1}",
        "process": "0",
        "name": name,
        "longname": f"Regression.{suite}.{name}",
        "message": MESSAGES[number % len(MESSAGES)],
    }


def running(setup: str, order: int, *, failed: int = 0, number: int = 0, age: float = 75, **fields: Any) -> TileJson:
    """A run under way: some tests done, one running, the keyword known."""
    suite, test = SUITES[number % len(SUITES)], TESTS[number % len(TESTS)]
    total = 40 + number * 37 % 400
    finished = total * (20 + number * 13 % 70) // 100
    known = tile(
        setup,
        order,
        state="running",
        status="FAIL" if failed else "PASS",
        run=run(number, started=age + 900),
        counts=counts(total, finished - failed - 1, failed, 1),
        suite={"id": "s1-s2", "name": suite, "longname": f"Regression.{suite}", "started_at": ago(age + 200)},
        test={"id": "s1-s2-t3", "name": test, "longname": f"Regression.{suite}.{test}", "started_at": ago(age)},
        keyword={
            "path": ["Log In As Administrator", "Open Browser To Login Page", "Wait Until Element Is Visible"],
            "started_at": ago(age / 2),
        },
        eta={"ends_at": ago(-60 * (3 + number % 30)), "expected_time": 1800},
        news_at=ago(1),
        failures=[failure(number + i) for i in range(min(failed, 5))],
    )
    return {**known, **fields}


def idle(setup: str, order: int, status: str = "PASS", *, number: int = 0, **fields: Any) -> TileJson:
    """A run that ended some time ago."""
    total = 30 + number * 53 % 500
    failed = 1 + number % 6 if status == "FAIL" else 0
    skipped = total if status == "SKIP" else number % 3
    ended = 60 * (2 + number * 7 % 600)
    return tile(
        setup,
        order,
        state="idle",
        status=status,
        run=run(number, started=ended + 400 + number, ended=ended),
        counts=counts(total, total - failed - skipped, failed, skipped),
        news_at=ago(ended),
        failures=[failure(number + i) for i in range(min(failed, 5))],
        **fields,
    )


def lab(size: int, *, seed: int = 7, healthy: bool = False) -> list[TileJson]:
    """A lab of `size` setups on a usual day: most are well, some run, a few fail; healthy: none fails or is missing."""
    dice = random.Random(seed)
    tiles: list[TileJson] = []
    for i in range(size):
        kind = dice.choices(
            ("passed", "running", "failing", "failed", "skipped", "stale", "abandoned", "nodata"),
            (50, 40, 0, 0, 0, 0, 0, 0) if healthy else (42, 34, 5, 6, 3, 3, 2, 5),
        )[0]
        name = (f"vm-deb12-{i + 1:02}", f"board-{i + 1:03}", f"win11-{i + 1:02}")[i % 3]
        group = GROUPS[i * len(GROUPS) // max(size, 1)]
        tiles.append(_of_kind(kind, name, i, group))
    return tiles


def _of_kind(kind: str, name: str, i: int, group: str) -> TileJson:
    if kind == "running":
        made = running(name, i, number=i, age=3 + i * 7 % 200, group=group)
        if i % 6 == 2:
            made["eta"] = {"ends_at": ago(190), "expected_time": 600}
        if i % 6 == 3:
            made |= {
                "test": None,
                "keyword": None,
                "phase": {"kind": "suite setup", "name": "Flash Firmware And Boot", "started_at": ago(42)},
            }
        if i % 6 == 4:
            made["eta"] = None
        return made
    if kind == "failing":
        return running(name, i, failed=1 + i % 4, number=i, age=3 + i % 60, group=group)
    if kind == "failed":
        return idle(name, i, "FAIL", number=i, group=group)
    if kind == "skipped":
        return idle(name, i, "SKIP", number=i, group=group)
    if kind in ("stale", "abandoned"):
        return {
            **running(name, i, number=i, group=group),
            "state": kind,
            "news_at": ago(47 if kind == "stale" else 1900),
        }
    if kind == "nodata":
        return tile(name, i, group=group)
    return idle(name, i, number=i, group=group)
