"""Which run a report is: its own, or the one that was shown while it was built; all of it is stored, or nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from livewall_dashboard.app import Dashboard
from livewall_dashboard.buildlogs import keep_report
from livewall_dashboard.buildlogs.working_folder import remove_left_over, working_folder
from support.build_reports import GOOD, packed, real, run_of, send
from support.walls import wall_on

pytestmark = pytest.mark.any_python

RUN = "build-5f1c0ffe"
SHOWN = {**GOOD, "run.txt": f"RUN: {RUN}\n".encode()}
START = "2023-11-14T22:13:20+00:00"


def get(client: FlaskClient, address: str) -> Any:
    response = client.get(address)
    assert response.status_code == 200, response.text
    return response.json


def show(client: FlaskClient, setup: str = "rack-7", process: str = "build") -> None:
    """A build tells that it began, and of a test that its report does not have."""
    info = {"setup": setup, "process": process, "started_at": START, "suite": "frob", "labels": {"farm": "basement"}}
    assert client.put(f"/api/v1/runs/{RUN}", json=info).status_code in {200, 201}
    suite = {"kind": "start_suite", "id": "s1", "name": "frob", "longname": "frob", "start_time": START, "total": 1, "test_count": 1}  # fmt: skip  # noqa: E501
    test = {"kind": "end_test", "id": "s1-t1", "name": "odd", "longname": "frob.odd", "status": "PASS", "message": "", "start_time": START, "elapsed_time": 1.0}  # fmt: skip  # noqa: E501
    events = {"process": process, "first_seq": 1, "events": [suite, test]}
    assert client.post(f"/api/v1/runs/{RUN}/events", json=events).status_code == 200


def test_build_that_was_shown_and_its_report_are_one_run(client: FlaskClient, app: Dashboard) -> None:
    show(client)
    assert app.core.wall.knows(RUN)
    assert run_of(send(client, packed(SHOWN))) == RUN
    (run,) = get(client, "/api/v1/runs")["runs"]
    assert (run["setup"], run["state"], run["verification"], run["status"]) == (
        "rack-7",
        "finished",
        "verified",
        "PASS",
    )
    assert run["labels"] == {"farm": "basement", "system": "Debian 12", "architecture": "x86_64"}
    assert [test["name"] for test in get(client, f"/api/v1/runs/{RUN}/tests")["tests"]] == ["one", "two"]
    assert get(client, f"/api/v1/reports/{RUN}")["setup"] == "rack-7"
    assert run_of(send(client, packed(SHOWN))) == RUN and len(get(client, "/api/v1/reports")["reports"]) == 1


def test_what_was_kept_of_a_build_and_comes_after_its_report_changes_nothing(client: FlaskClient) -> None:
    assert run_of(send(client, packed({**SHOWN, "run.txt": f"RUN: {RUN}\nSETUP: rack-7\n".encode()}))) == RUN
    info = {"setup": "rack-7", "process": "build", "started_at": START, "resent": True}
    answer = client.put(f"/api/v1/runs/{RUN}", json=info)
    assert answer.json["ack_upto"] > 1000  # all that it has is known
    assert get(client, f"/api/v1/runs/{RUN}")["counts"]["passed"] == 2
    assert len(get(client, "/api/v1/runs")["runs"]) == 1


BUILD = {"system": "jenkins", "url": "https://ci.example/job/frob/7/", "job": "frob", "number": "7"}
CI = b"SYSTEM: jenkins\nURL: https://ci.example/job/frob/7/\nJOB: frob\nNUMBER: 7\n"


@pytest.mark.parametrize(
    ("shown", "files"),
    [(BUILD, SHOWN), (None, {**GOOD, "ci-build.txt": CI}), (BUILD, {**SHOWN, "ci-build.txt": CI})],
    ids=["told while it was built", "told by the report", "told by both"],
)
def test_the_build_of_a_ci_server_is_kept(
    client: FlaskClient, shown: dict[str, str] | None, files: dict[str, bytes]
) -> None:
    if shown:
        info = {"setup": "rack-7", "process": "build", "started_at": START, "suite": "frob", "build": shown}
        assert client.put(f"/api/v1/runs/{RUN}", json=info).status_code == 200
    run = run_of(send(client, packed(files)))
    assert get(client, f"/api/v1/runs/{run}")["build"] == BUILD


def test_a_report_says_no_link_that_is_none(client: FlaskClient) -> None:
    run = run_of(send(client, packed({**GOOD, "ci-build.txt": b"URL: javascript:alert(1)\nJOB: frob\n"})))
    assert get(client, f"/api/v1/runs/{run}")["build"] == {"system": "", "url": "", "job": "frob", "number": ""}


def test_report_of_another_kind_of_run_is_refused(client: FlaskClient) -> None:
    show(client, process="0")
    response = send(client, packed(SHOWN))
    assert response.status_code == 409 and response.text.startswith(f"livewall: NOT stored: Run {RUN} was reported")
    assert [test["name"] for test in get(client, f"/api/v1/runs/{RUN}/tests")["tests"]] == ["odd"]


@pytest.mark.parametrize("key", [b"smoke-1", b"build-../x", b"build-" + b"5" * 200, b""])
def test_report_that_names_no_run_of_a_build_has_its_own(key: bytes, client: FlaskClient) -> None:
    run = run_of(send(client, packed({**GOOD, "run.txt": b"RUN: " + key})))
    assert run.startswith("report-") and get(client, f"/api/v1/runs/{run}")["setup"] == "porter1"


def test_same_tarball_of_two_setups_is_a_run_of_each(client: FlaskClient) -> None:
    show(client)
    runs = {
        setup: run_of(send(client, packed(SHOWN), f"/upload?setup={setup}" if setup else "/upload"))
        for setup in ("rack-8", "", "rack-9", "rack-7")
    }
    assert len(set(runs.values())) == 3 and runs[""] == runs["rack-7"] == RUN
    assert {run: get(client, f"/api/v1/reports/{run}")["setup"] for run in runs.values()} == {
        runs["rack-8"]: "rack-8", RUN: "rack-7", runs["rack-9"]: "rack-9",
    }  # fmt: skip
    assert runs["rack-8"] == run_of(send(client, packed(SHOWN), "/upload?setup=rack-8"))


def test_token_of_one_setup_never_gets_anothers_run(make_app: Callable[..., Dashboard]) -> None:
    app = make_app(require_tokens=True)
    client = app.flask.test_client()
    tokens = {name: app.core.tokens.create(name, "upload", setups=setups) for name, setups in
              (("one", ["rack-1"]), ("two", ["rack-2"]), ("both", ["rack-2", "rack-3"]))}  # fmt: skip
    shown = {name: {"Authorization": f"Bearer {token}"} for name, token in tokens.items()}
    first, second = (run_of(send(client, real("good"), headers=shown[name])) for name in ("one", "two"))
    assert first != second
    strange = send(client, real("good"), "/upload?setup=rack-1", headers=shown["both"])
    assert strange.status_code == 403 and first not in strange.text.split(":")[1]
    assert run_of(send(client, real("good"), "/upload?setup=rack-2", headers=shown["both"])) == second


def test_run_and_report_are_stored_together_or_not_at_all(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("no room for it")

    monkeypatch.setattr(keep_report, "add_report", fail)
    assert "NOT stored" in send(client, real("good")).text
    assert get(client, "/api/v1/runs")["runs"] == [] == get(client, "/api/v1/reports")["reports"]
    monkeypatch.undo()
    assert run_of(send(client, real("good")))


def test_folder_in_use_outlives_a_start_of_the_wall(tmp_path: Path) -> None:
    """Another process reads a report there; what a killed one left goes."""
    code = (
        "import sys; from pathlib import Path\n"
        "from livewall_dashboard.buildlogs.working_folder import working_folder\n"
        "with working_folder(Path(sys.argv[1])) as folder:\n"
        "    print(folder, flush=True); sys.stdin.read()\n"
    )
    reader = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    with reader:
        assert reader.stdout is not None
        used = Path(reader.stdout.readline().strip())
        with working_folder(tmp_path) as own:
            remove_left_over(tmp_path)
            assert used.exists() and own.exists()
        assert not own.exists()
        reader.kill()
        reader.wait()
    assert used.exists()
    remove_left_over(tmp_path)
    assert not used.exists()


def test_wall_with_the_least_rights_replaces_a_report(writer_url: str, tmp_path: Path) -> None:
    dashboard = wall_on(writer_url, data=tmp_path)
    dashboard.start()
    try:
        client = dashboard.flask.test_client()
        assert run_of(send(client, packed(SHOWN))) == RUN
        assert run_of(send(client, packed({**SHOWN, "status": b"make failed\n"}))) == RUN
        assert get(client, f"/api/v1/reports/{RUN}")["status"] == "make failed"
    finally:
        dashboard.stop()
