"""The line between node and dashboard fails in every way; nothing is lost, and nothing is stored twice."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import get_args

import pytest

from support.faults import FaultProxy, Mode
from support.lab import Lab
from support.steady import LONG, SteadyRun
from support.waiting import wait_for

MODES = [mode for mode in get_args(Mode) if mode != "pass"]


@pytest.mark.parametrize("seconds", [0.5, pytest.param(60.0, marks=[pytest.mark.soak, pytest.mark.timeout(900)])])
def test_every_fault_of_the_line(lab: Lab, steady: Callable[..., SteadyRun], seconds: float) -> None:
    """Reset after the request and before the reply, a line that takes and never answers, a stall, no line at all."""
    with FaultProxy(lab.dashboard.port) as proxy:
        run = steady(lab, url=proxy.url)
        for mode in MODES:
            proxy.mode = mode
            wait_for(lambda: proxy.met[mode], LONG, mode)  # noqa: B023 - called at once
            _for_a_while(seconds)
            proxy.mode = "pass"
            if mode != "stall":  # a line that stalled goes on by itself
                proxy.cut()
            run.goes_on(f"after {mode}")
        run.holds()


def _for_a_while(seconds: float) -> None:
    """A fault lasts: there is nothing to wait for in it."""
    time.sleep(seconds)
