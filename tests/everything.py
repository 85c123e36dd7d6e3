"""`make test`: every check there is, one after the other, and a plain summary at the end.

A check that fails does not stop the others. What cannot run on this machine is left out by name, never in silence. The
last line is `N passed, N failed`, and the exit code says the same.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
OLD_ROBOT = ROOT / ".venv" / "old-robot"
OLDEST_ROBOT_FRAMEWORK = "robotframework==6.1.1"

SYSTEM_PARTS = {
    "chromium-headless-shell": ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"),
    "postgresql": ("/usr/lib/postgresql/*/bin/initdb",),
    "nginx-light": ("nginx", "/usr/sbin/nginx"),
    "nftables": ("nft", "/usr/sbin/nft"),
    "logrotate": ("logrotate", "/usr/sbin/logrotate"),
    "cron": ("crontab",),
    "systemd": ("systemd-analyze",),
    "git": ("git",),
    "openssl": ("openssl",),
    "sudo": ("visudo", "/usr/sbin/visudo"),
    "prometheus": ("promtool",),
    "faketime": ("faketime",),
}
"""What tests use of the system, by its name for apt, and where one of them is found."""

ELSE = {"chromium-headless-shell": "chromium"}
"""What does as well where apt does not know a part."""

AROUND_THE_WALL = ("nginx-light", "nftables", "logrotate", "cron", "systemd", "sudo", "prometheus", "faketime")
"""Parts that single tests need, which are skipped where these are missing."""

SIDE_BY_SIDE = ("--dist", "worksteal", "-n", "2")
"""Each worker has a Postgres, and each test a database and ports, of its own."""

MOSTLY_WAITING = ("--dist", "worksteal", "-n", "4")
"""For tests of processes that wait for each other: alone, they would use one processor."""

WITH_BROWSERS = ("--dist", "worksteal", "-n", "3")

SLOWEST = ("--durations=10", "--durations-min=5")
"""Says where the time goes."""

ALSO_WITHOUT_EVENTLET = ("tests/acceptance/test_ends.py",)


@dataclass
class Check:
    """A command to run in the checkout. `missing` is why it cannot run here, "" if it can."""

    name: str
    command: list[str]
    group: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    missing: str = ""
    is_pytest: bool = False

    @property
    def is_quick(self) -> bool:
        """Whether it is part of what a deployment waits for: under two minutes altogether."""
        return self.group == "lint" or self.name == "unit tests"


@dataclass
class Outcome:
    check: Check
    seconds: float
    passed: int
    failed: int
    skipped: int


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--only", metavar="GROUP", help="lint, tests, package or quick: those checks alone")
    arguments.add_argument(
        "--junit", metavar="DIR", type=Path, help="where to keep the results of pytest, as JUnit's XML"
    )
    given = arguments.parse_args()
    only = given.only
    if only not in ("lint", "quick"):
        install_system_parts()
        make_old_robot()
    checks = [check for check in all_checks() if only in (None, check.group) or (only == "quick" and check.is_quick)]
    outcomes = [run(check, given.junit) for check in checks if not check.missing]
    return summary(outcomes, [check for check in checks if check.missing])


def all_checks() -> Iterable[Check]:
    yield Check("ruff", python("ruff", "check", "."), "lint")
    yield Check("ruff format", python("ruff", "format", "--check", "."), "lint")
    yield Check("mypy", python("mypy"), "lint")
    yield Check("import layers", [str(Path(sys.executable).with_name("lint-imports"))], "lint")

    javascript = sorted(
        str(path) for pattern in ("*.test.mjs", "*.test.js") for path in (ROOT / "tests").rglob(pattern)
    )
    if javascript:
        no_node = "" if shutil.which("node") else "node is not installed"
        yield Check("JavaScript units", ["node", "--test", *javascript], "tests", missing=no_node)

    old_robot = {"LIVEWALL_TEST_OLD_ROBOT": str(OLD_ROBOT / "bin" / "python")}
    yield pytest("unit tests", *SIDE_BY_SIDE, "tests/unit")
    # On the system's Postgres where there is one: all other tests run on the embedded one, which is newer.
    initdb = find(*SYSTEM_PARTS["postgresql"])
    postgres = {"LIVEWALL_TEST_POSTGRES_BIN": str(Path(initdb).parent)} if initdb else {}
    name = f"integration tests, Postgres {Path(initdb).parts[-3]}" if initdb else "integration tests"
    yield pytest(name, *MOSTLY_WAITING, "tests/integration", env=postgres)
    if not initdb:
        yield Check("integration tests on another Postgres", [], "tests", missing=lacking("postgresql"))
    edge = "tests/acceptance/edge"
    yield pytest("acceptance tests", *MOSTLY_WAITING, "tests/acceptance", f"--ignore={edge}", env=old_robot)
    # By file: each has a dashboard behind nginx, or a node, that its tests share.
    no_edge = lacking("openssl") or lacking("git")
    yield pytest("nginx, nodes, Postgres's rights", *SIDE_BY_SIDE, "--dist=loadfile", edge, missing=no_edge)
    for part in filter(lacking, AROUND_THE_WALL):
        yield Check(f"tests that need {part}", [], "tests", missing=lacking(part))
    yield pytest("browser tests", *WITH_BROWSERS, "tests/browser", missing=lacking("chromium-headless-shell"))

    yield pytest(
        "a dashboard without eventlet", *MOSTLY_WAITING, *ALSO_WITHOUT_EVENTLET, env={"LIVEWALL_TEST_MODE": "threading"}
    )
    yield pytest("the built package", "tests/package", group="package")


def python(*arguments: str) -> list[str]:
    return [sys.executable, "-m", *arguments]


def pytest(
    name: str, *arguments: str, env: Mapping[str, str] | None = None, missing: str = "", group: str = "tests"
) -> Check:
    command = python("pytest", *SLOWEST, *arguments)
    return Check(name, command, group, env or {}, missing, is_pytest=True)


def find(*places: str) -> str | None:
    """The first program found under a name, a path or a pattern."""
    for place in places:
        found = shutil.which(place) or max(map(str, Path("/").glob(place.lstrip("/"))), default=None)
        if found:
            return found
    return None


def lacking(part: str) -> str:
    return "" if find(*SYSTEM_PARTS[part]) else f"{part} is not installed"


def install_system_parts() -> None:
    """Have apt install what is missing, where that is possible; tests that need what still is missing are left out."""
    missing = [part for part in SYSTEM_PARTS if lacking(part)]
    if not missing or not shutil.which("apt-get") or os.geteuid() != 0:
        return
    print(f"apt-get installs {', '.join(missing)}", flush=True)
    # RUNLEVEL=1: a test needs the program, not a service that starts with the machine.
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    subprocess.run(["apt-get", "-qq", "update"], env=env, check=False)
    packages = [part if is_packaged(part) else ELSE.get(part, part) for part in missing]
    subprocess.run(["apt-get", "-qq", "-y", "install", "--no-install-recommends", *packages], env=env, check=False)


def is_packaged(name: str) -> bool:
    return subprocess.run(["apt-cache", "show", name], capture_output=True, check=False).returncode == 0


def make_old_robot() -> None:
    """An interpreter with the oldest Robot Framework the listener supports, which it finds on PYTHONPATH."""
    done = OLD_ROBOT / ".done"
    if done.exists():
        return
    print(f"Installing {OLDEST_ROBOT_FRAMEWORK} into {OLD_ROBOT.relative_to(ROOT)}", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(OLD_ROBOT)], check=True)
    pip = [str(OLD_ROBOT / "bin" / "python"), "-m", "pip", "install", "-q"]
    subprocess.run([*pip, OLDEST_ROBOT_FRAMEWORK, "robotframework-pabot>=5,<6", "urllib3>=2.2,<3"], check=True)
    done.touch()


def run(check: Check, junit: Path | None = None) -> Outcome:
    print(f"\n=== {check.name}", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        # A temporary folder of its own: pytest closes the usual one to other users at each start, and Postgres is one.
        options = [f"--junit-xml={report}", f"--basetemp={folder}/tests"] if check.is_pytest else []
        command = [*check.command, *options]
        code = run_to_its_end(command, {**os.environ, **check.env})
        passed, failed, skipped = count(report) if check.is_pytest else (0, 0, 0)
        if junit is not None and report.exists():
            junit.mkdir(parents=True, exist_ok=True)
            shutil.copy(report, junit / f"{check.name.replace(' ', '-')}.xml")
    if not check.is_pytest:
        passed = int(code == 0)
    if code and not failed:
        failed = 1
    return Outcome(check, time.monotonic() - started, passed, failed, skipped)


def run_to_its_end(command: list[str], env: Mapping[str, str]) -> int:
    """The command's exit code. At Ctrl-C, which it hears too, it is given the time to end what it started."""
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.wait()
        raise


