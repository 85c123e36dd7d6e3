"""All servers of a lab: real threads, and configurations that change under them."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from livewall_dashboard.jenkins import poller
from livewall_dashboard.jenkins.pace import REQUESTS
from livewall_dashboard.jenkins.poller_set import PollerSet
from livewall_dashboard.lab.model import JenkinsServer, JobPattern, Lab, SetupConfig
from support.jenkins import RecordedJenkins
from support.waiting import wait_for


@pytest.fixture
def pollers() -> Iterator[PollerSet]:
    made = PollerSet()
    made.start()
    yield made
    made.stop()


def lab(*servers: JenkinsServer, jobs: tuple[str, ...] = ("*",)) -> Lab:
    patterns = tuple(JobPattern(server.name, job) for server in servers for job in jobs)
    return Lab.of([SetupConfig("rack-1", jobs=patterns)], servers)


def known(pollers: PollerSet, server: str) -> set[str]:
    """The jobs whose builds are known."""
    return {name for name, job in pollers.by_server[server].known.jobs.items() if job.details}


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("Jenkins ")]


def test_servers_are_added_changed_and_removed(pollers: PollerSet) -> None:
    with RecordedJenkins() as one, RecordedJenkins() as other:
        one.add("a")
        other.add("b")
        first = JenkinsServer("one", one.url)
        pollers.configure(lab(first))
        wait_for(lambda: known(pollers, "one") == {"a"}, what="the first server's job")
        kept = pollers.by_server["one"]

        second = JenkinsServer("other", other.url)
        pollers.configure(lab(first, second))
        wait_for(lambda: known(pollers, "other") == {"b"}, what="the second server's job")
        assert pollers.by_server["one"] is kept

        pollers.configure(lab(JenkinsServer("one", other.url), second))
        wait_for(lambda: known(pollers, "one") == {"b"}, what="the job at the new address")

        pollers.configure(lab(second))
        assert pollers.by_server.keys() == {"other"}
        wait_for(lambda: threads() == ["Jenkins other"], what="the other pollers to have ended")


def test_a_server_that_hangs_holds_up_neither_change_nor_end(pollers: PollerSet) -> None:
    with RecordedJenkins() as jenkins:
        jenkins.fail("hang")
        patient = JenkinsServer("main", jenkins.url, timeout=3600)
        pollers.configure(lab(patient))
        wait_for(lambda: jenkins.requests, what="the poll to be under way")
        hanging = pollers.by_server["main"]

        pollers.configure(lab(JenkinsServer("main", jenkins.url, timeout=3601)))
        wait_for(lambda: len(jenkins.requests) > 1, what="the new poller's first question")
        hanging.join(30)
        wait_for(lambda: threads() == ["Jenkins main"], what="the poller before it to have ended")

        pollers.stop()
        wait_for(lambda: not threads(), what="the last poller to have ended")


def test_jobs_are_exchanged_while_a_poll_is_under_way(pollers: PollerSet) -> None:
    with RecordedJenkins() as jenkins:
        jenkins.add("a")
        jenkins.add("b")
        jenkins.fail("hang", times=1)
        server = JenkinsServer("main", jenkins.url, timeout=1)
        pollers.configure(lab(server, jobs=("a",)))
        wait_for(lambda: jenkins.requests, what="the poll to be under way")
        pollers.configure(lab(server, jobs=("b",)))
        wait_for(lambda: known(pollers, "main") == {"b"}, what="the other job")


def test_it_can_be_configured_before_it_starts_and_stopped_without() -> None:
    with RecordedJenkins() as jenkins:
        jenkins.add("a")
        made = PollerSet()
        made.configure(lab(JenkinsServer("main", jenkins.url)))
        assert not jenkins.requests
        made.start()
        wait_for(lambda: known(made, "main") == {"a"}, what="the job")
        made.stop()
    PollerSet().stop()


def test_a_configuration_that_changes_all_the_time_costs_no_more(pollers: PollerSet) -> None:
    with RecordedJenkins() as jenkins:
        jenkins.add("a")
        for number in range(3 * REQUESTS):
            pollers.configure(lab(JenkinsServer("main", jenkins.url, timeout=100 + number)))
            _wait_until_spent(pollers, jenkins.url, min(number + 1, REQUESTS))
        assert len(jenkins.requests) <= REQUESTS


def _wait_until_spent(pollers: PollerSet, url: str, least: int) -> None:
    wait_for(lambda: len(pollers._budgets[url]._spent) >= least, what="a question")


def test_a_fault_of_ours_is_told_once_a_pause_and_is_no_end(
    pollers: PollerSet, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with RecordedJenkins() as jenkins:
        jenkins.add("a")
        with monkeypatch.context() as broken:
            broken.setattr(poller, "read_folder", fail)
            pollers.configure(lab(JenkinsServer("main", jenkins.url)))
            wait_for(lambda: pollers.away == 1, what="the wall to notice")
            pollers.by_server["main"].look(None)
        assert caplog.text.count("Traceback") <= len(jenkins.requests)
        assert "its log says why" in pollers.by_server["main"].condition.message
        wait_for(lambda: known(pollers, "main") == {"a"}, what="the job")
        assert pollers.away == 0
