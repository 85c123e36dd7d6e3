"""Starts and stops builds, for people who may: only configured jobs, with parameters the job knows."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from livewall_dashboard.base.errors import Forbidden, Invalid, LivewallError, NotFound
from livewall_dashboard.jenkins.connect import connect
from livewall_dashboard.jenkins.known import KnownJob
from livewall_dashboard.jenkins.model import Parameter
from livewall_dashboard.jenkins.parse import JobDetails
from livewall_dashboard.jenkins.poller import Poller
from livewall_dashboard.jenkins.poller_set import PollerSet
from livewall_dashboard.lab.model import JenkinsServer

if TYPE_CHECKING:
    from livewall_dashboard.jenkins.client import JenkinsClient

LONGEST_VALUE = 10_000

log = logging.getLogger(__name__)


class BuildActions:
    """Has a connection of its own to each server: nobody waits for the poll that is under way."""

    def __init__(self, pollers: PollerSet) -> None:
        self._pollers = pollers
        self._lock = threading.Lock()
        self._clients: dict[str, JenkinsClient] = {}

    def start(self, server: str, job: str, parameters: Mapping[str, str | bool], *, who: str) -> str:
        """Start a build -> the address of its place in Jenkins's queue. `who` goes into the log, also where it fails.

        Raises NotFound for a server or job that is not configured, Forbidden where starting is off, Invalid for
        parameters the job does not know, and JenkinsError.
        """
        with _failure_logged("Did not start a build of %r on Jenkins %r for %s", job, server, who):
            poller, details = self._startable(server, job)
            values = _values(details.parameters, parameters)
            queued = self._client(poller.server).start(job, values if details.is_parameterized else None)
        log.info("Started a build of %r on Jenkins %r for %s", job, server, who)
        poller.expect_news(job)
        return queued

    def stop(self, server: str, job: str, number: int, *, who: str) -> None:
        """Stop a build. Raises as `start` does."""
        with _failure_logged(f"Did not stop build {number} of %r on Jenkins %r for %s", job, server, who):
            poller, known = self._find(server, job)
            if known.details is None or number not in {build.number for build in known.details.builds}:
                raise NotFound(f"There is no build {number} of {job!r} of Jenkins {server!r} among the latest ones.")
            self._client(poller.server).stop(job, number)
        log.info("Stopped build %d of %r on Jenkins %r for %s", number, job, server, who)
        poller.expect_news(job)

    def close(self) -> None:
        """Ends what is under way."""
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()

    def _startable(self, server: str, job: str) -> tuple[Poller, JobDetails]:
        poller, known = self._find(server, job)
        if known.details is None or known.gone:
            raise NotFound(f"Nothing is known of the job {job!r} of Jenkins {server!r} yet; try again in a minute.")
        if not known.seen.buildable:
            raise Forbidden(f"The job {job!r} is disabled in Jenkins {server!r}.")
        return poller, known.details

    def _find(self, server: str, job: str) -> tuple[Poller, KnownJob]:
        poller = self._pollers.by_server.get(server)
        if poller is None:
            raise NotFound(f"There is no Jenkins {server[:200]!r} in the configuration.")
        if not poller.server.start_builds:
            raise Forbidden(f'Starting and stopping builds is off for Jenkins {server!r} ("start_builds").')
        with poller.lock:
            known = poller.known.jobs.get(job)
        if known is None:
            raise NotFound(f"No setup has the job {job[:200]!r} of Jenkins {server!r}.")
        return poller, known

    def _client(self, server: JenkinsServer) -> JenkinsClient:
        with self._lock:
            client = self._clients.get(server.name)
            if client is None or client.server != server:
                if client is not None:
                    client.close()
                client = self._clients[server.name] = connect(server)
            return client


@contextmanager
def _failure_logged(text: str, job: str, server: str, who: str) -> Iterator[None]:
    try:
        yield
    except LivewallError as error:
        log.warning(f"{text}: %s", job[:200], server[:200], who, error.message)  # noqa: G004
        raise


def _values(definitions: list[Parameter], given: Mapping[str, str | bool]) -> dict[str, str]:
    """What to send: what was given, and the defaults that were shown. Of the others Jenkins takes its own."""
    by_name = {definition.name: definition for definition in definitions}
    unknown = sorted(given.keys() - by_name.keys())
    if unknown:
        raise Invalid(f"The job has no parameter {unknown[0][:200]!r}.")
    return {
        name: _value(definition, given[name]) if name in given else definition.default
        for name, definition in by_name.items()
        if name in given or not definition.own_default
    }


def _value(definition: Parameter, value: str | bool) -> str:
    text = ("true" if value else "false") if isinstance(value, bool) else value
    if len(text) > LONGEST_VALUE or "\0" in text:
        raise Invalid(f"{definition.name} is text of at most {LONGEST_VALUE} characters, without NUL.")
    if definition.kind == "other":
        raise Invalid(f"{definition.name} is of a kind the wall cannot ask for ({definition.type}): leave it out.")
    if definition.kind == "boolean" and text not in ("true", "false"):
        raise Invalid(f"{definition.name} is true or false.")
    if definition.kind == "choice" and text not in definition.choices:
        raise Invalid(f"{definition.name} is one of the job's choices.")
    return text