def count(report: Path) -> tuple[int, int, int]:
    """Passed, failed and skipped tests of a JUnit file; zeros where pytest did not come to write it."""
    if not report.exists():
        return 0, 0, 0
    number: Callable[[str], int] = lambda name: sum(int(suite.get(name, 0)) for suite in suites)  # noqa: E731
    suites = list(ET.parse(report).getroot().iter("testsuite"))
    failed, skipped = number("failures") + number("errors"), number("skipped")
    return number("tests") - failed - skipped, failed, skipped


def summary(outcomes: list[Outcome], left_out: list[Check]) -> int:
    print("\n=== summary")
    for outcome in outcomes:
        verdict = "FAILED" if outcome.failed else "ok"
        counts = f"{outcome.passed} passed, {outcome.failed} failed, {outcome.skipped} skipped"
        print(
            f"{verdict:8}{outcome.check.name:44}{outcome.seconds:5.0f} s   {counts if outcome.check.is_pytest else ''}"
        )
    for check in left_out:
        print(f"{'LEFT OUT':8} {check.name:43}{check.missing}")
    passed, failed = sum(o.passed for o in outcomes), sum(o.failed for o in outcomes)
    print(f"{sum(outcome.seconds for outcome in outcomes) / 60:.1f} minutes")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted")
