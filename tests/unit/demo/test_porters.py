"""The demo's package is built for real, and fails where it is said to."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from livewall_agent.build_report.make_report import make_report
from livewall_agent.build_report.options import BuildOptions
from livewall_agent.build_report.source import Source
from livewall_dashboard.buildlogs.one_line import summary
from livewall_dashboard.demo import porters
from livewall_listener.notices import Notices
from support.build_reports import read

pytestmark = [pytest.mark.any_python, pytest.mark.skipif(not porters.possible(), reason="needs make")]

NO_TIMERFD = "make failed: clock.c:88: error: 'TFD_CLOEXEC' undeclared (first use in this function)"


@pytest.mark.parametrize(
    ("setup", "release", "said"),
    [
        ("porter-freebsd", "beacon-1.4", "ok: 5 tests, 4 passed, 1 failed as expected"),
        ("porter-freebsd", "beacon-1.5", "make-check failed: FAIL: tests/leap-second.sh"),
        ("porter-netbsd", "beacon-1.4", "ok: 5 tests, 4 passed, 1 failed as expected"),
        ("porter-netbsd", "beacon-1.5", NO_TIMERFD),
    ],
)
def test_each_release_on_each_system(
    setup: str, release: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (system,) = [system for system in porters.SYSTEMS if system.setup == setup]
    programs = porters.write_programs(system, tmp_path / "bin")
    (programs / "sleep").symlink_to(shutil.which("true") or "/bin/true")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    source = porters.write_package(release, system, tmp_path / "sources")
    path = os.pathsep.join((str(programs), os.environ["PATH"]))
    built = make_report(Source.of(str(source)), BuildOptions(), None, {"PATH": path}, Notices(print))
    (tmp_path / "read").mkdir()
    report = read(built.tarball.read_bytes(), tmp_path / "read")
    assert summary(report) == said
    assert report.project == "beacon" and report.system.name.startswith(system.uname["s"])
    assert report.system.architecture == system.uname["m"] and report.answers["ac_cv_strerror_r"] == "yes"
    assert len(report.diagnostics) >= 1, "a warning at least"
