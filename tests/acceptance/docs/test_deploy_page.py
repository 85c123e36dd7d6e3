"""docs/deploy.md can be followed literally: every program, file, option and unit named is there and fits the others."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import ask
from livewall_dashboard.base.settings import DEFAULT_PORT
from livewall_schedule import command, entries
from support.pages import DEPLOY, ROOT, heredocs, shell_lines, without_user

CONFIG = ROOT / "config"
COMMANDS = [without_user(words) for words in shell_lines(DEPLOY) if words]
TEXT = DEPLOY.read_text(encoding="utf-8")

OF_DEBIAN = {
    "apt", "cat", "cd", "chmod", "createdb", "createuser", "echo", "git", "install", "ln", "printf", "rm", "runuser",
    "scp", "sed", "set", ".", "systemctl", "useradd",
}  # fmt: skip
"""Programs of every Debian, or of the shell."""
BROUGHT_BY = {
    "curl": "curl",
    "logrotate": "logrotate",
    "nft": "nftables",
    "nginx": "nginx-light",
    "openssl": "openssl",
    "psql": "postgresql",
    "update-ca-certificates": "ca-certificates",
    "visudo": "sudo",
}
"""Programs that come with a package, and which."""
OURS = {"livewall", "livewall-robot", "livewall-schedule", "livewall-env"}
UNITS_OF_DEBIAN = {"nginx", "nftables.service"}


def deploy_script() -> str:
    """deploy.sh with its parts."""
    parts = [CONFIG / "deploy.sh", *sorted((CONFIG / "deploy").glob("*.sh"))]
    return "".join(path.read_text(encoding="utf-8") for path in parts)


def test_every_program_is_there_before_it_is_called() -> None:
    there = set(OF_DEBIAN)
    for words in COMMANDS:
        name = words[0].rpartition("/")[2]
        if words[:2] == ["apt", "install"]:
            packages = {word for word in words[2:] if not word.startswith("-")}
            there |= {program for program, package in BROUGHT_BY.items() if package in packages}
            there |= {"createuser", "createdb"} if "postgresql" in packages else set()
        elif words[0].startswith("config/"):
            assert (ROOT / words[0]).stat().st_mode & 0o111, f"{words[0]} is a program"
            there |= OURS
        else:
            assert name in there, f"nothing above brings {' '.join(words)}"


def test_every_package_is_debians() -> None:
    policy = shutil.which("apt-cache")
    if policy is None:
        pytest.skip("apt-cache is not installed: this is no Debian")
    packages = {
        word for words in COMMANDS if words[:2] == ["apt", "install"] for word in words[2:] if not word.startswith("-")
    }
    known = subprocess.run([policy, "pkgnames"], capture_output=True, text=True, check=True, timeout=60).stdout.split()
    if "nginx-light" not in known:
        pytest.skip("apt knows no packages here: apt-get update")
    assert packages <= set(known)


def test_every_file_it_takes_is_there() -> None:
    named = {word for words in COMMANDS for word in words if word.startswith(("config/", "docs/"))}
    assert len(named) >= 10
    assert {word for word in named if not (ROOT / word).exists()} == set()
    linked = set(re.findall(r"\]\((\.\./config/[^)]+)\)", TEXT))
    assert {link for link in linked if not (DEPLOY.parent / link).exists()} == set()


@pytest.mark.parametrize("script", ["config/deploy.sh", "config/node/install.sh"])
def test_every_option_of_a_script_is_in_its_help(script: str) -> None:
    shown = subprocess.run(
        [str(ROOT / script), "--help"], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    calls = [words[1:] for words in COMMANDS if words[0] == script]
    assert calls
    for words in calls:
        for word in words:
            if word.startswith("--"):
                assert f" {word} " in shown, f"{script} {word}"
        if words and not words[0].startswith("-"):
            assert re.search(rf"\b{re.escape(words[0])}\b", shown), f"{script} {words[0]}"
    spoken_of = set(re.findall(rf"`{script} (?:--help` has )?`?(--[a-z-]+)", TEXT)) - {"--help"}
    assert {option for option in spoken_of if option not in shown} == set()


def test_the_nodes_commands_are_understood(tmp_path: Path) -> None:
    calls = [words[1:] for words in COMMANDS if words[0] == "livewall-schedule"]
    assert ["run", "smoke"] in calls and ["install"] in calls
    for words in calls:
        command._parser().parse_args(words)
    (smoke,) = entries.parse(heredocs(DEPLOY)[0])
    assert all(Path(path.replace("/srv/livewall", str(ROOT))).exists() for path in smoke.suites)


def test_every_unit_is_there() -> None:
    units = {word for words in COMMANDS if words[0] == "systemctl" for word in words[2:] if not word.startswith("-")}
    assert units >= {"livewall.service", "livewall-deploy.timer"}
    own = {path.name for path in (CONFIG / "systemd").iterdir()}
    assert {unit for unit in units if unit not in own | UNITS_OF_DEBIAN and "livewall-suites-" not in unit} == set()


def test_the_service_reads_the_settings_that_the_page_installs() -> None:
    unit = (CONFIG / "systemd" / "livewall.service").read_text(encoding="utf-8")
    installed = [words[-1] for words in COMMANDS if words[0] == "install" and "config/livewall.env" in words]
    assert installed == ["/etc/livewall/livewall.env"]
    assert re.search(rf"^EnvironmentFile=-?{installed[0]}$", unit, re.MULTILINE)
    assert re.search(r"^User=livewall$", unit, re.MULTILINE)
    assert re.search(r"^ExecStart=/opt/livewall/current/venv/bin/livewall ", unit, re.MULTILINE)


def test_the_deployer_may_restart_the_service() -> None:
    """What deploy.sh calls by sudo, and the rule that the page installs."""
    rules = CONFIG / "sudoers.d" / "livewall"
    assert any(words[0] == "install" and "440" in words and str(rules.relative_to(ROOT)) in words for words in COMMANDS)
    (own,) = re.findall(r"^livewall ALL=\(root\) NOPASSWD: (.*)$", rules.read_text(encoding="utf-8"), re.MULTILINE)
    allowed = {command.removeprefix("/usr/bin/") for command in own.split(", ")}
    script = deploy_script()
    assert "systemctl restart livewall.service" in allowed
    assert all(command in script for command in allowed)


def test_nginx_and_the_dashboard_mean_the_same_port_and_trust() -> None:
    site = (CONFIG / "nginx.conf").read_text(encoding="utf-8")
    assert f"server 127.0.0.1:{DEFAULT_PORT} " in site
    assert "LIVEWALL_TRUSTED_PROXIES=127.0.0.1\n" in (CONFIG / "livewall.env").read_text(encoding="utf-8")
    for path in ("/etc/ssl/certs/livewall.pem", "/etc/ssl/private/livewall.key"):
        assert path in site and path in TEXT


def test_what_should_be_seen_is_what_is_said() -> None:
    said = (
        "answers, and takes what this node sends.",
        "The wall is starting",
        "This wall asks for a token",
    )
    source = "".join(
        path.read_text(encoding="utf-8")
        for path in (
            Path(ask.__file__),
            CONFIG / "nginx.conf",
            ROOT / "dashboard/livewall_dashboard/templates/login/login.html",
        )
    )
    flat = " ".join(TEXT.split())
    for words in said:
        assert words in source and words in flat, words
    script = deploy_script()
    assert re.search(r'tell "build: .* is built in ', script) and "is built in" in TEXT
    assert re.search(r'tell "verify: .* works', script) and "`verify: ... works`" in TEXT
