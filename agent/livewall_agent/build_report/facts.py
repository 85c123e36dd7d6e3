"""What a report says of the machine and of what was asked, in the files and words of pretest's reports.

pretest's server splits each line at its separator, and falls over a line that has none.
"""

from __future__ import annotations

import platform
import shlex
import shutil
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from livewall_agent.build_report.options import BuildOptions
from livewall_agent.build_report.source import Source
from livewall_listener import build

_PROGRAMS = (
    "autoconf", "automake", "autopoint", "autoreconf", "make", "makeinfo", "git", "wget", "rsync", "gcc", "cc",
)  # fmt: skip
_UNAME = "srmpiov"
_LSB = "vidrc"
_PATIENCE = 10.0
"""Seconds that a program may take to say its version."""


def versions(environment: Mapping[str, str]) -> str:
    lines = [*_of_programs(environment), *_of_system(environment)]
    for name, path in (("etc_release", "/etc/release"), ("etc_issue", "/etc/issue")):
        lines.append(f"{name}: {next(iter(_lines(path)), '')}")
    return "".join(f"{line}\n" for line in [*lines, *_os_release()])


def environment_of(folder: Path, environment: Mapping[str, str]) -> str:
    told = {"PATH": environment.get("PATH", ""), "SHELL": environment.get("SHELL", ""), "PWD": folder}
    return "".join(f"{name}={_line(value)}\n" for name, value in told.items()) + f"hostname={host()}\n"


def given(source: Source, options: BuildOptions) -> str:
    """Parameters with a space in front, as the script writes them."""
    named = {
        "SOURCE": source.text,
        "BASENAME": source.basename,
        "configure_extra_params": _spaced(options.configure),
        "make_extra_params": _spaced(options.make),
        "make_check_extra_params": _spaced(options.check),
        "env_extra_params": _spaced(shlex.quote(f"{name}={value}") for name, value in options.environment),
        "git_branch": options.branch,
    }
    return "".join(f"{name}={_line(value)}\n" for name, value in named.items())


def ci_build(environment: Mapping[str, str]) -> str:
    """Of the build of a CI server that this is part of; "" where there is none."""
    found = build.read(environment).build
    if found is None:
        return ""
    told = {"SYSTEM": found.system, "URL": found.url, "JOB": found.job, "NUMBER": found.number}
    return "".join(f"{name}: {_line(value)}\n" for name, value in told.items())


def timestamp(what: str, at: float) -> str:
    date = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at))
    return f"{what}-TIMESTAMP-EPOCH: {int(at)}\n{what}-TIMESTAMP-DATE: {date}\n"


def host() -> str:
    return socket.gethostname() or "unknown"


def _of_programs(environment: Mapping[str, str]) -> Iterator[str]:
    for name in _PROGRAMS:
        path = shutil.which(name, path=environment.get("PATH"))
        told = _first_line([path, "--version"], environment) if path else "missing"
        yield f"{name}-version: {told or 'no-version'}"


def _of_system(environment: Mapping[str, str]) -> Iterator[str]:
    told = platform.uname()
    known = {"s": told.system, "r": told.release, "m": told.machine, "v": told.version}
    for flag in _UNAME:
        yield f"uname-{flag}: {_first_line(['uname', f'-{flag}'], environment) or known.get(flag, '')}"
    has_lsb = shutil.which("lsb_release", path=environment.get("PATH"))
    for flag in _LSB:
        yield f"lsb_release-{flag}: {_first_line(['lsb_release', '-s', f'-{flag}'], environment) if has_lsb else ''}"


def _os_release() -> Iterator[str]:
    for line in _lines("/etc/os-release"):
        name, is_there, value = line.partition("=")
        if is_there and not name.startswith("#"):
            yield f"etc_os_release_{name}: {value.strip(chr(34) + chr(39))}"


def _first_line(command: list[str], environment: Mapping[str, str]) -> str:
    try:
        done = subprocess.run(
            command, check=False, capture_output=True, timeout=_PATIENCE, env={**environment, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    said = done.stdout.decode("utf-8", "replace").splitlines() if done.returncode == 0 else []
    return _line(next(iter(said), ""))


def _lines(path: str) -> list[str]:
    try:
        text = Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return [line.strip() for line in text.splitlines() if line.strip()]


def _spaced(parameters: Iterable[str]) -> str:
    return "".join(f" {parameter}" for parameter in parameters)


def _line(text: object) -> str:
    return " ".join(str(text).splitlines())
