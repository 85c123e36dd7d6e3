"""Which of the wanted jobs a Jenkins does not have."""

from __future__ import annotations

from collections.abc import Iterable

from livewall_dashboard.jenkins.client import JenkinsClient
from livewall_dashboard.jenkins.pace import REQUESTS
from livewall_dashboard.jenkins.poller import Poller


def absent_jobs(client: JenkinsClient, patterns: Iterable[str]) -> list[str]:
    """The names and patterns without a job, as the wall would find them; [] where Jenkins does not tell."""
    wanted = list(dict.fromkeys(patterns))
    poller = Poller(client.server, client)
    poller.want(wanted)
    for _ in range(REQUESTS):
        if not wanted or poller.known.has_overview or poller.condition.state == "away":
            break
        poller.step()
    return [pattern for pattern in wanted if poller.known.matches.get(pattern) == ()]
