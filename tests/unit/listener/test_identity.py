"""Run ids, process names, what is told about a run; and which pabot run a process belongs to."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

import pytest

from livewall_listener import identity, pabot
from livewall_listener.pabot import PabotProcess
from livewall_listener.settings import Settings
from livewall_listener.wire import Build

RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,127}")
FIRST = PabotProcess("aa11" * 8, "0", last_in_pool=False, total=12)


@pytest.mark.parametrize("text", ["nightly-7", "a", "x" * 128, "2026.11.22~1"])
def test_a_usable_id_stays(text: str) -> None:
    assert identity.usable_id(text) == text


@pytest.mark.parametrize("text", ["jenkins-folder/job-12", "é", "a b", "-x", "..", "x" * 500, "🐙"])
def test_another_id_becomes_a_usable_one_always_the_same(text: str) -> None:
    made = identity.usable_id(text)
    assert RUN_ID.fullmatch(made) and made == identity.usable_id(text)
    assert made != identity.usable_id(f"{text}?")


def test_run_ids() -> None:
    assert identity.run_id(Settings(run_id="a/b"), FIRST) == identity.usable_id("a/b")
    assert identity.run_id(Settings(), FIRST) == f"pabot-{FIRST.key}"
    assert identity.run_id(Settings(), None) != identity.run_id(Settings(), None)
    assert RUN_ID.fullmatch(identity.run_id(Settings(), None))


def test_what_is_told_about_a_run() -> None:
    settings = Settings(
        setup="vm1", labels={"os": "debian"}, commit="own", url="http://wall", suite="Nightly", job="1f3a"
    )
    environment = {"BUILD_URL": "https://ci/1", "JOB_NAME": "j", "BUILD_NUMBER": "1", "GIT_COMMIT": "theirs"}
    environment["GIT_BRANCH"] = "origin/main"
    info = identity.run_info(settings, environment, None, robot_version="7.5", now="2026-01-01T00:00:00+00:00")
    assert (info.process, info.slot, info.pabot, info.total) == ("0", "", False, 0)
    assert (info.setup, info.labels, info.commit, info.branch) == ("vm1", {"os": "debian"}, "own", "main")
    assert (info.suite, info.job) == ("Nightly", "1f3a")
    assert info.build == Build("jenkins", "https://ci/1", "j", "1")
    assert info.host and info.python_version and info.robot_version == "7.5"
    looked_up = identity.look_up("http://127.0.0.1:9")
    assert looked_up["platform"] and looked_up["listener_version"] and looked_up["addresses"]
    assert looked_up.keys() <= set(asdict(info))
    assert info.started_at == "2026-01-01T00:00:00+00:00"


def test_processes_of_one_pabot_run() -> None:
    first = identity.run_info(Settings(), {}, FIRST, robot_version="7.5", now="")
    again = identity.run_info(Settings(), {}, FIRST, robot_version="7.5", now="")
    assert first.slot == again.slot == "0" and first.process != again.process
    assert (first.pabot, first.total, first.last_in_pool) == (True, 12, False)


def test_processes_of_several_pabots_in_one_run_of_the_users() -> None:
    settings = Settings(run_id="nightly")
    other = PabotProcess("bb22" * 8, "0", last_in_pool=False, total=0)
    slots = {identity.run_info(settings, {}, p, robot_version="", now="").slot for p in (FIRST, other)}
    assert len(slots) == 2
    serial = [identity.run_info(settings, {}, None, robot_version="", now="") for _ in range(2)]
    assert serial[0].process != serial[1].process


def test_addresses_need_no_wall() -> None:
    for url in ("http://127.0.0.1:9", "http://no-such-host.invalid", "http://[::1]:9", ""):
        assert all(isinstance(address, str) for address in identity.addresses(url))
    assert identity.addresses("http://127.0.0.1:9")[0] == "127.0.0.1"


VARIABLES = {
    "PABOTQUEUEINDEX": "3",
    "PABOTLIBURI": "127.0.0.1:8270",
    "PABOTISLASTEXECUTIONINPOOL": "1",
    "OUTPUT_DIR": "/r/pabot_results/3",
}


def detect(folder: Path, own_tests: list[str] | None = None, **variables: str) -> PabotProcess | None:
    known = {**VARIABLES, **variables}
    return pabot.detect(lambda name: known.get(name, ""), "host", lambda: own_tests or ["S.One"], folder)


def test_outside_of_pabot(tmp_path: Path) -> None:
    assert detect(tmp_path, PABOTQUEUEINDEX="") is None
    assert detect(tmp_path, PABOTQUEUEINDEX="-1") is None


def test_the_same_run_for_all_its_processes_and_no_other(tmp_path: Path) -> None:
    first = detect(tmp_path)
    second = detect(tmp_path, PABOTQUEUEINDEX="4", OUTPUT_DIR="/r/pabot_results/4", PABOTISLASTEXECUTIONINPOOL="0")
    assert first and second
    assert (first.index, first.last_in_pool, second.last_in_pool) == ("3", True, False)
    assert first.key == second.key
    for other in ({"OUTPUT_DIR": "/other/pabot_results/3"}, {"PABOTLIBURI": "127.0.0.1:9999"}):
        process = detect(tmp_path, **other)
        assert process and process.key != first.key


def test_another_pabot_above_us_is_another_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def above(pid: int, started: str) -> list[pabot._Ancestor]:
        shell = pabot._Ancestor(pid + 1, ["/bin/sh", "-c", "robot"], "17")
        return [shell, pabot._Ancestor(pid, ["/usr/bin/python3", "/usr/local/bin/pabot", "tests"], started)]

    keys = set()
    for pid, started in [(100, "5"), (100, "6"), (200, "5"), (100, "5")]:
        monkeypatch.setattr(pabot, "_ancestors", lambda pid=pid, started=started: above(pid, started))
        process = detect(tmp_path)
        assert process
        keys.add(process.key)
    assert len(keys) == 3


def names(folder: Path, *lines: str) -> None:
    head = ["datasources:1", "commandlineoptions:2", "suitesfrom:no-suites-from-option", "file:3"]
    (folder / pabot.SUITE_NAMES).write_text("\n".join([*head, *lines]), encoding="utf-8")


@pytest.mark.parametrize(
    ("lines", "total"),
    [
        (["--test S.One", "--test S.Two", "#WAIT", "--test S.Three #DEPENDS S.One"], 3),
        (["--suite S", "--suite T"], 0),
        (["--test S.One", "--suite T"], 0),
        (["--test S.Two"], 0),
        ([], 0),
    ],
)
def test_the_total_is_known_when_pabot_splits_by_test(tmp_path: Path, lines: list[str], total: int) -> None:
    names(tmp_path, *lines)
    process = detect(tmp_path)
    assert process and process.total == total


def test_the_total_is_not_that_of_a_list_cut_in_shards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names(tmp_path, "--test S.One", "--test S.Two")
    for option, total in [("--testlevelsplit", 2), ("--shard", 0), ("--argumentfile1", 0), ("--argumentfile", 2)]:
        above = [pabot._Ancestor(100, ["python", "-m", "pabot.pabot", option, "x"], "5")]
        monkeypatch.setattr(pabot, "_ancestors", lambda above=above: above)
        process = detect(tmp_path)
        assert process and process.total == total, option
