"""Configurations, and which of them a query asks for."""

from __future__ import annotations

from typing import Any

import pytest

from livewall_dashboard.resultsdb import configuration
from livewall_dashboard.resultsdb.configuration import Configuration, version_of, version_text
from livewall_dashboard.resultsdb.parameters import ConfigurationQuery
from livewall_dashboard.resultsdb.selection import RECENTLY, Wanted, flag

NOW = 1_800_000_000
MAC = configuration.read(
    {
        "platform": "Mac",
        "version": "13.1",
        "is_simulator": False,
        "architecture": "x86_64",
        "style": "Release",
        "sdk": "?",
    }
)


@pytest.mark.parametrize(
    ("version", "number"),
    [("13.1", 13_001_000), ("13", 13_000_000), ("13.1.2", 13_001_002), ([13, 1], 13_001_000), (13_001_000, 13_001_000)],
)
def test_version_is_packed(version: object, number: int) -> None:
    assert version_of(version) == number


@pytest.mark.parametrize("version", ["", "x", "1.2.3.4", "-1", 1.5, True, [], {}, 10**20, "9" * 400])
def test_version_that_is_none(version: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # whoever asked says what is wrong
        version_of(version)


def test_names_and_labels() -> None:
    assert version_text(13_001_002) == "13.1.2"
    assert MAC.short_name == "Mac 13.1 x86_64 Release"
    assert MAC.file_name == "Mac_13-1-0_Release_using_x86_64"
    labels = {
        "platform": "Mac",
        "version": "13.1.0",
        "is_simulator": "false",
        "architecture": "x86_64",
        "style": "Release",
    }
    assert MAC.labels() == labels
    assert MAC.sdk is None


def test_digest_is_of_all_but_the_sdk() -> None:
    assert MAC.digest == configuration.read({**MAC.as_json(), "sdk": "22A1"}).digest
    assert MAC.digest != configuration.read({**MAC.as_json(), "style": "Debug"}).digest


COMPLETE = {"platform": ["Mac"], "version": ["13.1.0"], "is_simulator": ["no"], "architecture": ["x86_64"]}


@pytest.mark.parametrize(
    ("query", "has"),
    [
        ({}, True),
        ({"platform": ["iOS", "Mac"]}, True),
        ({"platform": ["iOS"]}, False),
        ({"version": ["13.1"]}, True),
        ({"is_simulator": ["True"]}, False),
        ({"flavor": ["wk2"]}, False),
        (COMPLETE, False),  # it means the configuration without a style
        ({**COMPLETE, "style": ["Release"]}, True),
    ],
)
def test_wanted(query: dict[str, Any], *, has: bool) -> None:
    assert Wanted(ConfigurationQuery(**query), NOW).has(MAC, NOW - 1) is has


def test_wanted_is_recent_unless_told_otherwise_or_all_of_it_is_said() -> None:
    long_ago = NOW - RECENTLY
    assert not Wanted(ConfigurationQuery(), NOW).has(MAC, long_ago)
    assert Wanted(ConfigurationQuery(recent=["False"]), NOW).has(MAC, long_ago)
    assert Wanted(ConfigurationQuery(**COMPLETE, style=["Release"]), NOW).has(MAC, long_ago)


def test_wanted_tells_only_simulators_from_the_others_where_it_need_not_be_recent() -> None:
    """As resultsdbpy: its scripts were written against that."""
    simulator = Configuration("iOS", 17_000_000, True, "arm64")
    query = ConfigurationQuery(recent=["False"], is_simulator=["False"])
    assert Wanted(query, NOW).has(simulator, NOW) and Wanted(query, NOW).has(MAC, NOW)
    assert not Wanted(ConfigurationQuery(recent=["False"], is_simulator=["True"]), NOW).has(MAC, NOW)


@pytest.mark.parametrize(
    ("text", "value"), [("TRUE", True), ("yes", True), ("1", True), ("0", False), ("no", False), ("x", False)]
)
def test_flag(text: str, *, value: bool) -> None:
    assert flag(text) is value
