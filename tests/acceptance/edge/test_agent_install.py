"""An agent as an administrator installs it: by the script, below a folder, and by systemd's unit."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support import wheels
from support.dashboard import Dashboard
from support.edge import make_tokens
from support.environment import quiet_environment

CONFIG = Path(__file__).parents[3] / "config"
SCRIPT = CONFIG / "node" / "agent-install.sh"

Install = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def wheelhouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    names = ("robotframework", "urllib3", "hatchling", "click", "pyyaml")
    return wheels.house(tmp_path_factory.mktemp("wheels"), *names)


@pytest.fixture
def install(wheelhouse: Path, tmp_path: Path) -> Install:
    env = {
        **quiet_environment(),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheelhouse),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_COMPILE": "1",  # of what is installed, little is ever imported
    }

    def call(*arguments: str, program: str = "") -> subprocess.CompletedProcess[str]:
        below = tmp_path / "machine"
        command = ["sh", str(SCRIPT), *arguments, "--prefix", str(below)]
        if program:
            command = [str(below / "opt/livewall-agent/bin" / program), *arguments]
        return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=280)

    return call


def test_agent_is_installed_and_installed_again(
    install: Install, make_dashboard: Callable[..., Dashboard], database_url: str, tmp_path: Path
) -> None:
    tokens = make_tokens(database_url, ("ingest", "read", "agent"))
    dashboard = make_dashboard(extra_args=["--require-tokens"]).start()
    token = tmp_path / "token"
    token.write_text(tokens["agent"] + "\n", encoding="ascii")
    done = install(
        "rpi4-2", "--server", dashboard.url, "--queue", "rpi4", "--queue", 'any "board"', "--label", "arch=arm64",
        "--setup", "Board 7", "--token-file", str(token),
    )  # fmt: skip
    assert done.returncode == 0, done
    assert f"The server at {dashboard.url} answers." in done.stdout
    etc = tmp_path / "machine/etc/livewall/agents"
    settings = (etc / "rpi4-2.toml").read_text(encoding="utf-8")
    assert 'queues = ["rpi4", "any \\"board\\""]' in settings and '"arch" = "arm64"' in settings
    assert stat.S_IMODE((etc / "rpi4-2.token").stat().st_mode) == 0o600
    assert tokens["agent"] not in settings

    again = install("rpi4-2", "--queue", "another")
    assert again.returncode == 0, again
    assert "stays as it is" in again.stdout
    assert (etc / "rpi4-2.toml").read_text(encoding="utf-8") == settings

    job = tmp_path / "job.yaml"
    job.write_text("test_data: {test_cmds: 'echo $LIVEWALL_SETUP; exit 3'}", encoding="utf-8")
    tried = install("try", "--config", str(etc / "rpi4-2.toml"), str(job), program="livewall-agent")
    assert (tried.returncode, tried.stdout) == (3, "Board 7\n"), tried


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "which agent?"),
        (("../x",), "letters, digits"),
        (("a", "--queue", "q"), "which wall?"),
        (("a", "--server", "http://wall"), "which queue?"),
        (("a", "--label", "arch"), "not KEY=VALUE"),
        (("a", "--token-file", "/nowhere"), "nowhere"),
        (("upgrade",), "install an agent first"),
        (("a", "--wall", "x"), "there is no --wall"),
    ],
)
def test_install_script_says_what_is_missing(install: Install, arguments: tuple[str, ...], said: str) -> None:
    done = install(*arguments)
    assert done.returncode != 0
    assert said in done.stderr


def test_install_script_is_clean_by_shellcheck() -> None:
    program = Path(sys.executable).with_name("shellcheck")
    checked = subprocess.run([program, "-x", str(SCRIPT)], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, "")


def test_systemd_understands_the_unit(program: Callable[[str], str], tmp_path: Path) -> None:
    text = (CONFIG / "node" / "livewall-agent@.service").read_text(encoding="utf-8")
    unit = tmp_path / "livewall-agent@.service"
    unit.write_text(text.replace("@HOME@/bin/livewall-agent", sys.executable), encoding="utf-8")
    checked = subprocess.run(
        [program("systemd-analyze"), "verify", "--man=no", str(unit.with_name("livewall-agent@a.service"))],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (checked.returncode, checked.stderr) == (0, "")
