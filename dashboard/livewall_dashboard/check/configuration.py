"""The lab's configuration file and the Jenkins servers it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from livewall_dashboard.check.result import Result, failed, left_out, ok, warning
from livewall_dashboard.jenkins.client import JenkinsClient
from livewall_dashboard.jenkins.missing_jobs import missing_jobs
from livewall_dashboard.jenkins.poller_set import patterns_of
from livewall_dashboard.lab import BadConfiguration, JenkinsServer, Lab
from livewall_dashboard.lab.load import read_lab
from livewall_dashboard.lab.seen import SeenFiles

AT_ONCE = 8
"""Servers that are asked at the same time."""
NAMED = 10
"""Jobs that are named where more are missing."""


@dataclass(frozen=True, slots=True)
class ConfigurationCheck:
    """`lab` is None when the file is bad. `modern`: a file of the older shape, written in today's."""

    results: list[Result]
    lab: Lab | None
    modern: str | None = None


def check_configuration(path: Path, environment: Mapping[str, str], *, optional: bool) -> ConfigurationCheck:
    """Read the file as the wall would. `optional`: it need not be there."""
    subject = "configuration"
    if optional and not path.exists():
        text = f"there is no {path}: setups will appear when they report, without groups, links and builds"
        return ConfigurationCheck([ok(subject, text)], Lab())
    try:
        reading = read_lab(path, environment, SeenFiles())
    except BadConfiguration as error:
        told = [failed(subject, str(fault)) for fault in error.faults]
        return ConfigurationCheck([*told, *(warning(subject, str(fault)) for fault in error.warnings)], None)
    results = [ok(subject, f"{path}: {_contents(reading.lab)}")]
    results += [warning(subject, str(fault)) for fault in reading.warnings]
    if reading.modern is not None:
        results.append(warning(subject, f"{path}: has the older shape. It works; in today's it is printed below."))
    return ConfigurationCheck(results, reading.lab, reading.modern)


def check_jenkins(lab: Lab | None, *, offline: bool) -> Iterator[Result]:
    """Ask each server, with the credentials there are, and whether it has the jobs of the configuration."""
    if lab is None:
        yield left_out("Jenkins", "the configuration has to be repaired first")
    elif offline:
        yield from (left_out(f"Jenkins {server.name}", "not asked, by --offline") for server in lab.jenkins)
    elif lab.jenkins:
        wanted = patterns_of(lab)
        with ThreadPoolExecutor(AT_ONCE) as threads:
            for results in threads.map(lambda server: _ask(server, wanted.get(server.name, [])), lab.jenkins):
                yield from results


def _ask(server: JenkinsServer, jobs: Sequence[str]) -> list[Result]:
    subject = f"Jenkins {server.name}"
    who = f"with the token of {server.user}" if server.user else "without credentials"
    client = JenkinsClient(server)
    try:
        if problem := client.probe():
            return [failed(subject, f"{server.url}: {problem}")]
        missing = missing_jobs(client, jobs)
    finally:
        client.close()
    results = [ok(subject, f"{server.url} answers {who}")]
    if missing:
        names = ", ".join(f'"{name}"' for name in missing[:NAMED]) + (", ..." if len(missing) > NAMED else "")
        results.append(warning(subject, f"has no job {names}, or hides it {who}. Jenkins shows full names."))
    return results


def _contents(lab: Lab) -> str:
    """`12 setups, 1 Jenkins`"""
    setups = f"{len(lab.setups)} setup{'' if len(lab.setups) == 1 else 's'}"
    return f"{setups}, {len(lab.jenkins)} Jenkins" if lab.jenkins else setups
