"""Which phases are run, by whose commands, and what a job's exit code is."""

from __future__ import annotations

from typing import Any

import pytest

from livewall_agent.jobwire import PHASES, REFUSED, Job, seconds_of
from livewall_agent.phases import exit_code, is_run_after, plan

ID = "5f0c7b2e-8d43-4c1c-9a39-6f0d1f3a7d11"


def job(**definition: Any) -> Job:
    return Job.read({"job_id": ID, "job_queue": "q", **definition})


def planned(told: Job, own: dict[str, tuple[str, ...]], allowed: frozenset[str] = frozenset(PHASES)) -> dict[str, Any]:
    return {step.phase: step.commands for step in plan(told, own, allowed) if not step.is_skipped}


def test_plan_a_text_is_one_command_and_a_list_several() -> None:
    told = job(test_data={"test_cmds": "a\nb"}, provision_data={"provision_cmds": ["c", "d"]})
    assert planned(told, {}) == {"provision": ("c", "d"), "test": ("a\nb",)}


def test_plan_the_agent_s_command_goes_before_the_job_s_where_the_job_wants_that_phase() -> None:
    own = {phase: (f"own {phase}",) for phase in PHASES}
    told = job(test_data={"test_cmds": "theirs"}, provision_data={"skip": True}, firmware_update_data=None)
    assert planned(told, own) == {
        "setup": ("own setup",),
        "test": ("own test",),
        "cleanup": ("own cleanup",),
    }


def test_plan_commands_that_a_job_may_not_bring_are_refused_not_skipped() -> None:
    told = job(setup_data={"setup_cmds": "rm -rf /"}, test_data={"test_cmds": "true"})
    steps = {step.phase: step for step in plan(told, {}, frozenset({"test"}))}
    assert steps["setup"].refused and not steps["setup"].commands and not steps["setup"].is_skipped
    assert steps["test"].commands == ("true",)


def test_plan_a_reservation_without_a_command_holds_the_rig() -> None:
    assert [step.hold for step in plan(job(reserve_data={"timeout": 90}), {}, frozenset())][5] == 90
    assert [step.hold for step in plan(job(reserve_data={}), {}, frozenset())][5] == 3600
    assert [step.hold for step in plan(job(), {}, frozenset())][5] == 0


@pytest.mark.parametrize(
    ("data", "own", "is_lent"),
    [({"allocate": True}, {}, True), ({"allocate": True}, {"allocate": ("own",)}, True), ({}, {}, False),
     ({"allocate": "yes"}, {}, False), ({"allocate": True, "skip": True}, {}, False), (None, {}, False)],
)  # fmt: skip
def test_plan_a_rig_is_lent_where_the_job_says_so(data: Any, own: dict[str, tuple[str, ...]], is_lent: bool) -> None:
    steps = plan(job(allocate_data=data), own, frozenset())
    assert [step.phase for step in steps if step.lent] == ["allocate"] * is_lent
    assert all(not step.is_skipped for step in steps if step.lent)


@pytest.mark.parametrize(
    ("phase", "statuses", "ended", "is_run"),
    [
        ("test", {"setup": 0}, False, True),
        ("test", {"setup": 1}, False, False),
        ("test", {"setup": 0}, True, False),
        ("reserve", {"test": 5}, False, True),
        ("reserve", {"allocate": 5}, False, False),
        ("cleanup", {"provision": 5}, False, True),
        ("cleanup", {}, True, True),
    ],
)
def test_is_run_after_cleanup_always_others_while_nothing_but_a_test_failed(
    phase: str, statuses: dict[str, int], ended: bool, is_run: bool
) -> None:
    assert is_run_after(phase, statuses, ended=ended) is is_run


def test_exit_code_is_that_of_the_first_phase_that_failed() -> None:
    assert exit_code({"cleanup": 3, "test": 2, "setup": 0}, wanted_test=True) == 2
    assert exit_code({"provision": REFUSED}, wanted_test=True) == REFUSED
    assert exit_code({"test": 0}, wanted_test=True) == 0


def test_exit_code_a_test_that_was_wanted_and_not_run_is_no_success() -> None:
    assert exit_code({"setup": 0, "cleanup": 0}, wanted_test=True) == 1
    assert exit_code({"setup": 0, "cleanup": 0}, wanted_test=False) == 0


@pytest.mark.parametrize(
    ("said", "seconds"),
    [(90, 90), ("90", 90), ("1h30m", 5400), ("2 m", 120), ("1.5h", 5400), ("", None), (0, None), (-1, None),
     (True, None), ("soon", None), ("1h soon", None), (None, None), ({}, None)],
)  # fmt: skip
def test_seconds_of_reads_durations_and_nothing_else(said: Any, seconds: float | None) -> None:
    assert seconds_of(said) == seconds
