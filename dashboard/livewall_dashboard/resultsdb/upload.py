"""An upload as it is sent -> what is stored of it. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec

from livewall_dashboard.base.errors import BadRequest
from livewall_dashboard.history.commits.given_commit import GivenCommit
from livewall_dashboard.history.commits.known_commits import MAIN_BRANCHES, KnownCommit
from livewall_dashboard.history.result_sets.result_set import GivenResult, GivenSuite, ResultSet
from livewall_dashboard.resultsdb import configuration, tree
from livewall_dashboard.resultsdb.body import value_of
from livewall_dashboard.resultsdb.commit_json import write
from livewall_dashboard.resultsdb.configuration import Configuration
from livewall_listener import wire

RESERVED = frozenset({"v1", "results", "results-summary", "failures", "commits", "urls", "upload", "suites"})
"""What a suite's name does not begin with: first parts of the addresses of suites."""
DEFAULT_BRANCH = "default"
"""The branch of runs at commits of main branches alone."""

MAX_SUITE = 1000
_LAST_SECOND = 253_402_300_799
_LONGEST = 10 * 86_400
"""Seconds that a run may have taken by its own words."""


@dataclass(frozen=True, slots=True)
class Upload:
    """`start_time`: seconds since 1970. `commits`: as they were sent. `urls`: None where there is no telling which."""

    configuration: Configuration
    suite: str
    commits: Sequence[Any]
    start_time: int
    test_results: msgspec.Raw
    results: Sequence[GivenResult]
    summary: tree.Summary
    details: Mapping[str, Any]
    run_stats: Mapping[str, Any]
    host: str

    @property
    def urls(self) -> dict[str, Any] | None:
        if "link" in self.details:
            return {"build": self.details["link"]} if self.details["link"] is not None else {}
        return None if self.details.get("buildbot-master") else {}

    @property
    def stats(self) -> dict[str, Any]:
        return {**self.run_stats, **self.summary.stats}

    def processing(self) -> dict[str, dict[str, str]]:
        """What came of it, by resultsdbpy's names of its parts. No host is asked for a build's address."""
        names = ("ci-urls", "commit-identifiers", "suite-results", "test-failures", "test-results")
        told = {name: {"status": "ok"} for name in names}
        if self.urls is None:
            master = str(self.details["buildbot-master"])[:200]
            told["ci-urls"] = {"status": "error", "description": f"No link defined or URL factory for {master}"}
        return told


def read_upload(members: Mapping[str, Any], now: int) -> Upload:
    """Raises BadRequest and Invalid, with the words of resultsdbpy where it has some."""
    try:
        made_on = configuration_of(members)
    except ValueError:
        raise BadRequest("Invalid configuration") from None
    suite = suite_of(members)
    commits = commits_of(members)
    test_results = members.get("test_results")
    told = value_of(members, "test_results", {})
    if not told:
        raise BadRequest("No test results specified")
    if not isinstance(told, dict):
        raise BadRequest("'test_results' is an object")
    if not commits:
        raise BadRequest("Each test result must have at least 1 associated commit")
    require_complete(made_on)
    start_time = time_of(members, now)
    details, run_stats = _part(told, "details"), _part(told, "run_stats")
    results, summary = tree.read(told.get("results"))
    raw = test_results if isinstance(test_results, msgspec.Raw) else msgspec.Raw(msgspec.json.encode(told))
    host = details.get("buildbot-worker") or details.get("host") or value_of(members, "host")
    return Upload(made_on, suite, commits, start_time, raw, results, summary, details, run_stats, name_of_setup(host))


def configuration_of(members: Mapping[str, Any]) -> Configuration:
    """Raises ValueError."""
    given = value_of(members, "configuration", {})
    if isinstance(given, str):
        given = msgspec.json.decode(given)
    if not isinstance(given, dict):
        raise ValueError("it is no object")  # noqa: TRY004  # as what is wrong in it
    return configuration.read(given)


def require_complete(made_on: Configuration) -> None:
    if not made_on.is_complete:
        raise BadRequest("Cannot register a partial configuration")


