"""The service's unit and the rights around it: understood by systemd and sudo, and shut tight."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.deployment import ROOT
from support.environment import quiet_environment

UNIT = ROOT / "config" / "systemd" / "livewall.service"
SUDOERS = ROOT / "config" / "sudoers.d" / "livewall"
MOST_EXPOSED = 3.0
"""Of systemd's measure from 0 to 10, where 3 is still "OK"."""


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    analyze = _program("systemd-analyze")
    text = UNIT.read_text(encoding="utf-8")
    (program,) = set(re.findall(r"^ExecStart=(\S+)", text, re.MULTILINE))
    installed = tmp_path / UNIT.name
    installed.write_text(text.replace(program, "/bin/true"), encoding="utf-8")  # it wants the program to be there
    assert _said(analyze, "verify", "--man=no", str(installed)) == ""
    installed.write_text(text.replace("Restart=always", "Restart=sometimes").replace(program, "/bin/true"))
    assert "sometimes" in _said(analyze, "verify", "--man=no", str(installed)), "it does look at the settings"


def test_it_is_shut_tight() -> None:
    said = _said(_program("systemd-analyze"), "security", "--offline=true", "--no-pager", "--json=short", str(UNIT))
    weights = {row["name"]: row for row in json.loads(said[said.index("[") :])}
    assert weights["NoNewPrivileges="]["set"] is True
    said = _said(_program("systemd-analyze"), "security", "--offline=true", "--no-pager", str(UNIT))
    found = re.search(r"exposure level for livewall\.service: ([\d.]+)", said)
    assert found, said
    assert float(found[1]) < MOST_EXPOSED


def test_it_starts_what_there_is() -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(re.sub(r"^#.*$", "", UNIT.read_text(encoding="utf-8"), flags=re.MULTILINE))
    service = unit["Service"]
    program, command = service["ExecStart"].split()
    assert program == "/opt/livewall/current/venv/bin/livewall", "where deploy.sh puts it"
    livewall = [sys.executable, "-m", "livewall_dashboard", command, "--help"]
    assert subprocess.run(livewall, env=quiet_environment(), capture_output=True, check=False).returncode == 0
    assert service["StateDirectory"] == "livewall"
    assert float(service["TimeoutStopSec"]) > 60, "an embedded Postgres may take that long to stop"
    assert service["ExecReload"].endswith("-HUP $MAINPID")


def test_sudo_understands_the_rights_and_they_are_few() -> None:
    visudo = shutil.which("visudo") or shutil.which("visudo", path="/usr/sbin")
    lines = [line for line in SUDOERS.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    rights = {line.partition("=")[0].split()[0]: line.partition("NOPASSWD: ")[2].split(", ") for line in lines}
    assert rights == {
        "livewall": [f"/usr/bin/systemctl {verb} livewall.service" for verb in ("restart", "reset-failed")],
        "jenkins": ["/opt/livewall/current/config/deploy.sh"],
    }
    if visudo is None:
        pytest.skip("sudo is not installed")
    said = subprocess.run([visudo, "-cf", str(SUDOERS)], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def _said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.stdout + done.stderr
