"""Features start in their order and stop in the other one; what is to be there first is prepared first."""

from __future__ import annotations

from pathlib import Path

import pytest

from livewall_dashboard import features
from livewall_dashboard.app import Dashboard
from livewall_dashboard.base.feature import Feature
from livewall_dashboard.base.settings import Settings
from livewall_dashboard.history.recording.recorder import Recorder
from livewall_dashboard.lab import Lab, LabFile
from livewall_dashboard.postgres.database import Database


class Work:
    """Notes when it starts and stops."""

    def __init__(self, name: str, done: list[str]) -> None:
        self._name = name
        self._done = done
        self.threads = ()

    def start(self) -> None:
        self._done.append(f"start {self._name}")

    def stop(self) -> None:
        self._done.append(f"stop {self._name}")


@pytest.fixture
def done() -> list[str]:
    """What a wall of two features did."""
    return []


@pytest.fixture
def wall(done: list[str], monkeypatch: pytest.MonkeyPatch) -> Dashboard:
    def made(name: str) -> Feature:
        return Feature(
            name=name,
            prepare=lambda: done.append(f"prepare {name}"),
            background=[Work(f"{name} 1", done), Work(f"{name} 2", done)],
            close=lambda: done.append(f"close {name}"),
        )

    monkeypatch.setattr(Database, "open", lambda _: done.append("open database"))
    monkeypatch.setattr(Database, "close", lambda _: done.append("close database"))
    monkeypatch.setattr(Recorder, "start", lambda _: done.append("start recorder"))
    monkeypatch.setattr(Recorder, "stop", lambda *_: done.append("stop recorder"))
    wall = Dashboard(Settings(), LabFile.of(Lab.of([])), Database(""), async_mode="threading")
    wall.features = [made("a"), made("b")]
    return wall


BEGUN = ["open database", "start recorder", "prepare a", "prepare b"]
STARTED = ["start a 1", "start a 2", "start b 1", "start b 2"]
STOPPED = ["stop b 2", "stop b 1", "close b", "stop a 2", "stop a 1", "close a", "stop recorder", "close database"]


def test_feature_all_start_in_order_and_stop_in_reverse(wall: Dashboard, done: list[str]) -> None:
    wall.start()
    assert done == [*BEGUN, *STARTED]
    wall.stop()
    assert done == [*BEGUN, *STARTED, *STOPPED]


def test_feature_that_cannot_stop_keeps_nothing_from_being_stored(
    wall: Dashboard, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wall.features[1].background[0], "stop", _fails)
    wall.start()
    with pytest.raises(RuntimeError):
        wall.stop()
    assert done == [*BEGUN, *STARTED, *(step for step in STOPPED if step != "stop b 1")]


def test_feature_that_cannot_start_leaves_nothing_running(
    wall: Dashboard, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wall.features[1].background[0], "start", _fails)
    with pytest.raises(RuntimeError):
        wall.start()
    assert done == [*BEGUN, "start a 1", "start a 2", *STOPPED[2:]]


def _fails() -> None:
    raise RuntimeError("broken")


def test_feature_each_folder_that_has_one_is_in_the_list_by_its_name() -> None:
    wall = Dashboard(Settings(), LabFile.of(Lab.of([])), Database(""), async_mode="threading")
    there = {path.parent.name for path in Path(features.__file__).parent.glob("*/feature.py")} - {"base"}
    assert sorted(feature.name for feature in wall.features) == sorted(there)
