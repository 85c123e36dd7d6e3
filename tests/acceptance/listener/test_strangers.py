"""Nodes with several users: what others own is not trusted, what may not be entered costs no run."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from livewall_listener.spool_file import SpoolFile
from livewall_listener.spool_format import Header
from livewall_listener.uploads import Job
from support.robot import Run, run_robot
from support.wall import RecordingWall

SUITES = Path(__file__).parents[1] / "suites"
STRANGER = 54321
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can make what another user made")


def run(wall: RecordingWall, tmp_path: Path, **env: str) -> Run:
    """Without a folder of spools given by the tests."""
    names = {"LIVEWALL_SPOOL": "", "HOME": "", "XDG_STATE_HOME": "", **env}
    return run_robot(SUITES / "empty", "--runemptysuite", cwd=tmp_path, url=wall.url, env=names)


def of_stranger(path: Path) -> None:
    for part in [path, *path.rglob("*")]:
        os.chown(part, STRANGER, STRANGER, follow_symlinks=False)


def test_what_another_user_laid_out_for_us(wall: RecordingWall, tmp_path: Path) -> None:
    """Jobs that upload a secret, runs that never were, links in the place of locks: none of it is touched."""
    shared, secret = tmp_path / "shared", tmp_path / "secret"
    shared.mkdir()
    shared.chmod(0o1777)
    secret.write_text("root's own", encoding="utf-8")
    trap = shared / f"livewall-spool-{os.geteuid()}"
    trap.mkdir()
    job = Job.of(secret, url=wall.url, run_id="r", process="0", name="log.html")
    (trap / "a.upload").write_text(json.dumps(asdict(job)), encoding="utf-8")
    SpoolFile.create(Header(wall.url, "forged", {"process": "0"}), trap / "b.spool", limit=10**6).close(delete=False)
    (trap / "b.spool.lock").symlink_to(tmp_path / "made through a link")
    of_stranger(trap)
    done = run(wall, tmp_path, TMPDIR=str(shared))
    assert wall.process(done.run_id).kinds()[-1] == "end_process" and list(wall.runs) == [done.run_id]
    assert wall.artifacts == {} and not (tmp_path / "made through a link").exists()
    assert "livewall" not in done.console
    (ours,) = shared.glob("livewall-spool-*-*")
    assert list(ours.iterdir()) == []


@pytest.mark.parametrize("variable", ["LIVEWALL_SPOOL", "XDG_STATE_HOME", "HOME"])
def test_a_folder_that_may_not_be_entered(wall: RecordingWall, tmp_path: Path, variable: str) -> None:
    """As after `sudo -E`: the environment names the folder of another user. A given one is said not to be used."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("setpriv is needed to do without root's right to enter all folders (package util-linux)")
    closed = tmp_path / "closed"
    (closed / "inside").mkdir(parents=True)
    of_stranger(closed)
    closed.chmod(0o700)
    python = tmp_path / "python"
    capabilities = "-dac_override,-dac_read_search"
    python.write_text(
        f'#!/bin/sh\nexec {setpriv} --inh-caps {capabilities} --bounding-set {capabilities} {sys.executable} "$@"\n',
        encoding="utf-8",
    )
    python.chmod(0o755)
    (tmp_path / "tmp").mkdir()
    env = {"LIVEWALL_SPOOL": "", "HOME": "", "TMPDIR": str(tmp_path / "tmp"), variable: str(closed / "inside" / "x")}
    done = run_robot(SUITES / "empty", "--runemptysuite", cwd=tmp_path, url=wall.url, env=env, robot=str(python))
    assert wall.process(done.run_id).kinds()[-1] == "end_process", done.console
    said = [line for line in done.console.splitlines() if "livewall" in line]
    if variable == "LIVEWALL_SPOOL":
        assert len(said) == 1 and "Set LIVEWALL_SPOOL to a folder of this user alone" in said[0], said
    else:
        assert said == []
        assert [path.name for path in (tmp_path / "tmp").iterdir()] == [f"livewall-spool-{os.geteuid()}"]
