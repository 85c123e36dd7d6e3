"""Which ports tests take."""

from __future__ import annotations

import pytest

from support.ports import FIRST, LAST, REFUSED, WORKERS, own_ports


def test_workers_share_all_ports_but_those_that_browsers_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIVEWALL_TEST_LANE", raising=False)
    taken = []
    for worker in range(WORKERS):
        monkeypatch.setenv("PYTEST_XDIST_WORKER", f"gw{worker}")
        taken += own_ports()
    assert sorted(taken) == sorted(set(range(FIRST, LAST)) - REFUSED)
