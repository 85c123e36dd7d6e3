"""Whether nginx leads to instances, as `livewall check` says it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from livewall_dashboard.check.instances import check_instances
from livewall_dashboard.lab.model import InstanceAccess, Lab
from support.receiver import Receiver

WALL = "http://wall.example"
TOO_LONG = ".".join(["instances" * 6] * 5)
"""For any DNS, so that none is asked: some answer for every name, and some only after a minute."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.stop()


def level(domain: str, *, offline: bool = False) -> list[tuple[str, str]]:
    lab = Lab.of([], url=WALL, instances=InstanceAccess(domain))
    return [(result.level, result.text) for result in check_instances(lab, offline=offline)]


def test_who_has_no_name_for_them_is_told_nothing() -> None:
    assert level("") == []
    assert list(check_instances(None, offline=False)) == []


def test_an_nginx_that_leads_to_the_wall(receiver: Receiver) -> None:
    domain = f"0.0.0:{receiver.address.rpartition(':')[2]}"  # below which 0 is this machine
    assert [each for each, _ in level(domain)] == ["warning"]
    receiver.location, receiver.statuses = f"{WALL}/branch-builds/0/connect?to=%2F", [303]
    assert [each for each, _ in level(domain)] == ["ok"]
    assert receiver.heard[-1].path == "/.livewall/enter"
    assert [each for each, _ in level(domain, offline=True)] == ["left out"]


def test_a_name_that_is_not_known_and_a_port_where_nobody_listens() -> None:
    ((first, text),) = level(TOO_LONG)
    assert (first, "DNS" in text) == ("warning", True)
    ((second, text),) = level("0.0.0:1")
    assert (second, "nginx-instances.conf" in text) == ("warning", True)
