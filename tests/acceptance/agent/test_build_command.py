"""`livewall build`, as porters and build machines use it: live on the wall, and one run with its report at the end."""

from __future__ import annotations

import signal
import subprocess
import sys
import uuid
from collections.abc import Callable
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from support.dashboard import Dashboard
from support.environment import quiet_environment
from support.packages import source_folder, tarball_of
from support.waiting import wait_for

Build = Callable[..., "subprocess.Popen[str]"]
NOBODY = "http://127.0.0.1:9"
WITHIN = 120.0
"""Seconds: a build asks two dozen programs for their versions before it begins."""


@pytest.fixture
def setup() -> str:
    return f"porter-{uuid.uuid4().hex[:8]}"


@pytest.fixture
def environment(setup: str, tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "tmp"
    folder.mkdir()
    about = {"TMPDIR": str(folder), "LIVEWALL_SPOOL": str(tmp_path / "spool"), "LIVEWALL_SETUP": setup}
    return {**quiet_environment(), **about}


@pytest.fixture
def start_build(environment: dict[str, str], tmp_path: Path) -> Build:
    def start(*words: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "livewall_dashboard", "build", *map(str, words)]
        return subprocess.Popen(
            command, env=environment, cwd=tmp_path, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    return start


@pytest.fixture
def build(start_build: Build) -> Callable[..., tuple[int, str, str]]:
    def call(*words: object) -> tuple[int, str, str]:
        with start_build(*words) as process:
            out, err = process.communicate(timeout=120)
            return process.returncode, out, err

    return call


def told(out: str, name: str) -> str:
    (line,) = [line for line in out.splitlines() if line.startswith(f"{name} = ")]
    return line.partition(" = ")[2]


def runs_of(dashboard: Dashboard, setup: str) -> list[dict[str, Any]]:
    runs: list[dict[str, Any]] = dashboard.get(f"/api/v1/runs?setup={setup}")["runs"]
    return runs


def test_build_is_seen_while_it_runs_and_is_one_run_with_its_report(
    start_build: Build, shared_dashboard: Dashboard, setup: str, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    make = f"@echo compiling x.c; while [ ! -e {go} ]; do sleep 0.1; done"
    source = tarball_of(source_folder(tmp_path, make=make), ".tgz")
    with start_build("-r", f"{shared_dashboard.url}/upload", "-m", "-k", "-e", "A=b c", source) as process:

        def seen() -> bool:
            tile = shared_dashboard.tile(setup)
            step = tile["suite"]["name"], tile["test"]["name"], tile["keyword"]["path"]
            return step == ("make", "make -k", ["compiling x.c"])

        wait_for(seen, WITHIN, what="the step and its last line on the wall")
        (live,) = runs_of(shared_dashboard, setup)
        assert (live["state"], live["name"], live["commit"]) == ("running", "frob", "1.2")
        go.touch()
        out, err = process.communicate(timeout=120)
    assert (process.returncode, told(out, "status")) == (0, "ok"), out + err
    assert told(out, "run") == f"{shared_dashboard.url}/runs/{live['id']}"
    assert f"livewall: {told(out, 'run')}: ok: 2 tests, 1 passed, 1 failed as expected\n" in out
    (run,) = runs_of(shared_dashboard, setup)
    assert (run["id"], run["state"], run["status"]) == (live["id"], "finished", "PASS")
    assert run["counts"] == {"total": 2, "passed": 1, "failed": 0, "skipped": 0, "expected_failures": 1}
    report = shared_dashboard.get(f"/api/v1/reports/{live['id']}")
    assert [(step["name"], step["status"]) for step in report["steps"]] == [
        ("configure", "ok"), ("make", "ok"), ("make-check", "ok"),
    ]  # fmt: skip
    assert run["started_at"] == report["started_at"]
    wait_for(lambda: shared_dashboard.tile(setup)["state"] == "idle", what="the end on the wall")


def test_build_that_fails_says_of_what_and_exits_with_1(
    build: Callable[..., tuple[int, str, str]],
    environment: dict[str, str],
    shared_dashboard: Dashboard,
    setup: str,
    tmp_path: Path,
) -> None:
    environment |= {"BUILD_URL": "https://ci.example/job/frob/7/", "JOB_NAME": "frob", "BUILD_NUMBER": "7"}
    source = source_folder(tmp_path, make="@echo 'x.c:3: error: no'; exit 1")
    code, out, err = build("-r", shared_dashboard.url, source)
    assert (code, told(out, "status")) == (1, "make failed"), out + err
    assert f"livewall: {told(out, 'run')}: make failed: x.c:3: error: no\n" in out
    (run,) = runs_of(shared_dashboard, setup)
    assert (run["status"], run["counts"]["failed"]) == ("FAIL", 1)
    assert (run["build"]["url"], run["build"]["number"]) == ("https://ci.example/job/frob/7/", "7")


def test_wall_that_is_away_gets_all_of_it_later(
    build: Callable[..., tuple[int, str, str]],
    environment: dict[str, str],
    shared_dashboard: Dashboard,
    setup: str,
    tmp_path: Path,
) -> None:
    code, out, err = build("-r", NOBODY, tarball_of(source_folder(tmp_path)))
    assert (code, told(out, "status")) == (0, "ok")
    assert "the report was not taken" in err and "python -m livewall_listener resend` delivers it" in err
    command = [sys.executable, "-m", "livewall_listener", "resend", "--url", shared_dashboard.url]
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and "delivered: frob-1.2.pretest-build-report.tar.bz2" in done.stdout, done.stderr
    (run,) = runs_of(shared_dashboard, setup)
    assert run["id"] == told(out, "run").rpartition("/")[2] and run["counts"]["total"] == 2
    assert shared_dashboard.get(f"/api/v1/reports/{run['id']}")["setup"] == setup
    assert not [path for path in (tmp_path / "spool").iterdir() if path.suffix in {".spool", ".report"}]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["none.tar.gz"], "livewall: none.tar.gz is not there\n"),
        (["-b", "next", "."], "livewall: -b next is for a git source"),
        (["-e", "A", "."], "livewall: -e 'A' is not NAME=VALUE\n"),
        (["-r", "http://", "."], "is no URL to upload to, such as http://wall:8000/upload\n"),
    ],
)
def test_build_that_cannot_begin_exits_with_2(
    words: list[str], said: str, build: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    code, out, err = build(*words)
    assert code == 2 and said in err and "Traceback" not in err and out == ""
    assert list((tmp_path / "tmp").iterdir()) == []


def test_interrupted_build_ends_on_the_wall_and_has_no_report(
    start_build: Build, shared_dashboard: Dashboard, setup: str, tmp_path: Path
) -> None:
    source = source_folder(tmp_path, make="@echo compiling; sleep 600")
    with start_build("-r", shared_dashboard.url, source) as process:
        wait_for(lambda: shared_dashboard.tile(setup)["suite"]["name"] == "make", WITHIN, "the step on the wall")
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=120)
    assert process.returncode == 130 and "interrupted; there is no report" in err
    (run,) = runs_of(shared_dashboard, setup)
    assert (run["state"], run["status"]) == ("finished", "FAIL")
    (test,) = shared_dashboard.get(f"/api/v1/runs/{run['id']}/tests")["tests"]
    assert test["name"] == "make" and test["message"].endswith("interrupted")


