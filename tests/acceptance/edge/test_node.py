"""A test node: installed below a folder by the script, as an administrator does it, and reporting to a real wall."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from support import wheels
from support.certificates import Certificates
from support.dashboard import Dashboard
from support.edge import Edge, make_tokens
from support.environment import quiet_environment
from support.lab import SUITES
from support.waiting import wait_for

ROOT = Path(__file__).parents[3]
PARTS = (
    "agent",
    "config",
    "dashboard",
    "docs",
    "listener",
    "schema",
    "pyproject.toml",
    "README.md",
    "CHANGELOG.md",
    "LICENSE",
)
GIT = ("git", "-c", "user.name=a", "-c", "user.email=a@lab.example", "-c", "init.defaultBranch=main")


class Node:
    """A machine in a folder. `checkout` is its clone of the repository, from which it is installed."""

    def __init__(self, prefix: Path, checkout: Path, wheelhouse: Path) -> None:
        self.prefix, self.checkout = prefix, checkout
        self._env = {
            **quiet_environment(),
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(wheelhouse),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_COMPILE": "1",  # of what is installed, little is ever imported
        }

    @property
    def settings(self) -> Path:
        return self.prefix / "etc" / "livewall" / "node.env"

    def script(self, *arguments: str, token: str = "") -> tuple[int, str]:
        """install.sh -> its exit code and all that it said."""
        action = [word for word in arguments[:1] if not word.startswith("-")]
        command = ["sh", str(self.checkout / "config" / "node" / "install.sh"), *action, "--prefix", str(self.prefix)]
        return self._run([*command, *arguments[len(action) :]], {"LIVEWALL_TOKEN": token} if token else {})

    def call(self, program: str, *arguments: str, env: dict[str, str] | None = None) -> tuple[int, str]:
        """One of the node's programs."""
        return self._run([str(self.prefix / "usr" / "local" / "bin" / program), *arguments], env or {})

    def _run(self, command: list[str], env: dict[str, str]) -> tuple[int, str]:
        done = subprocess.run(
            command,
            cwd=self.prefix.parent,
            env={**self._env, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=280,
        )
        return done.returncode, done.stdout


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run([*GIT, *arguments], cwd=folder, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two commits: today's, and one more that changes the schedule's shipped file."""
    folder = tmp_path_factory.mktemp("repository")
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / part, folder / part)
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "One")
    with (folder / "config" / "node" / "livewall_schedule" / "__init__.py").open("a", encoding="utf-8") as module:
        module.write('\nREVISION = "two"\n')
    git(folder, "commit", "--quiet", "--all", "-m", "Two")
    return folder


@pytest.fixture(scope="session")
def wheelhouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return wheels.house(tmp_path_factory.mktemp("wheels"))


@pytest.fixture
def make_node(repository: Path, wheelhouse: Path, tmp_path: Path) -> Callable[[], Node]:
    def make() -> Node:
        git(tmp_path, "clone", "--quiet", str(repository), "source")
        git(tmp_path / "source", "checkout", "--quiet", "HEAD~1")
        return Node(tmp_path / "node", tmp_path / "source", wheelhouse)

    return make


@pytest.fixture(scope="session")
def shared_node(
    repository: Path, wheelhouse: Path, shared_edge: Edge, tmp_path_factory: pytest.TempPathFactory
) -> Node:
    """A node that reports to the wall behind nginx."""
    folder = tmp_path_factory.mktemp("node")
    git(folder, "clone", "--quiet", str(repository), "source")
    node = Node(folder / "node", folder / "source", wheelhouse)
    token = folder / "token"
    token.write_text(shared_edge.tokens["ingest"] + "\n", encoding="utf-8")
    code, said = node.script(
        "install", "--url", shared_edge.url, "--token-file", str(token), "--setup", "Bob's \"board\" 7",
        "--labels", "os=debian-12,arch=arm64", "--ca", str(shared_edge.certificates.authority),
    )  # fmt: skip
    assert code == 0, said
    assert said.splitlines()[-1] == f"The wall at {shared_edge.url} answers, and takes what this node sends."
    return node


def test_the_token_is_for_its_reader_alone(shared_node: Node, shared_edge: Edge) -> None:
    assert stat.S_IMODE(shared_node.settings.stat().st_mode) == 0o600
    assert f"LIVEWALL_TOKEN='{shared_edge.tokens['ingest']}'" in shared_node.settings.read_text(encoding="utf-8")
    for path in shared_node.prefix.rglob("*"):
        if path.is_file() and path != shared_node.settings:
            assert shared_edge.tokens["ingest"].encode() not in path.read_bytes(), path


def test_robot_reports_with_the_nodes_settings(shared_node: Node, shared_edge: Edge, tmp_path: Path) -> None:
    code, said = shared_node.call(
        "livewall-robot",
        "--outputdir",
        str(tmp_path / "results"),
        str(SUITES / "steady"),
        env={"LIVEWALL_RUN_ID": "own"},
    )
    assert (tmp_path / "results" / "output.xml").exists(), said
    assert "livewall" not in said, "there is nothing to warn of"
    run = wait_for(lambda: _verified(shared_edge, "own"), what="the run")
    assert run["setup"] == 'Bob\'s "board" 7'
    assert run["labels"] == {"os": "debian-12", "arch": "arm64"}
    assert code == run["counts"]["failed"]


def test_what_the_caller_says_counts_more(shared_node: Node) -> None:
    shown = 'printf %s "$LIVEWALL_SETUP|$LIVEWALL_LABELS"'
    said = shared_node.call("livewall-env", "sh", "-c", shown, env={"LIVEWALL_SETUP": "it's mine"})
    assert said == (0, "it's mine|os=debian-12,arch=arm64")


def test_the_schedule_runs_and_reports(shared_node: Node, shared_edge: Edge) -> None:
    """All the way that a timer goes."""
    schedule = shared_node.prefix / "etc" / "livewall" / "schedule.ini"
    schedule.write_text(
        f"[smoke]\nsuites = {SUITES / 'steady'}\nevery = 4h\nenvironment =\n    LIVEWALL_RUN_ID=by-timer\n"
        "    LIVEWALL_SETUP=Scheduled\n",
        encoding="utf-8",
    )
    units = shared_node.prefix / "etc" / "systemd" / "system"
    assert shared_node.call("livewall-schedule", "install", "--systemd", str(units))[0] == 0
    service = (units / "livewall-suites-smoke.service").read_text(encoding="utf-8")
    command = re.search(r'ExecStart="(.*)" run smoke', service)
    assert command and Path(command[1]).parent == shared_node.prefix / "opt" / "livewall-node" / "bin"
    code, said = shared_node._run([command[1], "run", "smoke"], {})
    assert code == 0, said
    assert wait_for(lambda: _verified(shared_edge, "by-timer"), what="the run")["setup"] == "Scheduled"


def _verified(edge: Edge, key: str) -> dict[str, object] | None:
    run: dict[str, object] = edge.get(f"/api/v1/runs/{key}")
    return run if run["verification"] == "verified" else None


@pytest.fixture
def deployed(
    make_dashboard: Callable[..., Dashboard], database_url: str, repository: Path, tmp_path: Path
) -> Dashboard:
    """A wall that runs the repository's newest commit."""
    release = tmp_path / "RELEASE.json"
    release.write_text(json.dumps({"commit": git(repository, "rev-parse", "HEAD")}), encoding="utf-8")
    make_tokens(database_url)
    return make_dashboard(env={"LIVEWALL_RELEASE": str(release)}).start()


def test_installed_changed_upgraded_to_the_walls_revision_and_taken_off(
    make_node: Callable[[], Node], deployed: Dashboard, repository: Path
) -> None:
    node = make_node()
    code, said = node.script("--url", deployed.url, "--setup", "First", token="lw_given")
    assert code == 0, said
    before = node.settings.read_text(encoding="utf-8")
    node.settings.write_text(before + "MY_OWN='kept'\n", encoding="utf-8")

    code, said = node.script("upgrade")
    assert code == 0, said
    newest = git(repository, "rev-parse", "HEAD")
    assert f"Upgrading to the wall's revision, {newest}" in said
    assert git(node.checkout, "rev-parse", "HEAD") == newest
    installed = node.prefix / "opt" / "livewall-node" / "lib" / "livewall_schedule" / "__init__.py"
    assert 'REVISION = "two"' in installed.read_text(encoding="utf-8")
    assert node.settings.read_text(encoding="utf-8") == before + "MY_OWN='kept'\n"
    assert node.call("livewall-revision") == (0, f"{newest}\n")
    assert node.script("upgrade") == (0, f"This node has the wall's revision already: {newest}\n")

    result = node.prefix / "var" / "lib" / "livewall-node" / "results" / "smoke"
    result.mkdir()
    code, said = node.script("uninstall")
    assert code == 0, said
    assert result.exists() and node.settings.exists()
    left = [path for path in node.prefix.rglob("*") if path.is_symlink() or path.name.startswith("livewall-")]
    assert [path.name for path in left] == ["livewall-node"], "results and spool alone"
    code, said = node.script("upgrade")
    assert (code, "install it first" in said) == (1, True)


def test_what_is_wrong_is_said_before_anything_is_made(
    make_node: Callable[[], Node], authority: Certificates, tmp_path: Path
) -> None:
    node = make_node()
    (tmp_path / "empty").touch()
    for arguments, word in (
        (["--url"], "needs a value"),
        (["--colour", "red"], "there is no --colour"),
        (["install"], "which wall? --url"),
        (["--url", "http://wall", "--token-file", str(tmp_path / "empty")], "holds no token"),
        (["--url", "http://wall", "--token-file", str(tmp_path / "none")], "none"),
        (["--url", "http://wall", "--ca", str(tmp_path / "none.pem")], "cannot be read"),
        (["--url", "http://wall", "--ca", str(authority.key)], "holds no certificate"),
        (["--url", "http://wall", "--python", str(tmp_path / "python")], "is no Python that runs"),
        (["--url", "http://wall", "--user", "bob"], "without --prefix"),
        (["upgrade"], "install it first"),
    ):
        code, said = node.script(*arguments)
        assert code != 0, arguments
        assert word in said, said
    assert not (node.prefix / "opt" / "livewall-node" / "venv").exists()


def test_a_given_python_is_used(make_node: Callable[[], Node]) -> None:
    """Its pip is asked, and nobody else's: here one that only says what it was asked."""
    node = make_node()
    python = node.checkout.parent / "python"
    python.write_text(
        '#!/bin/sh\ncase "$*" in *pip*) echo "asked: $*" ;; *sys.executable*) echo "$0" ;;'
        f' *) exec {sys.executable} "$@" ;; esac\n',
        encoding="utf-8",
    )
    python.chmod(0o755)
    code, said = node.script("--url", "http://127.0.0.1:9", "--python", str(python))
    assert code == 0, said
    assert f"asked: -m pip install --quiet --disable-pip-version-check --upgrade {node.checkout}" in said
    assert "But the wall at http://127.0.0.1:9 cannot be reached" in said
    assert str(python) in (node.prefix / "usr" / "local" / "bin" / "livewall-robot").read_text(encoding="utf-8")
