"""A wall before a recorded Jenkins, for the picture of its popup: builds of a week, and our own runs of them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any

from support.dashboard import Dashboard
from support.jenkins import Job, RecordedJenkins
from support.jenkins.items import PIPELINE, parameter, stage
from support.reporter import Reporter, T

SETUP = "edge-router-01"
NIGHTLY = "edge-os/nightly"
HOUR = 3600.0
CHANGES = (
    ("Mira Okafor", "Answer DHCP renewals from the fast path"),
    ("Jonas Weber", "Keep OSPF neighbours over a supervisor switch"),
    ("Ines Duarte", "Read the watchdog's period from the board's profile"),
    ("Tomas Novak", "Flash both firmware banks before the reboot"),
    ("Mira Okafor", "Do not retry logins with an expired password"),
)
TESTS = ("Router Boots", "Valid Login", "Neighbours Come Up", "DHCP Lease Is Renewed", "Routes Survive A Reboot")
LEASE = "DHCP Lease Is Renewed"
WHY = {
    LEASE: "No DHCPACK within 30 s after the renewal.",
    "Valid Login": "RADIUS did not answer: timed out after 10 s.",
}


@contextmanager
def pipelines(folder: Path) -> Iterator[str]:
    """URL of a wall whose setup `SETUP` has builds of every kind; all it writes is under `folder`."""
    with RecordedJenkins(prefix="/ci/") as jenkins:
        nightly = _jobs(jenkins)
        config = folder / "setups_config.json"
        config.write_text(json.dumps(_configuration(jenkins.url)), encoding="utf-8")
        wall = Dashboard(
            database_url=None,
            log_path=folder / "wall.log",
            data=folder / "data",
            extra_args=["--config", str(config)],
        )
        try:
            wall.start()
            reporter = Reporter(wall.request)
            for number in range(41, 47):
                _report(reporter, jenkins, nightly, number)
            _until_told(wall)
            yield wall.url
        finally:
            if wall.running:
                wall.stop()


def _configuration(url: str) -> dict[str, Any]:
    jobs = [NIGHTLY, "edge-os/release", "boot/bring-up"]
    server = {"name": "main", "url": url, "poll_seconds": 10, "start_builds": True}
    names = ("edge-router-02", "switch-24p-a", "gw-lte-01", "boot-imx8", "vm-debian-12")
    others = [{"name": name, "group": "Lab", "jobs": ["edge-os/release"]} for name in names]
    return {"jenkins": [server], "setups": [{"name": SETUP, "group": "Routers", "jobs": jobs}, *others]}


def _jobs(jenkins: RecordedJenkins) -> Job:
    """All jobs -> the nightly one."""
    nightly = jenkins.add(NIGHTLY, classes=PIPELINE, parameters=[parameter("FIRMWARE", default="4.3.1")])
    nightly.next_build = 40
    for results, age in zip(
        ("S", "S", "S", "S", "S", "F", "F", None), (169, 145, 121, 97, 73, 49, 25, 0.06), strict=True
    ):
        _build(nightly, results, age)
    release = jenkins.add("edge-os/release", classes=PIPELINE)
    release.next_build = 12
    for result, age in zip("SSUSS", (700, 500, 330, 160, 6), strict=True):
        _build(release, result, age)
    bring_up = jenkins.add("boot/bring-up")
    bring_up.next_build = 310
    for result, age in zip("SFASS", (90, 66, 44, 20, 3), strict=True):
        _build(bring_up, result, age)
    return nightly


def _build(job: Job, result: str | None, hours: float) -> None:
    number = job.next_build
    changes = [CHANGES[(number + more) % len(CHANGES)] for more in range(number % 3)] or (
        [CHANGES[0]] if result == "F" else []
    )
    commits = [
        (sha256(f"{job.name} {number} {text}".encode()).hexdigest()[:40], author, text) for author, text in changes
    ]
    failed = {"F": 2, "U": 1}.get(result or "", 0)
    started = time.time() - hours * HOUR
    names = {"S": "SUCCESS", "F": "FAILURE", "U": "UNSTABLE", "A": "ABORTED", None: None}
    job.build(
        result=names[result],
        started_at=started,
        duration=1510 + number % 7 * 31,
        estimate=1560,
        cause="Started by timer" if job.name == "nightly" else "Started by an SCM change",
        commits=commits,
        revision=commits[0][0] if commits else sha256(job.name.encode()).hexdigest()[:40],
        robot=None if result in (None, "A") else (185, failed),
        description=f"All Tests: 185 tests ({185 - failed} OK, {failed} FAIL)" if failed else None,
    )
    if job.is_pipeline:
        job.stages[number] = list(_stages(result, started))


def _stages(result: str | None, started: float) -> Iterator[dict[str, Any]]:
    plan = (("Checkout", 24), ("Build", 320), ("Flash", 95), ("Boot", 140), ("Test", 860), ("Report", 40))
    for index, (name, took) in enumerate(plan):
        if result is None and index == 0:
            yield stage(name, duration=took, started_at=started)
        elif result is None and index == 1:
            yield stage(name, "IN_PROGRESS", duration=190, started_at=started + 24)
        elif result is not None:
            yield stage(
                name, "FAILED" if result == "F" and name == "Test" else "SUCCESS", duration=took, started_at=started
            )


def _report(reporter: Reporter, jenkins: RecordedJenkins, job: Job, number: int) -> None:
    document = job.find(number)
    failing = {LEASE, "Valid Login"} if number == 46 else {LEASE} if document["result"] == "FAILURE" else set()
    url = f"{jenkins.url}job/edge-os/job/nightly/{number}/"
    revision = next(
        action["lastBuiltRevision"]["SHA1"] for action in document["actions"] if "lastBuiltRevision" in action
    )
    tests = [
        T(f"{name} {copy}".removesuffix(" 0"), "FAIL" if name in failing and not copy else "PASS", WHY.get(name, ""))
        for copy in range(37)
        for name in TESTS
    ]
    reporter.run(
        [test if test.status == "FAIL" else T(test.name) for test in tests],
        suite="Nightly.Routing",
        setup=SETUP,
        clock=datetime.fromtimestamp(document["timestamp"] / 1000, timezone.utc),
        build={"system": "jenkins", "url": url, "job": NIGHTLY, "number": str(number)},
        commit=revision,
        branch="main",
        last_in_pool=True,
    )


def _until_told(wall: Dashboard) -> None:
    """Looks at the builds until all that is worth a picture has come."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        jobs = wall.get(f"/api/v1/setups/{SETUP}/builds")["jobs"]
        if (
            len(jobs) == 3
            and all(job["builds"] for job in jobs)
            and all(job["builds"][0]["stages"] for job in jobs[:2])
        ):
            return
        time.sleep(0.5)
    raise SystemExit("The wall does not show the builds of the recorded Jenkins.")
