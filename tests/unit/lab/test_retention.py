"""How long runs are kept, as the option and the configuration say it."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.lab.faults import BadConfiguration
from livewall_dashboard.lab.load import read_lab
from livewall_dashboard.lab.retention import RetentionRule, like, parse_retention, rules_in_force
from livewall_dashboard.lab.seen import SeenFiles

MONTH = timedelta(days=30)


def read(folder: Path, rules: Any) -> Any:
    file = folder / "setups_config.json"
    file.write_text(json.dumps({"setups": [], "retention": rules}, indent=1))
    return read_lab(file, os.environ, SeenFiles())


@pytest.mark.parametrize(("text", "days"), [("30d", 30), (" 12W ", 84), ("2y", 730), ("1 d", 1), ("100y", 36_500)])
def test_how_long_is_a_number_and_a_unit(text: str, days: int) -> None:
    assert parse_retention(text) == timedelta(days=days)


@pytest.mark.parametrize("text", ["", "30", "d", "0d", "-3d", "3m", "1.5d", "12h", "101y", "99999y", "٣d", "30d\n5d"])
def test_what_is_no_age_is_refused(text: str) -> None:
    with pytest.raises(Misconfigured, match="how long runs are kept"):
        parse_retention(text)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("", None), ("main", "main"), ("ci-*", "ci-%"), ("v?.x", "v_.x"), ("100%_a\\b*", r"100\%\_a\\b%")],
)
def test_only_stars_and_question_marks_are_special(pattern: str, expected: str | None) -> None:
    assert like(pattern) == expected


def test_rules_are_read_in_their_order_and_the_option_comes_last(tmp_path: Path) -> None:
    given = [
        {"tag": "release", "keep_days": False, "comment": "sold"},
        {"setup": "ci-*", "branch": " main ", "labels": {"os": "win*"}, "keep_days": 7.5, "keep_last": 3},
        {"suite": "Nightly", "keep_last": 20},
    ]
    rules = read(tmp_path, given).lab.retention
    assert rules == (
        RetentionRule(tag="release"),
        RetentionRule(timedelta(days=7.5), 3, setup="ci-*", branch="main", labels={"os": "win*"}),
        RetentionRule(last=20, suite="Nightly"),
    )
    assert [rule["text"] for rule in rules_in_force(rules, MONTH)] == [
        "tag release: for ever",
        "setup ci-*, branch main, os win*: 7.5 days and the last 3",
        "suite Nightly: the last 20",
        "all runs: 30 days",
    ]
    assert rules_in_force((), None) == []


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ({}, '4: retention[0]: needs "keep_days" or "keep_last".'),
        ({"branch": "main"}, '4: retention[0]: needs "keep_days" or "keep_last".'),
        ({"keep_days": True}, "5: retention[0].keep_days: must be a number of days, or false for ever."),
        ({"keep_days": 0}, "5: retention[0].keep_days: must be at least 1."),
        ({"keep_days": "30d"}, "5: retention[0].keep_days: must be a number or true or false, and is a text."),
        ({"keep_last": 0}, "5: retention[0].keep_last: must be at least 1."),
        ({"keep_days": 3, "setups": "a"}, '6: retention[0].setups: is no member here. Did you mean "setup"?'),
        (
            {"keep_days": False, "keep_last": 3},
            '6: retention[0].keep_last: makes no sense beside "keep_days": false, which keeps all.',
        ),
    ],
)
def test_a_faulty_rule_is_told_with_its_place(tmp_path: Path, rule: Any, fault: str) -> None:
    with pytest.raises(BadConfiguration) as refused:
        read(tmp_path, [rule])
    (told,) = refused.value.faults
    assert str(told).removeprefix(str(told.path) + ":").startswith(fault)


def test_a_rule_that_can_never_decide_is_warned_of(tmp_path: Path) -> None:
    reading = read(tmp_path, [{"keep_days": 30}, {"branch": "main", "keep_days": 365}])
    assert len(reading.lab.retention) == 1
    assert "is for nothing: the rule before it fits all runs" in str(reading.warnings[0])
