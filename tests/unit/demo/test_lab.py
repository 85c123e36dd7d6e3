"""The pretend lab: what `livewall demo` promises to show."""

from __future__ import annotations

from fnmatch import fnmatch

from livewall_dashboard.demo.command import tests_directory
from livewall_dashboard.demo.lab import RIGS, configuration


def test_a_lab_with_everything_a_wall_must_show() -> None:
    at_work = [rig for rig in RIGS if rig.suites]
    assert len(at_work) >= 8
    assert len({rig.group for rig in RIGS}) >= 4
    assert [rig for rig in RIGS if not rig.suites], "one that is never heard of"
    assert [rig for rig in at_work if rig.processes > 1], "one pabot run"
    assert [rig for rig in at_work if any(rig.plug)], "one that vanishes"
    assert [rig for rig in at_work if rig.reruns], "one that runs failed tests again"
    assert [rig for rig in at_work if rig.faults.get("cores")], "one whose suite teardown fails"
    assert [rig for rig in at_work if not rig.faults and not rig.plug], "one that passes"
    assert all(rig.branch and rig.labels for rig in at_work)


def test_no_run_is_named_like_a_suite_it_chooses() -> None:
    for rig in RIGS:
        assert not [suite for suite in rig.suites if fnmatch(rig.name, suite)], rig.setup


def test_names_are_unique() -> None:
    assert len({rig.setup for rig in RIGS}) == len(RIGS)


def test_every_fault_is_known_to_the_library() -> None:
    library = (tests_directory() / "Lab.py").read_text(encoding="utf-8")
    keywords = {"ssh", "https", "console"}  # ways of logging in
    for fault in {fault for rig in RIGS for fault in rig.faults} - keywords:
        assert f'"{fault}"' in library or fault.startswith("no-"), fault


def test_all_setups_are_configured_in_order() -> None:
    setups = configuration({"name": "demo", "url": "http://127.0.0.1:2/"})["setups"]
    assert isinstance(setups, list)
    assert [setup["name"] for setup in setups] == [rig.setup for rig in RIGS]
