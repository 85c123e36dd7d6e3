"""Result files reach the wall: whole, compressed, resumed; or they wait for another time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from support.robot import Run, run_pabot, run_robot
from support.wall import RESET, Answer, RecordingWall, Request

SUITES = Path(__file__).parents[1] / "suites"
ALL = {"LIVEWALL_ARTIFACTS": "all", "LIVEWALL_TIMEOUT": "120"}
QUICK = ("--variable", "PAUSE:1ms")


def files(run: Run) -> dict[str, bytes]:
    return {name: (run.output.parent / name).read_bytes() for name in ("output.xml", "log.html", "report.html")}


def command(run: Run, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "livewall_listener", *args],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=run.output.parent,
    )


@pytest.mark.both_deliveries
def test_what_was_asked_for_arrives_as_it_is(wall: RecordingWall, tmp_path: Path, robot: str | None) -> None:
    listener = f"livewall_listener.Listener:{wall.url}:artifacts=log,output"
    env = {"LIVEWALL_TIMEOUT": "120"}
    run = run_robot(SUITES / "slow", *QUICK, cwd=tmp_path, listener=listener, robot=robot, env=env)
    assert "livewall" not in run.console
    made = files(run)
    stored = {name: artifact.content for (_, name), artifact in wall.artifacts.items()}
    assert stored == {name: made[name] for name in ("output.xml", "log.html")}
    assert {run_id for run_id, _ in wall.artifacts} == {run.run_id}
    assert list(run.spool.iterdir()) == []


def test_nothing_is_uploaded_unasked(wall: RecordingWall, tmp_path: Path) -> None:
    run_robot(SUITES / "slow", *QUICK, cwd=tmp_path, url=wall.url)
    assert wall.artifacts == {}


def test_a_line_that_breaks_is_taken_up_again(wall: RecordingWall, tmp_path: Path) -> None:
    left = [3]

    def after(request: Request) -> Answer | None:
        if "/artifacts/" in request.path and left[0]:
            left[0] -= 1
            return RESET
        return None

    wall.after = after
    run = run_robot(SUITES / "slow", *QUICK, cwd=tmp_path, url=wall.url, env=ALL)
    assert {name: artifact.content for (_, name), artifact in wall.artifacts.items()} == files(run)


def test_files_that_could_not_be_sent_are_sent_by_resend(tmp_path: Path) -> None:
    with RecordingWall() as wall:
        wall.before = lambda r: Answer(503) if "/artifacts/" in r.path else None
        run = run_robot(SUITES / "slow", *QUICK, cwd=tmp_path, url=wall.url, env=ALL)
        port = wall.port
    assert "3 files to upload are kept in" in run.console
    assert len(list(run.spool.glob("*.upload"))) == 3
    (run.output.parent / "report.html").write_text("of another run", encoding="utf-8")
    with RecordingWall(port) as wall:
        done = command(run, "resend", "--spool", str(run.spool))
        made = files(run)
        stored = {name: artifact.content for (_, name), artifact in wall.artifacts.items()}
        assert stored == {name: made[name] for name in ("output.xml", "log.html")}
    assert "dropped: report.html of run" in done.stdout and "belongs to another run" in done.stdout
    assert "2 delivered, 0 kept" in done.stdout and done.returncode == 0
    assert list(run.spool.iterdir()) == []


def test_under_pabot_each_process_has_its_own_and_the_merged_ones_follow(wall: RecordingWall, tmp_path: Path) -> None:
    args = (*QUICK, "--suite", "b", "--suite", "c")
    run = run_pabot(SUITES / "slow", *args, cwd=tmp_path, url=wall.url, env=ALL, run_id="nightly")
    names = {name for _, name in wall.artifacts}
    assert names == {f"output-{process}.xml" for process in wall.runs["nightly"]}
    done = command(run, "upload", "--url", wall.url, "--run", "nightly", "output.xml", "log.html")
    assert done.returncode == 0, done.stderr
    assert wall.artifacts["nightly", "log.html"].content == files(run)["log.html"]


def test_upload_says_what_is_wrong(wall: RecordingWall, tmp_path: Path) -> None:
    run = run_robot(SUITES / "empty", "--runemptysuite", cwd=tmp_path, url=wall.url)
    assert command(run, "upload", "--run", "r", "log.html").returncode == 2
    missing = command(run, "upload", "--url", wall.url, "--run", "r", "no.html")
    assert missing.returncode == 1 and "no.html" in missing.stderr and "Traceback" not in missing.stderr
