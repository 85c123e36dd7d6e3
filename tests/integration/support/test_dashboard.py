"""A dashboard of tests hurts nobody else."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from support.dashboard import Dashboard, Mode
from support.preloaded import PreloadedProcess, has_pidfd, preloader


def test_its_group_is_killed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fixtures kill what a test may have killed, and by then another process may have that number."""
    killed: list[int] = []
    killpg = os.killpg

    def kill(group: int, number: int) -> None:
        killed.append(group)
        killpg(group, number)

    monkeypatch.setattr(os, "killpg", kill)
    dashboard = Dashboard(database_url=None, log_path=tmp_path / "log")
    dashboard.process = subprocess.Popen(["sleep", "600"], start_new_session=True)
    for _ in range(2):
        dashboard.kill()
    assert killed == [dashboard.pid]


def facts_of(pid: int) -> dict[str, object]:
    """What a process has of those who started it."""
    process = psutil.Process(pid)
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return {
        "signals": [line for line in status if line.startswith(("SigBlk", "SigIgn", "SigCgt"))],
        "folder": process.cwd(),
        "niceness": process.nice(),
        "most files": process.rlimit(psutil.RLIMIT_NOFILE),
        "files": [Path(f"/proc/{pid}/fd/{number}").readlink().name.replace("-1", "-0") for number in range(3)],
        "leads its session": os.getsid(pid) == pid,
    }


def pipes_of(pid: int) -> set[str]:
    """Those that stay: what a wall opens for a moment is gone by the time one looks at it."""
    found = set()
    for each in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            found.add(str(each.readlink()))
    return {name for name in found if name.startswith("pipe:")}


def waits_for_anything(pid: int) -> bool:
    """Whether one of its epolls has a descriptor, which may be another process's. For one that opens nothing."""
    return any("tfd:" in each.read_text(encoding="utf-8") for each in Path(f"/proc/{pid}/fdinfo").iterdir())


@pytest.mark.skipif(not has_pidfd(), reason="walls are begun by their command here")
@pytest.mark.parametrize("mode", ["eventlet", "threading", "gunicorn"])
def test_one_that_was_preloaded_is_like_one_by_its_command(
    make_dashboard: Callable[..., Dashboard], monkeypatch: pytest.MonkeyPatch, mode: Mode
) -> None:
    found = []
    for kind in (PreloadedProcess, subprocess.Popen):
        wall = make_dashboard(mode=mode).start()
        assert isinstance(wall.process, kind)
        found.append(facts_of(wall.pid))
        assert not pipes_of(wall.pid) & pipes_of(preloader(mode).pid)
        assert not waits_for_anything(preloader(mode).pid), "it hears of sockets that are its walls'"
        wall.stop()
        monkeypatch.setattr("support.dashboard.can_be_preloaded", lambda _: False)
    assert found[0] == found[1]


def test_the_end_of_a_preloaded_one_is_told_as_of_any_process(make_dashboard: Callable[..., Dashboard]) -> None:
    killed, refused = (make_dashboard(mode="eventlet", extra_args=extra) for extra in ([], ["--no-such-option"]))
    for wall in (killed.start(), refused.start(wait=False)):
        assert isinstance(wall.process, PreloadedProcess) == has_pidfd()
    with pytest.raises(subprocess.TimeoutExpired):
        killed.process.wait(0.05)
    killed.kill()
    assert (killed.process.returncode, refused.process.wait(60)) == (-signal.SIGKILL, 2)
    assert "No such option" in refused.log