class _Pretest(BaseHTTPRequestHandler):
    """A server that is no wall, and takes reports as pretest's does."""

    bodies: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.bodies.append((self.headers["Content-Type"], body))
        self._answer(200, b"thanks\n")

    def do_GET(self) -> None:
        self._answer(404, b"")

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def test_pretests_own_server_gets_one_file_in_a_form(
    build: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    handler = type("Pretest", (_Pretest,), {"bodies": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            code, out, err = build("-r", f"http://127.0.0.1:{server.server_port}/upload", source_folder(tmp_path))
        finally:
            server.shutdown()
    assert (code, "thanks\n" in out) == (0, True) and "is no livewall: the build is not shown there" in err
    ((content_type, body),) = handler.bodies  # type: ignore[attr-defined]
    form = message_from_bytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    (part,) = form.get_payload()
    assert part.get_param("name", header="Content-Disposition") == "a"  # type: ignore[union-attr]
    assert part.get_filename() == "frob-1.2.pretest-build-report.tar.bz2"  # type: ignore[union-attr]
    assert part.get_payload(decode=True) == Path(told(out, "logtar")).read_bytes()  # type: ignore[union-attr]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_full_disk_is_one_line(build: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    configure = "#!/bin/sh\nln -sf /dev/full ../logs/make.log\n"
    source = source_folder(tmp_path, make="@echo compiling", configure=configure)
    code, _, err = build(source)
    assert (code, err.count("\n")) == (2, 1) and err.startswith("livewall: the build could not go on: ")
    assert "No space left" in err
