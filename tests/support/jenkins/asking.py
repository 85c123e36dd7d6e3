"""A poller that lives by a clock of the test's, and what it asked when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone

from livewall_dashboard.jenkins.client import JenkinsClient
from livewall_dashboard.jenkins.model import JenkinsBuild
from livewall_dashboard.jenkins.poller import Poller
from livewall_dashboard.lab.model import JenkinsServer

from .server import RecordedJenkins

BEGAN = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)


class Asking:
    """`pass_time` lets the poller do all that is due meanwhile. `asked`: (seconds, path), each request it made."""

    def __init__(self, jenkins: RecordedJenkins, *patterns: str, **members: object) -> None:
        self.now = 0.0
        self.asked: list[tuple[float, str]] = []
        self.before: Callable[[str], None] = lambda path: None
        server = JenkinsServer("main", jenkins.url, **members)  # type: ignore[arg-type]
        self._client = JenkinsClient(server)
        self.poller = Poller(server, self, clock=lambda: self.now, now=lambda: BEGAN + timedelta(seconds=self.now))
        self.poller.want(patterns)

    def get(self, path: str, **parameters: str) -> bytes:
        self.asked.append((self.now, f"{path}?{parameters.get('tree', '')}"))
        self.before(path)
        return self._client.get(path, **parameters)

    def close(self) -> None:
        self._client.close()

    def pass_time(self, seconds: float, looking_at: str = "") -> None:
        """With `looking_at`, somebody has that job before them all the while."""
        end = self.now + seconds
        while self.now < end:
            if looking_at:
                self.poller.look([looking_at])
            wait = self.poller.step()
            self.now = min(end, self.now + (min(wait, 5.0) if looking_at else wait))

    def within(self, begin: float, end: float) -> list[str]:
        return [path for at, path in self.asked if begin <= at < end]

    def busiest_minute(self) -> int:
        times = [at for at, _ in self.asked]
        return max((sum(begin <= at < begin + 60 for at in times) for begin in times), default=0)

    def builds(self, job: str) -> list[JenkinsBuild]:
        known = self.poller.known.jobs[job]
        return known.details.builds if known.details else []

    def ages(self) -> Iterator[float]:
        """Seconds since each job was read."""
        for job in self.poller.known.jobs.values():
            yield self.now - job.read_at
