"""Two pretend systems on which a small package is built over and over, its last release and what comes after it.

The builds are real ones, by `livewall build`; configure, the compiler and what the systems are called are shell scripts
that mostly sleep, so that no compiler is needed, and next to no processor.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from livewall_dashboard.demo.processes import kill_tree

GROUP = "Porters"
PAUSE = (60.0, 120.0)
"""Seconds between two builds."""
_CHECKS = (
    "gcc",
    "whether we are cross compiling",
    "strerror_r",
    "clock_gettime",
    "sys/random.h",
    "size_t",
    "pthread.h",
)
_SOURCES = ("main", "options", "clock", "socket", "resolver", "packet", "log", "queue")


@dataclass(frozen=True)
class System:
    """`setup`: on the wall. `uname`: what it says by its flags; `compiler`: the first line of its --version."""

    setup: str
    uname: Mapping[str, str]
    compiler: str


SYSTEMS = (
    System("porter-freebsd", {"s": "FreeBSD", "r": "14.1-RELEASE", "m": "amd64"}, "FreeBSD clang version 18.1.5"),
    System("porter-netbsd", {"s": "NetBSD", "r": "10.0", "m": "evbarm64"}, "gcc (nb3 20231008) 10.5.0"),
)
RELEASES = ("beacon-1.4", "beacon-1.5")
"""The first builds everywhere. Of the second a test fails on the one system, on the other a file does not compile."""


def possible() -> tuple[System, ...]:
    """Those that can be shown here."""
    return SYSTEMS if shutil.which("make") else ()


def setups(systems: tuple[System, ...]) -> list[dict[str, object]]:
    """What setups_config.json says of them."""
    return [{"name": system.setup, "group": GROUP} for system in systems]


class Porter:
    """Builds on one system; `step` and `stop` as a `Node` has them. `folder`: where it may write."""

    def __init__(self, system: System, *, url: str, folder: Path, start_at: float) -> None:
        self._system = system
        self._url = url
        self._folder = folder
        self._next_start = start_at
        self._builds = 0
        self._random = random.Random(system.setup)
        self._process: subprocess.Popen[bytes] | None = None

    def step(self, now: float) -> str:
        if self._process is None:
            if now >= self._next_start:
                self._start()
        elif self._process.poll() is not None:
            self._process = None
            self._builds += 1
            self._next_start = now + self._random.uniform(*PAUSE)
        return ""

    def stop(self) -> None:
        """End the build that is under way, at once."""
        if self._process is not None:
            kill_tree(self._process)
            self._process = None

    def _start(self) -> None:
        release = RELEASES[self._builds % len(RELEASES)]
        below = self._folder / "builds"
        shutil.rmtree(below, ignore_errors=True)  # what the last build left
        below.mkdir(parents=True)
        programs = write_programs(self._system, self._folder / "bin")
        source = write_package(release, self._system, self._folder / "sources")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LIVEWALL_")}
        environment |= {
            "LIVEWALL_SETUP": self._system.setup,
            "LIVEWALL_SPOOL": str(self._folder / "spool"),
            "PATH": os.pathsep.join((str(programs), os.environ.get("PATH", ""))),
            "TMPDIR": str(below),
        }
        with (self._folder / "console.txt").open("wb") as console:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "livewall_dashboard", "build", "-r", f"{self._url}/upload", str(source)],
                cwd=self._folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for the demo, which ends its builds itself
            )


def write_programs(system: System, folder: Path) -> Path:
    """Programs by which it is taken for that system."""
    folder.mkdir(parents=True, exist_ok=True)
    answers = "\n".join(f"  -{flag}) echo '{answer}';;" for flag, answer in system.uname.items())
    _write_script(folder / "uname", f'case "$1" in\n{answers}\n  *) echo unknown;;\nesac')
    for name in ("gcc", "cc"):
        _write_script(folder / name, f"echo '{system.compiler}'")
    return folder


def write_package(release: str, system: System, above: Path) -> Path:
    """Its sources, as they are on that system: they know by themselves what will break."""
    source = above / release
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir(parents=True)
    is_first, is_netbsd = release == RELEASES[0], system.uname["s"] == "NetBSD"
    checks = "\n".join(f"printf 'checking for {name}... '; sleep 0.4; echo yes" for name in _CHECKS)
    answers = "\n".join(f"ac_cv_{name.replace('/', '_').replace('.', '_')}=yes" for name in _CHECKS if " " not in name)
    _write_script(
        source / "configure",
        f"{checks}\ncat > config.log <<'END'\n{answers}\nEND\necho 'config.status: creating Makefile'",
    )
    _write_script(source / "compile", _COMPILE if is_first or not is_netbsd else _COMPILE + _BROKEN)
    objects = " ".join(f"{name}.o" for name in _SOURCES)
    failing = "" if is_first or is_netbsd else _FAILING
    (source / "Makefile").write_text(_MAKEFILE.format(objects=objects, failing=failing), encoding="utf-8")
    return source


def _write_script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


_COMPILE = """\
sleep 0.8
if test "$1" = options; then
  echo "options.c:61:13: warning: unused variable 'argument' [-Wunused-variable]" >&2
fi
"""
_BROKEN = """\
if test "$1" = clock; then
  echo "clock.c: In function 'clock_start':" >&2
  echo "clock.c:88:9: error: 'TFD_CLOEXEC' undeclared (first use in this function)" >&2
  echo "   88 |   fd = timerfd_create (CLOCK_MONOTONIC, TFD_CLOEXEC);" >&2
  echo "      |                                         ^~~~~~~~~~~" >&2
  exit 1
fi
"""
_FAILING = """\
\t@sleep 1; echo 'FAIL: tests/leap-second.sh'
\t@echo 'expected 23:59:60, got 00:00:00' > test-suite.log; exit 1
"""
_MAKEFILE = """\
all: {objects}
%.o:
\t@echo "cc -O2 -Wall -c $*.c"
\t@./compile $*
\t@touch $@
check: all
\t@for name in parse send receive resolve; do sleep 0.7; echo "PASS: tests/$$name.sh"; done
\t@sleep 0.7; echo 'XFAIL: tests/ipv6-only.sh'
{failing}"""
