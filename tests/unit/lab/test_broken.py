"""Whatever a configuration has in it, reading it ends in a lab or in BadConfiguration, and the same each time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from livewall_dashboard.lab import BadConfiguration, Lab
from livewall_dashboard.lab.load import read_lab
from livewall_dashboard.lab.seen import SeenFiles

GOOD: dict[str, Any] = {
    "$schema": "x",
    "jenkins": [
        {"name": "main", "url": "https://j/ci", "user": "u", "token": "${TOKEN}", "builds": 3, "poll_seconds": 9.5,
         "timeout": 3, "description_pattern": r"(?P<total>\d+)", "start_builds": False},
        {"name": "other", "url": "http://k:80"},
    ],
    "setups": [
        {"name": "a", "group": "g", "order": 1, "hosts": ["n"], "addresses": ["10.0.0.1"], "labels": {"os": "x"},
         "jobs": ["x", "y/**", {"jenkins": "other", "job": "z"}], "links": [{"title": "t", "url": "/x"}]},
        {"name": "b", "comment": "c"},
    ],
    "wall": {"jobs": ["w"], "title": "t"},
    "reports": {"max_packed_mib": 9, "max_unpacked_mib": 10, "max_files": 100},
}  # fmt: skip
OLD: dict[str, Any] = {
    "jenkins": [{"name": "main", "url": "https://j/ci"}],
    "pipelines": [
        {"setup": "a", "hostname": "n", "setup_id": 1, "job_name": "x", "ip": "10.0.0.1", "URL": "http://j/job/x/"},
        {"setup": "b", "URL": "http://[/job/x/job/"},
    ],
}
BOTH = pytest.mark.parametrize("good", [GOOD, OLD], ids=["today's", "older"])
NAMES = ("jenkins", "setups", "wall", "pipelines", "name", "url", "token", "jobs", "job", "hosts", "links", "labels",
         "setup", "URL", "job_name", "order", "description_pattern", "ca", "builds", "title", "zzz", "",
         "\0")  # fmt: skip

odd_texts = st.sampled_from(
    ["", " ", "\0", "\ud800", "${", "${X}", "${file:/}", "$${", "http://[", "http://a@b", "//", "(", "[[a]", "a" * 1001,
     "(?P<total>x)" * 2, "**x", "main", "other", "http://j/job/", "http://:x/job/y", "10.0.0.1", "٣", "%zz"]
)  # fmt: skip
leaves = st.none() | st.booleans() | st.integers() | st.floats() | odd_texts | st.text(max_size=20)
odd_values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    max_leaves=8,
)


def places(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    steps = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    return [place, *(found for step, inner in steps for found in places(inner, (*place, step)))]


@st.composite
def damaged(draw: st.DrawFn, good: dict[str, Any]) -> Any:
    """A good document in which some values were replaced, removed, doubled or renamed."""
    document = json.loads(json.dumps(good))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.sampled_from(places(document)))
        if not place:
            continue
        parent = document
        for step in place[:-1]:
            parent = parent[step]
        damage = draw(st.sampled_from(["replace", "replace", "remove", "double", "rename"]))
        value = parent[place[-1]]
        if damage == "replace":
            parent[place[-1]] = draw(odd_values)
        elif damage == "remove":
            del parent[place[-1]]
        elif isinstance(parent, list):
            parent.append(value)
        else:
            parent[draw(st.sampled_from(NAMES) | st.text(max_size=5))] = value
    return document


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("broken")


def outcome(path: Path, content: bytes) -> Lab | list[str]:
    path.write_bytes(content)
    try:
        return read_lab(path, {"TOKEN": "hush-hush", "X": "y"}, SeenFiles()).lab
    except BadConfiguration as error:
        bad = error
    told = bad.message + bad.in_short + repr(bad.detail)
    told.encode("utf-8")  # it can be printed
    assert "hush-hush" not in told
    assert bad.faults
    assert all(fault.text for fault in bad.faults)
    return [str(fault) for fault in bad.faults]


unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@BOTH
@given(data=st.data())
@unhurried
def test_damaged_documents(folder: Path, good: dict[str, Any], data: st.DataObject) -> None:
    content = json.dumps(data.draw(damaged(good)), indent=1).encode()
    assert outcome(folder / "damaged.json", content) == outcome(folder / "damaged.json", content)


@given(value=odd_values)
@unhurried
def test_any_json(folder: Path, value: Any) -> None:
    outcome(folder / "any.json", json.dumps(value).encode())


@BOTH
@given(data=st.data())
@unhurried
def test_damaged_text(folder: Path, good: dict[str, Any], data: st.DataObject) -> None:
    content = bytearray(json.dumps(good, indent=1).encode())
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(content)))
        length = data.draw(st.integers(0, 3))
        content[at : at + length] = data.draw(st.binary(max_size=3) | st.sampled_from([b'"', b"{", b"]", b",", b"\\"]))
    outcome(folder / "text.json", bytes(content))


@given(content=st.binary(max_size=200))
@unhurried
def test_any_bytes(folder: Path, content: bytes) -> None:
    outcome(folder / "bytes.json", content)
