"""A wall in strange hands, and the node that reports to it: the run is as it would have been without."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from robot.api import ExecutionResult

from support.hostile import NAMES
from support.lab import SUITES
from support.robot import run_robot
from support.wall import Answer, RecordingWall, Request

SECRET = "lw_a_token_for_one_wall_alone"
STEERING = f"{NAMES['ansi']}{NAMES['right to left']}\r\n{NAMES['lines']}{NAMES['controls']}"
DEEP: dict[str, object] = {}
for _ in range(500):
    DEEP = {"error": DEEP}


TAKEN = Answer(200, {"ack_upto": 0})
REFUSED = [TAKEN, Answer(401, {"error": {"message": STEERING * 100}})]
ODD = [
    Answer(200, {"ack_upto": 10**30}),
    Answer(200, {"ack_upto": -5, "id": STEERING}),
    Answer(200, {"ack_upto": "7"}),
    Answer(416, {"expected_seq": -(10**18)}),
    Answer(416, {"expected_seq": 10**18}),
    Answer(503, {"seen_upto": 10**18}, {"Retry-After": "-1e9"}),
    Answer(503, {"error": {"message": STEERING}}, {"Retry-After": "nan"}),
    Answer(429, DEEP, {"Retry-After": "0"}),
    Answer(500, {"error": {"message": STEERING}}),
]


@pytest.mark.parametrize("kind", ["refused", "odd", "elsewhere"])
def test_nothing_a_wall_answers_hurts_a_run(kind: str, tmp_path: Path) -> None:
    with RecordingWall() as elsewhere, RecordingWall() as wall:
        leading_away = [TAKEN, Answer(307, {}, {"Location": f"{elsewhere.url}/api/v1/runs/x"})]
        answers = itertools.cycle({"refused": REFUSED, "odd": ODD, "elsewhere": leading_away}[kind])

        def answer(_: Request) -> Answer:
            return next(answers)

        wall.before = answer
        run = run_robot(SUITES / "slow" / "a.robot", cwd=tmp_path, url=wall.url, env={"LIVEWALL_TOKEN": SECRET})
        assert len(wall.requests) > 1
        assert elsewhere.requests == [], "the token went to another address"
    result = ExecutionResult(run.output)
    assert run.exit_code == result.return_code
    assert result.statistics.total.total == 4
    assert kind == "odd" or "livewall: " in run.console
    texts = [run.console.replace("\n", ""), *(message.message for message in result.errors)]
    assert all(text.isprintable() for text in texts), texts
    assert SECRET not in run.console + run.output.read_text(encoding="utf-8")
