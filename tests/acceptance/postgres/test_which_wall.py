"""Commands find the wall of their user that runs, whatever it was started with and from wherever they are called."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from support.dashboard import Dashboard
from support.environment import quiet_environment


class Desk:
    """Where somebody types commands who has these walls and no others."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "desk"
        self.folder.mkdir()
        (folder / "run").mkdir(mode=0o700)
        self.env = {**quiet_environment(), "HOME": str(self.folder), "XDG_RUNTIME_DIR": str(folder / "run")}

    def livewall(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "livewall_dashboard", *words]
        return subprocess.run(
            command, cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip


def test_the_wall_that_runs_is_the_one_that_is_meant(
    make_dashboard: Callable[..., Dashboard], database_url: str, tmp_path: Path
) -> None:
    desk = Desk(tmp_path)
    runtime = {"XDG_RUNTIME_DIR": desk.env["XDG_RUNTIME_DIR"]}
    named = make_dashboard(env=runtime, preloaded=False).start()
    made = desk.livewall("token", "create", "--scope", "read", "by the option")
    assert (made.returncode, made.stdout[:3]) == (0, "lw_"), made
    assert "is well" in desk.livewall("probe").stdout
    named.stop()

    secret = make_dashboard(env={**runtime, "LIVEWALL_DATABASE_URL": database_url}, preloaded=False).start()
    assert "by the option\tread" in desk.livewall("token", "list").stdout
    assert secret.running
    own = make_dashboard(database_url=None, data=tmp_path / "own", env=runtime, preloaded=False).start()
    several = desk.livewall("token", "list")
    assert (several.returncode, "2 walls of yours run" in several.stderr) == (2, True)
    assert "by the option" not in desk.livewall("token", "list", "--data", str(own.data)).stdout
    secret.kill()
    assert desk.livewall("token", "create", "--scope", "ingest", "nodes").returncode == 0
    assert desk.livewall("token", "list").stdout.startswith("nodes\tingest\t")
    own.stop()

    none = desk.livewall("token", "list")
    assert (none.returncode, none.stdout) == (2, "")
    assert none.stderr.startswith("livewall: Which wall? None of yours runs here. ")
    assert list(desk.folder.iterdir()) == []
