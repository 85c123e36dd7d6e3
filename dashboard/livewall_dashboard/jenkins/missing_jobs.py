"""Which of the wanted jobs a Jenkins does not have."""

from __future__ import annotations

from collections.abc import Iterable

from livewall_dashboard.jenkins.client import JenkinsClient
from livewall_dashboard.jenkins.known import Known
from livewall_dashboard.jenkins.pace import REQUESTS
from livewall_dashboard.jenkins.poller import Poller


def missing_jobs(client: JenkinsClient, patterns: Iterable[str]) -> list[str]:
    """The names and patterns without a job, as the wall would find them; [] where Jenkins does not tell."""
    wanted = list(dict.fromkeys(patterns))
    poller = Poller(client.server, client)
    poller.want(wanted)
    for _ in range(REQUESTS):
        known = poller.known
        asked = known.has_overview and all(known.jobs[name].details or known.jobs[name].trouble for name in known.alone)
        if not wanted or asked or poller.condition.state == "away":
            break
        poller.step()
    return [pattern for pattern in wanted if _is_missing(poller.known, pattern)]


def _is_missing(known: Known, pattern: str) -> bool:
    found = known.matches.get(pattern)
    return found is not None and all(known.jobs[name].gone for name in found)
