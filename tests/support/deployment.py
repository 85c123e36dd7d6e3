"""A server that deploys itself: a repository, `config/deploy.sh`, and the service under a plain supervisor."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .dashboard import GUNICORN, default_mode
from .environment import quiet_environment
from .ports import free_port
from .supervisor import RESTART
from .waiting import wait_for

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "config" / "deploy.sh"
SOURCES = ("listener", "agent", "dashboard", "schema", "config", "docs/demo", "pyproject.toml", "README.md", "LICENSE")
"""What a release is made of, so that the tests need no git history of the checkout."""
PACKAGE = "dashboard/livewall_dashboard"
WITH_WHAT_IT_NEEDS = ("--pip-options", "--no-index --no-build-isolation")
"""Has pip look whether the environment has all that the release requires, which takes as long as to build it."""
GOOD, UNTOUCHED, USAGE, ROLLED_BACK, FOR_A_PERSON, BUSY = range(6)

Edit = Callable[[Path], None]


class Deployment:
    """Everything lies below `directory`; `port` is the service's.

    The service is in the mode of `LIVEWALL_TEST_MODE`.

    Releases share this environment's packages, as `--packages` offers a server without an index, unless `alone`: then
    each has its own from the index. Whether what they require is among them is asked by `WITH_WHAT_IT_NEEDS` alone.
    """

    def __init__(self, directory: Path, database_url: str, *, alone: bool = False) -> None:
        self.directory = directory
        self._alone = alone
        self.root = directory / "root"
        self.repository = directory / "repository"
        self.service = directory / "service"
        self.database_url = database_url
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._env_file = directory / "livewall.env"
        self._supervisor: subprocess.Popen[bytes] | None = None
        self.service.mkdir(parents=True)
        self._env_file.write_text(
            f"# as systemd reads it\nLIVEWALL_DATABASE_URL='{database_url}'\nLIVEWALL_PORT={self.port}\n"
            f'LIVEWALL_DATA="{directory / "data"}"\n'
        )
        self._make_repository()

    # ------------------------------------------------------------------ the repository

    def commit(self, subject: str, *edits: Edit) -> str:
        """A new commit on main, after `edits` of the work tree; -> its hash."""
        for edit in edits:
            edit(self.repository)
        self._git("add", "--all")
        self._git("commit", "--quiet", "--allow-empty", "--message", subject)
        return self._git("rev-parse", "HEAD")

    def back(self, commit: str, subject: str) -> str:
        """A new commit with the content of an older one."""
        self._git("rm", "-r", "--quiet", ".")
        self._git("checkout", "--quiet", commit, "--", ".")
        return self.commit(subject)

    def _make_repository(self) -> None:
        for name in SOURCES:
            source, target = ROOT / name, self.repository / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)
        self._git("init", "--quiet", "--initial-branch=main")

    def _git(self, *words: str) -> str:
        command = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@lab.example", *words]
        done = subprocess.run(command, cwd=self.repository, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    # ------------------------------------------------------------------ the script

    def command(self, *words: str) -> list[str]:
        """The script's command line, with all that belongs to this server."""
        given = {
            "repo": self.repository,
            "root": self.root,
            "env-file": self._env_file,
            "restart": RESTART.format(self.service),
            "python": sys.executable,
        }
        if not self._alone:
            given["packages"] = sysconfig.get_path("purelib")
            given["pip-options"] = "--no-index --no-build-isolation --no-deps"
        return [str(SCRIPT), *(f"--{name}={value}" for name, value in given.items()), *words]

    def start(self, *words: str) -> subprocess.Popen[str]:
        """The script, going, in a process group of its own."""
        return subprocess.Popen(
            self.command(*words), env=quiet_environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip

    def deploy(self, *words: str, expect: int = GOOD, timeout: float = 240.0) -> str:
        """Run the script to its end, which must be `expect`; -> all it said."""
        with self.start(*words) as process:
            said = process.communicate(timeout=timeout)[0]
        assert process.returncode == expect, f"{process.returncode}:\n{said}\n{self.service_log[-3000:]}"
        assert "Traceback" not in self.log
        return said

    def kill(self, process: subprocess.Popen[str]) -> None:
        """SIGKILL to the script and all it started, as when power is cut."""
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()

    # ------------------------------------------------------------------ what there is

    @property
    def log(self) -> str:
        return (self.root / "deploy.log").read_text(encoding="utf-8")

    @property
    def service_log(self) -> str:
        path = self.service / "service.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    @property
    def releases(self) -> list[str]:
        """Names of what lies in the folder of releases, whole or not, oldest first."""
        return sorted(path.name for path in (self.root / "releases").iterdir())

    @property
    def current(self) -> dict[str, Any]:
        """RELEASE.json of what is current."""
        content: dict[str, Any] = json.loads((self.root / "current" / "RELEASE.json").read_text(encoding="utf-8"))
        return content

    # ------------------------------------------------------------------ the service

    def start_service(self) -> None:
        """What `systemctl enable --now` does, before or after the first deployment."""
        # Through a shell, which fails as a service fails, where nothing is deployed yet.
        service = ["sh", "-c", 'exec "$0" "$@"', *self._service_command()]
        command = [sys.executable, "-m", "support.supervisor", str(self.service), *service]
        env = {**quiet_environment(), "PYTHONPATH": str(ROOT / "tests")}
        for line in self._env_file.read_text().splitlines()[1:]:
            name, _, value = line.partition("=")
            env[name] = value.strip("'\"")
        self._supervisor = subprocess.Popen(["env", "-C", str(ROOT), *command], env=env, start_new_session=True)
        wait_for((self.service / "supervisor.pid").exists, what="the supervisor to start the service")

    def _service_command(self) -> list[str]:
        """The unit's, or gunicorn's as docs/how-to-server.md has it; packages that are shared bring no script of it."""
        programs = self.root / "current" / "venv" / "bin"
        mode = default_mode()
        if mode == "gunicorn":
            return [str(programs / "python"), "-m", *GUNICORN]
        return [str(programs / "livewall"), "serve", "--async-mode", mode]

    def stop_service(self) -> None:
        if self._supervisor is not None:
            self._supervisor.terminate()
            self._supervisor.wait(60)
            self._supervisor = None

    def health(self) -> dict[str, Any]:
        """What /healthz answers; an empty answer while nobody does."""
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=60) as reply:
                return dict(json.load(reply))
        except urllib.error.HTTPError as error:
            with error:
                return dict(json.load(error))
        except OSError:
            return {}

    def runs(self, commit: str) -> bool:
        """Whether this commit is what answers, and is well."""
        health = self.health()
        return health.get("status") == "ok" and (health.get("release") or {}).get("commit") == commit


def replace(path: str, old: str, new: str) -> Edit:
    """An edit of a file: `old` must be there."""

    def edit(tree: Path) -> None:
        file = tree / path
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{path} has no {old!r}"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


def write(path: str, content: str) -> Edit:
    def edit(tree: Path) -> None:
        (tree / path).write_text(content, encoding="utf-8")

    return edit


# Changes that make a release bad.


def fails_at_import() -> Edit:
    return replace(f"{PACKAGE}/app.py", "from flask import Flask\n", "import no_such_module\nfrom flask import Flask\n")


def is_unwell() -> Edit:
    check = "        trouble = recorder.trouble\n"
    return replace(f"{PACKAGE}/history/feature.py", check, '        trouble = "Always unwell"\n')


def migrates(text: str) -> Edit:
    """A migration of a name that no other has: what was applied once may never change."""
    return write(f"schema/migrations/9000.{uuid.uuid4().hex}.sql", text)
