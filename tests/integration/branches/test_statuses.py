"""Git hosts are told what became of commits: each state once, whatever ends or answers badly meanwhile."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest

from livewall_dashboard.branches.status_teller import MOST_TRIES, StatusTeller
from livewall_dashboard.lab import Lab
from livewall_dashboard.lab.projects import StatusHost
from livewall_dashboard.postgres.database import Database
from support.receiver import Receiver
from support.shop import Shop

LOOPBACK = (ip_network("127.0.0.0/8"),)
CHANGES = b')]}\'\n[{"id": "demo~main~I1"}]'


@pytest.fixture
def host() -> Iterator[Receiver]:
    receiver = Receiver(lambda path: CHANGES if "/changes/?q=" in path else b"{}")
    yield receiver
    receiver.stop()


def teller_of(shop: Shop, host: Receiver, kind: str = "github", allowed: Any = LOOPBACK) -> StatusTeller:
    """Of a wall that has just started. The server's host is told, that of the client is not."""
    server, client = shop.project.repositories
    told = dataclasses.replace(server, status=StatusHost(kind, f"{host.address}/repos/acme/server", "ci:hush"))
    shop.project = dataclasses.replace(shop.project, repositories=(told, client))
    lab = Lab.of([], projects=[shop.project], url="https://wall.example")
    return StatusTeller(lambda: lab, shop.database, allowed=allowed, may_work=lambda: True)


def told(host: Receiver) -> list[tuple[str, str, str]]:
    """(commit, state, number of the build) of each."""
    assert not host.refused
    found = []
    for heard in host.heard:
        body = json.loads(heard.body)
        found.append((heard.path.rpartition("/")[2], body["state"], body["target_url"].rpartition("/")[2]))
    return found


def make_due(database: Database) -> None:
    with database.connection() as connection:
        connection.execute("UPDATE branch_status SET next_at = now() WHERE next_at IS NOT NULL")


def test_each_state_is_told_once(shop: Shop, host: Receiver) -> None:
    shop.turn()
    head = shop.server.git("rev-parse", "HEAD").strip()
    for _ in range(2):
        teller_of(shop, host).work()
    (build,) = shop.builds
    assert told(host) == [(head, "pending", str(build.number))]
    assert host.heard[0].path.startswith("/repos/acme/server/statuses/")
    shop.end(build.number)
    for _ in range(2):
        teller_of(shop, host).work()
    assert told(host)[1:] == [(head, "success", str(build.number))]
    assert "".join(heard.body.decode() for heard in host.heard).count("hush") == 0


@pytest.mark.parametrize(("result", "state"), [("failed", "failure"), ("killed", "error"), ("skipped", "error")])
def test_no_other_result_is_a_success(shop: Shop, host: Receiver, result: str, state: str) -> None:
    shop.turn()
    shop.end(shop.builds[0].number, result)
    teller_of(shop, host).work()
    assert [each[1] for each in told(host)] == [state], shop.overview.project(shop.project).status_trouble


def test_a_host_that_refuses_is_asked_again_and_what_is_wrong_is_shown(shop: Shop, host: Receiver) -> None:
    host.statuses = [401, 302]
    shop.turn()
    for tries in (1, 2, 3):
        teller_of(shop, host).work()
        trouble = shop.overview.project(shop.project).status_trouble
        assert len(host.heard) == tries, trouble
        assert (trouble is None) == (tries == 3)
        if tries == 1:
            assert trouble == "server: github answers 401: its token is not good"
        make_due(shop.database)
    teller_of(shop, host).work()
    assert len(host.heard) == 3


def test_it_is_given_up_in_the_end_and_the_next_state_is_told(shop: Shop, host: Receiver) -> None:
    shop.turn()
    teller = teller_of(shop, host)
    host.statuses = [500] * MOST_TRIES
    troubles = []
    for _ in range(MOST_TRIES + 2):
        teller.work()
        troubles.append(shop.overview.project(shop.project).status_trouble)
        make_due(shop.database)
    assert (len(host.heard), teller.failed) == (MOST_TRIES, 1), (troubles, host.refused)
    shop.end(shop.builds[0].number)
    teller.work()
    assert told(host)[-1][1] == "success"


def test_killed_before_it_was_noted_it_tells_again_and_forgets_nothing(
    shop: Shop, host: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.turn()
    shop.end(shop.builds[0].number)
    teller = teller_of(shop, host)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(teller, "_tell", killed)
    with pytest.raises(KeyboardInterrupt):
        teller.work()
    after = teller_of(shop, host)
    after.work()
    assert host.heard == []  # another wall may be at it
    make_due(shop.database)
    after.work()
    assert [each[1] for each in told(host)] == ["success"]


def test_the_newest_build_speaks_of_a_commit(shop: Shop, host: Receiver) -> None:
    shop.turn()
    first = shop.builds[0].number
    shop.end(first, "failed")
    again = shop.actions.rebuild_number(first, "")
    shop.plan()
    shop.handover.look()
    teller = teller_of(shop, host)
    teller.work()
    assert told(host) == [(shop.server.git("rev-parse", "HEAD").strip(), "pending", str(again))]
    shop.end(again)
    teller.work()
    assert told(host)[-1][1:] == ("success", str(again))


def test_a_branch_with_the_same_commits_has_the_status_of_its_build(shop: Shop, host: Receiver) -> None:
    shop.turn()
    for repository in (shop.server, shop.client):
        repository.git("branch", "twin")
    shop.turn()
    one, same = shop.builds
    assert same.same_as == one.number
    shop.end(one.number, "failed")
    teller_of(shop, host).work()
    assert [each[1:] for each in told(host)] == [("failure", str(same.number))]


def test_who_is_not_told_may_be_told_of_later_builds(shop: Shop, host: Receiver) -> None:
    shop.turn()
    silent = Lab.of([], projects=[shop.project])
    StatusTeller(lambda: silent, shop.database, allowed=LOOPBACK, may_work=lambda: True).work()
    make_due(shop.database)
    teller = teller_of(shop, host)
    teller.work()
    assert host.heard == []
    shop.end(shop.builds[0].number)
    teller.work()
    assert [each[1] for each in told(host)] == ["success"]


def test_gerrit_is_asked_for_the_change_first(shop: Shop, host: Receiver) -> None:
    shop.turn()
    shop.end(shop.builds[0].number)
    teller_of(shop, host, "gerrit").work()
    head = shop.server.git("rev-parse", "HEAD").strip()
    assert [(heard.method, heard.path) for heard in host.heard] == [
        ("GET", f"/repos/acme/server/changes/?q=commit:{head}"),
        ("POST", f"/repos/acme/server/changes/demo~main~I1/revisions/{head}/review"),
    ], shop.overview.project(shop.project).status_trouble


def test_our_own_house_is_told_nothing_unless_that_is_allowed(shop: Shop, host: Receiver) -> None:
    shop.turn()
    teller_of(shop, host, allowed=()).work()
    assert host.heard == []
    assert "--webhooks-to" in (shop.overview.project(shop.project).status_trouble or "")
