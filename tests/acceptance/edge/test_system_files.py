"""Firewall and log rotation, by the programs that read them."""

from __future__ import annotations

import getpass
import grp
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

CONFIG = Path(__file__).parents[3] / "config"
Program = Callable[[str], str]


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_the_firewall_is_understood_and_can_be_put_into_force_twice(program: Program) -> None:
    """In a network of its own, where it hurts nobody."""
    nft, unshare = program("nft"), program("unshare")
    rules = str(CONFIG / "nftables.conf")
    alone = [unshare, "--net"] if os.geteuid() == 0 else [unshare, "--net", "--map-root-user"]
    if run(*alone, "true").returncode:
        pytest.skip("networks of one's own are not permitted here")
    listed = run(*alone, "sh", "-ec", '"$0" -c -f "$1"; "$0" -f "$1"; "$0" -f "$1"; "$0" list ruleset', nft, rules)
    assert (listed.returncode, listed.stderr) == (0, "")
    assert listed.stdout.count("table inet livewall") == 1
    assert "policy drop" in listed.stdout
    for port in ("22", "{ 80, 443 }"):
        assert f"tcp dport {port} accept" in listed.stdout
    assert "8000" not in listed.stdout and "5432" not in listed.stdout


@pytest.mark.parametrize("what", ["livewall-deploy", "livewall-backup"])
def test_systemd_understands_what_it_starts_by_itself(program: Program, tmp_path: Path, what: str) -> None:
    """The program and its user are elsewhere here; all else is as it is installed."""
    for path in sorted((CONFIG / "systemd").glob(f"{what}.*")):
        text = path.read_text(encoding="utf-8").replace("User=livewall", "User=root")
        text = text.replace("/opt/livewall/current/config/deploy.sh", str(CONFIG / "deploy.sh"))
        text = text.replace("/opt/livewall/current/venv/bin/livewall", sys.executable)
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    verified = run(program("systemd-analyze"), "verify", "--man=no", *map(str, sorted(tmp_path.iterdir())))
    assert (verified.returncode, verified.stderr) == (0, "")


def test_the_log_of_deployments_is_rotated(program: Program, tmp_path: Path) -> None:
    logrotate = program("logrotate")
    text = (CONFIG / "logrotate").read_text(encoding="utf-8")
    assert "/opt/livewall/deploy.log" in text
    own = f"{getpass.getuser()} {grp.getgrgid(os.getegid()).gr_name}"
    text = text.replace("/opt/livewall/", f"{tmp_path}/").replace("livewall livewall", own)
    rules, log = tmp_path / "rules", tmp_path / "deploy.log"
    rules.write_text(text, encoding="utf-8")
    rules.chmod(0o644)
    tmp_path.chmod(0o755)
    log.write_text("one deployment\n", encoding="utf-8")
    checked = run(logrotate, "-d", str(rules))
    assert (checked.returncode, "error" in checked.stderr) == (0, False), checked.stderr
    state = str(tmp_path / "state")
    forced = run(logrotate, "-f", "-s", state, str(rules))
    assert forced.returncode == 0, forced.stderr
    assert (tmp_path / "deploy.log.1").read_text(encoding="utf-8") == "one deployment\n"
    assert log.read_text(encoding="utf-8") == ""
