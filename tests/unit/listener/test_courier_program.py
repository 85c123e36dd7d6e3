"""What the process beside robot makes of robot's words."""

from __future__ import annotations

import json
import os
from dataclasses import asdict

from livewall_listener import encode, wire
from livewall_listener.courier_program import CourierProgram


def test_what_ran_before_an_event_is_not_shown_after_it() -> None:
    program = CourierProgram(os.getpid())
    sample = wire.Now(["Sleep"], 3.0)
    program._take(b"now " + json.dumps([asdict(sample), 3.0]).encode())
    assert program._look() == (sample, 3.0)
    program._take(encode.event(wire.Lost(1, "")))
    assert program._look() is None