def suite_of(members: Mapping[str, Any]) -> str:
    suite = value_of(members, "suite")
    if not suite:
        raise BadRequest("No test suite specified")
    if not isinstance(suite, str) or len(suite) > MAX_SUITE or not suite.isprintable():
        raise BadRequest(f"A suite's name is text of at most {MAX_SUITE} printable characters")
    if suite.partition("/")[0] in RESERVED:
        raise BadRequest(
            f"A suite cannot be named {suite[:100]!r}: its results would be at an address of something else"
        )
    return suite


def commits_of(members: Mapping[str, Any]) -> list[Any]:
    commits = value_of(members, "commits", [])
    if isinstance(commits, str):
        try:
            commits = msgspec.json.decode(commits)
        except (msgspec.DecodeError, RecursionError):
            raise BadRequest("Expected commit meta-data to be json") from None
    if not isinstance(commits, list):
        raise BadRequest("'commits' is a list")
    return commits


def time_of(members: Mapping[str, Any], now: int) -> int:
    given = value_of(members, "timestamp")
    try:
        start_time = int(float(given)) if isinstance(given, str) else int(given or 0)
    except (TypeError, ValueError, OverflowError):
        raise BadRequest(f"'timestamp' is in seconds since 1970, not {str(given)[:100]!r}") from None
    if not 0 <= start_time <= _LAST_SECOND:
        raise BadRequest(f"'timestamp' is in seconds since 1970, not {start_time}")
    return start_time or now


def name_of_setup(host: object) -> str:
    """A setup's name, or "" for what is none."""
    text = str(host).strip() if isinstance(host, (str, int)) and not isinstance(host, bool) else ""
    return text if len(text) <= MAX_SUITE and text.isprintable() else ""


def branches_of(commits: Sequence[KnownCommit]) -> list[str]:
    """The branches a run is of: those of its commits that are no main ones, else the default one."""
    return sorted({commit.branch for commit in commits} - {*MAIN_BRANCHES}) or [DEFAULT_BRANCH]


def uuid_of(commits: Sequence[KnownCommit]) -> int:
    return max(commit.uuid for commit in commits)


def result_set_of(upload: Upload, setup: str, commits: Sequence[KnownCommit]) -> ResultSet:
    """The same configuration, suite, commits, start and setup are the same run."""
    made_on, uuid, branches = upload.configuration, uuid_of(commits), branches_of(commits)
    identity = [made_on.digest.hex(), made_on.sdk, upload.suite, branches, uuid, upload.start_time, setup]
    key = hashlib.sha256(msgspec.json.encode(identity)).hexdigest()[:24]
    began = datetime.fromtimestamp(upload.start_time, timezone.utc)
    raw = {"commits": [write(commit) for commit in commits], "test_results": upload.test_results}
    latest = {commit.repository: commit for commit in sorted(commits, key=lambda commit: commit.uuid)}
    return ResultSet(
        key=f"upload-{key}",
        setup=setup,
        suite=upload.suite,
        root=GivenSuite(upload.suite, upload.results),
        started_at=began,
        ended_at=began + timedelta(seconds=_took(upload.run_stats)),
        labels=made_on.labels(),
        branch="" if branches == [DEFAULT_BRANCH] else branches[0],
        commits=[
            GivenCommit(commit.repository, commit.hash or f"r{commit.revision}", commit.branch)
            for commit in latest.values()
        ],
        raw=msgspec.json.encode(raw),
        host=upload.host,
        platform=made_on.platform or "",
        build=_build(upload.details),
    )


def _part(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = told.get(name) or {}
    if not isinstance(part, dict):
        raise BadRequest(f"'{name}' of 'test_results' is an object")
    return part


def _took(run_stats: Mapping[str, Any]) -> float:
    begin, end = run_stats.get("start_time"), run_stats.get("end_time")
    if isinstance(begin, (int, float)) and isinstance(end, (int, float)) and 0 <= end - begin <= _LONGEST:
        return float(end - begin)
    return 0.0


def _build(details: Mapping[str, Any]) -> wire.Build | None:
    link = details.get("link")
    if not isinstance(link, str) or not link.startswith(("http://", "https://")) or len(link) > MAX_SUITE:
        return None
    job, number = (wire.clean(str(details.get(name) or ""))[:MAX_SUITE] for name in ("builder-name", "build-number"))
    return wire.Build(url=wire.clean(link), job=job, number=number)
