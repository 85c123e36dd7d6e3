"""All the Jenkins servers of a lab: a poller for each, and no more of them than the configuration has."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping

from livewall_dashboard.base.feature import WatchedThread
from livewall_dashboard.base.offload import Offload, call_directly
from livewall_dashboard.jenkins.connect import connect
from livewall_dashboard.jenkins.pace import Budget
from livewall_dashboard.jenkins.poller import Poller
from livewall_dashboard.lab.model import JobPattern, Lab

STOP_WITHIN = 1.0


class PollerSet:
    """`configure` it with each new lab. Pollers whose server did not change go on with what they know."""

    def __init__(self, offload: Offload = call_directly) -> None:
        self._offload = offload
        self._lock = threading.Lock()
        self._pollers: dict[str, Poller] = {}
        self._budgets: dict[str, Budget] = {}
        self._lab = Lab()
        self._running = False

    @property
    def by_server(self) -> Mapping[str, Poller]:
        """By the servers' names."""
        return self._pollers

    @property
    def away(self) -> int:
        """Servers that do not answer."""
        return sum(poller.condition.state == "away" for poller in self._pollers.values())

    @property
    def requests(self) -> int:
        """Questions asked so far, of all servers; builds started and stopped by people are not among them."""
        return sum(budget.total for budget in self._budgets.values())

    @property
    def threads(self) -> list[WatchedThread]:
        return [poller.loop for poller in self._pollers.values()]

    @property
    def lab(self) -> Lab:
        return self._lab

    def start(self) -> None:
        with self._lock:
            self._running = True
            for poller in self._pollers.values():
                poller.start()

    def stop(self) -> None:
        with self._lock:
            self._running = False
            pollers = list(self._pollers.values())
        for poller in pollers:
            poller.stop()
        deadline = time.monotonic() + STOP_WITHIN
        for poller in pollers:
            poller.join(max(0.0, deadline - time.monotonic()))

    def configure(self, lab: Lab) -> None:
        wanted = patterns_of(lab)
        with self._lock:
            before, after = self._pollers, {}
            for server in lab.jenkins:
                poller = before.get(server.name)
                if poller is None or poller.server != server:
                    # A server's budget is its address's: it outlives changes of the configuration.
                    budget = self._budgets.setdefault(server.url, Budget())
                    poller = Poller(server, connect(server), budget=budget, offload=self._offload)
                    if self._running:
                        poller.start()
                poller.want(wanted.get(server.name, ()))
                after[server.name] = poller
            self._pollers = after
            self._lab = lab
        for name, poller in before.items():
            if after.get(name) is not poller:
                poller.stop()


def patterns_of(lab: Lab) -> dict[str, list[str]]:
    """For each server what is to be followed."""
    found: dict[str, list[str]] = {}
    patterns: list[JobPattern] = [*(job for setup in lab.setups for job in setup.jobs), *lab.own_jobs]
    for pattern in patterns:
        found.setdefault(pattern.jenkins, []).append(pattern.path)
    return found
