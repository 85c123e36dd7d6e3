"""The projects of a configuration; and what of them is wrong that no schema can tell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from livewall_dashboard.lab.checks import Unfit, server_url
from livewall_dashboard.lab.entry import Entry
from livewall_dashboard.lab.faults import listed
from livewall_dashboard.lab.projects import MAX_AGE, ORIGIN, Project, Remote, Repository, RunCommand, StatusHost, Step
from livewall_dashboard.lab.report import Report
from livewall_dashboard.lab.repository_reader import url_of
from livewall_dashboard.lab.secrets import Secrets, has_reference

TAKEN = ("artifacts", "attachments", "job.json", "testflinger.json", "device-info.json", "serial.log")
"""What lies beside the checkouts in a job's folder."""


class ProjectReader:
    """What is wrong with a project goes into the report."""

    def __init__(self, report: Report, secrets: Secrets) -> None:
        self._report = report
        self._secrets = secrets

    def read(self, document: Entry) -> list[Project]:
        entries = list(document.entries("projects"))
        self._require_different(entries, "projects")
        return [self._project(entry) for entry in entries]

    def _project(self, entry: Entry) -> Project:
        repositories, steps = list(entry.entries("repositories")), list(entry.entries("steps"))
        self._require_different(repositories, "repositories of a project")
        self._require_different(steps, "steps of a project")
        queue, labels = self._agents(entry, steps)
        return Project(
            name=entry.text("name"),
            repositories=tuple(self._repositories(repositories)),
            steps=tuple(self._step(step) for step in steps),
            sticky=_texts(entry, "sticky"),
            bundle=self._bundle(entry),
            only=_texts(entry, "only"),
            never=_texts(entry, "never"),
            max_age=self._max_age(entry),
            gather=float(entry.get("gather", 60)),
            fetch_every=float(entry.get("fetch_every", 20)),
            fetch_timeout=float(entry.get("fetch_timeout", 300)),
            queue=queue,
            labels=labels,
            run=self._run(entry),
            hook_secret=entry.filled("hook_secret", self._secrets),
            badge=bool(entry.get("badge", False)),
        )

    def _repositories(self, entries: Iterable[Entry]) -> Iterable[Repository]:
        first: dict[str, Repository] = {}
        for entry in entries:
            repository = Repository(entry.text("name"), self._remotes(entry), entry.text("main"), self._status(entry))
            other = first.setdefault(repository.variable, repository)
            if other.name != repository.name:
                self._report.fault(
                    (*entry.place, "name"),
                    f"leads to the variable {repository.variable}, which is that of {listed([other.name])}, too.",
                )
            if repository.name in TAKEN:
                self._report.fault((*entry.place, "name"), "is taken: a job has something of that name in its folder.")
            yield repository

    def _remotes(self, entry: Entry) -> tuple[Remote, ...]:
        others = list(entry.entries("remotes"))
        self._require_different(others, "remotes of a repository")
        for other in others:
            if other.text("name") == ORIGIN:
                self._report.fault((*other.place, "name"), "is what the repository itself is called among its remotes.")
        return (
            Remote(ORIGIN, url_of(entry, self._report, self._secrets)),
            *(Remote(other.text("name"), url_of(other, self._report, self._secrets)) for other in others),
        )

    def _status(self, repository: Entry) -> StatusHost | None:
        if not repository.get("status", None):
            return None
        entry = Entry(repository.get("status", {}), (*repository.place, "status"), self._report)
        written, token = entry.text("token"), entry.filled("token", self._secrets)
        if written and not has_reference(written):
            self._report.fault(
                (*entry.place, "token"), 'must not stand here: write "${NAME}" or "${file:/etc/livewall/token}".'
            )
        if entry.text("kind") == "gerrit" and token and ":" not in token:
            self._report.fault((*entry.place, "token"), "must be a user and its HTTP password, as user:password.")
        return StatusHost(entry.text("kind"), entry.checked("url", server_url).rstrip("/"), token)

    def _step(self, entry: Entry) -> Step:
        return Step(entry.text("name"), entry.text("command"), float(entry.get("timeout", 3600)))

    def _agents(self, entry: Entry, steps: Iterable[Entry]) -> tuple[str, dict[str, str]]:
        """Steps may say it too: they are one job, so they have to agree."""
        queue, labels = entry.text("queue"), _labels(entry)
        for step in steps:
            asked = step.text("queue")
            if asked and queue and asked != queue:
                self._report.fault(
                    (*step.place, "queue"),
                    f"differs from {listed([queue])}: the steps of a build are run by one agent, in one folder.",
                )
            queue = queue or asked
            for name, value in _labels(step).items():
                if labels.setdefault(name, value) != value:
                    self._report.fault(
                        (*step.place, "labels"), f"{listed([name])} differs: the steps of a build are run by one agent."
                    )
        return queue or "local", labels

    def _bundle(self, entry: Entry) -> re.Pattern[str] | None:
        text = entry.checked("bundle", _rule)
        return re.compile(text) if text else None

    def _max_age(self, entry: Entry) -> timedelta | None:
        days = entry.get("max_age_days", MAX_AGE.days)
        if days is True:
            self._report.fault((*entry.place, "max_age_days"), "must be a number of days, or false for however old.")
        return timedelta(days=days) if days else None

    def _run(self, entry: Entry) -> RunCommand | None:
        if not entry.get("run", None):
            return None
        run = Entry(entry.get("run", {}), (*entry.place, "run"), self._report)
        health = run.text("health") or "/"
        if not health.startswith("/"):
            self._report.fault((*run.place, "health"), "must be a path, which begins with /.")
        return RunCommand(
            run.text("command"),
            health,
            int(run.get("number", 16)),
            run.text("cleanup"),
            float(run.get("timeout", 120)),
            timedelta(days=float(run.get("asleep_days", 14))),
        )

    def _require_different(self, entries: Iterable[Entry], noun: str) -> None:
        first: dict[str, Entry] = {}
        for entry in entries:
            name = entry.text("name")
            other = first.setdefault(name, entry)
            if name and other is not entry:
                line = self._report.line((*other.place, "name"))
                self._report.fault(
                    (*entry.place, "name"),
                    f"{listed([name])} is on line {line} already; all {noun} need names of their own.",
                )


def _rule(text: str) -> str:
    """A regular expression that makes a bundle's name of a branch's."""
    try:
        groups = re.compile(text).groups
    except re.error as error:
        raise Unfit(f"is not a regular expression: {error.msg}.") from None
    except (OverflowError, RecursionError):
        raise Unfit("is not a regular expression that can be used.") from None
    if groups != 1:
        raise Unfit(f"must have one group, which is the bundle's name; it has {groups or 'none'}.")
    return text


def _texts(entry: Entry, member: str) -> tuple[str, ...]:
    return tuple(text.strip() for _, text in entry.items(member))


def _labels(entry: Entry) -> dict[str, str]:
    return {name.strip(): value.strip() for name, value in entry.get("labels", {}).items()}
