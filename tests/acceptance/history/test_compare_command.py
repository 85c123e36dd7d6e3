"""`livewall compare` as a CI job calls it."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

from support.dashboard import Dashboard
from support.environment import quiet_environment
from support.reporter import BEGAN, Reporter, T


def test_the_exit_code_says_whether_something_is_worse(shared_dashboard: Dashboard, tmp_path: Path) -> None:
    def livewall(*arguments: str) -> subprocess.CompletedProcess[str]:
        env = {**quiet_environment(), "LIVEWALL_URL": shared_dashboard.url}
        command = [sys.executable, "-m", "livewall_dashboard", "compare", *arguments]
        done = subprocess.run(command, env=env, cwd=tmp_path, text=True, capture_output=True, timeout=60, check=False)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    reporter = Reporter(shared_dashboard.request)
    about = {"setup": "vm-gate", "suite": "Gate", "last_in_pool": True}
    good = reporter.run([T("One"), T("Two", "FAIL")], **about)
    bad = reporter.run([T("One", "FAIL", "HTTP 500"), T("Two")], clock=BEGAN + timedelta(days=1), **about)

    done = livewall(bad, "--junit", "results/compared.xml", "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert (told["left"]["id"], told["right"]["id"], told["next"]) == (good, bad, None)
    assert {test["longname"]: test["kind"] for test in told["tests"]} == {
        "Gate.One": "new_failures",
        "Gate.Two": "fixed",
    }
    suite = ET.parse(tmp_path / "results" / "compared.xml").find("testsuite")
    assert suite is not None and (suite.get("tests"), suite.get("failures")) == ("3", "1")

    done = livewall(bad, good, "--markdown", "--fail-on", "slower")
    assert done.returncode == 0 and "**New failures (1)**" in done.stdout
    done = livewall(good, "nobody")
    assert (done.returncode, done.stderr) == (2, "livewall: There is no run 'nobody'.\n")
