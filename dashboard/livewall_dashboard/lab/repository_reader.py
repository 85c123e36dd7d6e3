"""The repositories of a configuration whose commits are read; and what of them is wrong that no schema can tell."""

from __future__ import annotations

from livewall_dashboard.lab.entry import Entry
from livewall_dashboard.lab.git_url import git_url, password_of
from livewall_dashboard.lab.report import Report
from livewall_dashboard.lab.repositories import FETCH_EVERY, WatchedRepository
from livewall_dashboard.lab.secrets import Secrets, has_reference


class RepositoryReader:
    """What is wrong with a repository goes into the report."""

    def __init__(self, report: Report, secrets: Secrets) -> None:
        self._report = report
        self._secrets = secrets

    def read(self, document: Entry) -> list[WatchedRepository]:
        return [
            WatchedRepository(
                name=entry.text("name"),
                url=url_of(entry, self._report, self._secrets),
                default_branch=entry.text("default_branch"),
                branches=tuple(text.strip() for _, text in entry.items("branches")),
                fetch_every=float(entry.get("fetch_every", FETCH_EVERY)),
            )
            for entry in document.entries("repositories")
        ]


def url_of(entry: Entry, report: Report, secrets: Secrets) -> str:
    """Where it is fetched from, with its secrets; "" for what is no such address."""
    written = entry.text("url")
    url = entry.checked("url", git_url, entry.filled("url", secrets, is_url=True))
    if not has_reference(written) and password_of(url):
        report.warn(
            (*entry.place, "url"),
            "has a password in it that stands here in plain. Put it into a file that the wall's user alone may "
            'read, and write "https://user:${file:/etc/livewall/git-password}@host/path".',
        )
    return url
