"""The Jenkins servers of a configuration."""

from __future__ import annotations

from pathlib import Path

from livewall_dashboard.lab import checks
from livewall_dashboard.lab.entry import Entry
from livewall_dashboard.lab.model import DESCRIPTION_PATTERN, JenkinsServer
from livewall_dashboard.lab.report import Report
from livewall_dashboard.lab.secrets import Secrets, has_reference
from livewall_dashboard.lab.seen import why


class ServerReader:
    """Reads one entry after the other. What is wrong with one goes into the report."""

    def __init__(self, report: Report, secrets: Secrets) -> None:
        self._report = report
        self._secrets = secrets

    def read(self, entry: Entry) -> JenkinsServer:
        """The server as far as its entry is good; what is not is in the report."""
        self._check_credentials(entry)
        return JenkinsServer(
            name=entry.text("name"),
            url=entry.checked("url", checks.server_url, entry.filled("url", self._secrets)),
            user=entry.filled("user", self._secrets),
            token=entry.filled("token", self._secrets),
            ca=self._certificates(entry),
            builds=int(entry.get("builds", 10)),
            poll_seconds=float(entry.get("poll_seconds", 60)),
            timeout=float(entry.get("timeout", 10)),
            description_pattern=entry.checked("description_pattern", checks.pattern) or DESCRIPTION_PATTERN,
            start_builds=entry.get("start_builds", False),
        )

    def _check_credentials(self, entry: Entry) -> None:
        token = entry.text("token")
        if token and not has_reference(token):
            self._report.warn(
                (*entry.place, "token"),
                "stands here in plain. Put it into a file that the wall's user alone may read, and write "
                '"${file:/etc/livewall/jenkins-token}".',
            )
        for one, other in (("user", "token"), ("token", "user")):
            if entry.text(one) and not entry.text(other) and self._report.is_sound((*entry.place, other)):
                self._report.fault(
                    (*entry.place, one), f'needs "{other}" beside it. Give both, or neither to read anonymously.'
                )

    def _certificates(self, entry: Entry) -> Path | None:
        name = entry.filled("ca", self._secrets)
        if not name:
            return None
        path = self._secrets.folder / name
        try:
            checks.certificates(self._secrets.files.read(path))
        except OSError as error:
            self._report.fault((*entry.place, "ca"), f"names a file that cannot be read: {why(error)}.")
        except checks.Unfit as error:
            self._report.fault((*entry.place, "ca"), str(error))
        return path
