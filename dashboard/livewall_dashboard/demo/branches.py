"""Two little repositories with two branches: a commit comes each minute, and the newest page of each is running."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from itertools import count
from pathlib import Path

EACH = 60.0
"""Seconds between two commits."""
BREAKS_EACH = 5
"""The how manieth commit breaks the page."""
PROJECT, BRANCHES = "shop", ("main", "login-page")

_PAGE = """<!doctype html>
<meta charset="utf-8">
<title>The shop, {branch}</title>
<link rel="stylesheet" href="style.css">
<{tag}>The shop</{tag}>
<p>Branch {branch}, change {number}. This page is what its newest good build left running.</p>
"""
_STYLE = """body {{
  margin: 3rem;
  padding: 1rem;
  border-left: 1rem solid hsl({hue} 60% 45%);
  font: 1.2rem/1.5 system-ui, sans-serif;
}}
"""
_BUILD = "mkdir site && cp server/index.html client/style.css site/ && echo 'site/index.html: built'"
_TEST = "grep -q '<h1>' site/index.html || { echo 'site/index.html:5: error: the page has no heading' >&2; exit 1; }"


def are_possible() -> bool:
    """Whether there are agents here that build them, and git."""
    return sys.platform == "linux" and shutil.which("git") is not None


def project(data: Path) -> dict[str, object]:
    """Of the wall's configuration. `data`: the demo's folder."""
    names = {"server": "main", "client": "main"}
    serve = f"cd site && exec {shlex.quote(sys.executable)} -m http.server $PORT --bind 127.0.0.1"
    return {
        "name": PROJECT,
        "repositories": [{"name": name, "url": str(_folder(data, name)), "main": main} for name, main in names.items()],
        "sticky": ["main"],
        "gather": 5,
        "fetch_every": 5,
        "max_age_days": False,
        "steps": [{"name": "build", "command": _BUILD}, {"name": "test", "command": _TEST}],
        "run": {"command": serve, "number": 4},
    }


class DemoBranches:
    """Commits to one branch after the other. `make` them before the wall looks."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._numbers = count(1)
        self._due = 0.0

    def make(self) -> None:
        for name in ("server", "client"):
            folder = _folder(self._data, name)
            if not (folder / ".git").is_dir():
                folder.mkdir(parents=True, exist_ok=True)
                _git(folder, "init", "--quiet", "--initial-branch", "main")
                self._write(name, "main", 0)
                _git(folder, "switch", "--quiet", "--create", "login-page")
                self._write(name, "login-page", 0)

    def step(self, now: float) -> str:
        """What has happened, for people; "" for nothing."""
        if now < self._due:
            return ""
        self._due = now + EACH
        number = next(self._numbers)
        name, branch = ("server", "client")[number % 3 == 0], BRANCHES[number % 2]
        self._write(name, branch, number)
        return f"change {number} is pushed to {branch} of {name}"

    def _write(self, name: str, branch: str, number: int) -> None:
        folder = _folder(self._data, name)
        if number:
            _git(folder, "switch", "--quiet", branch)
        if name == "server":
            tag = "h2" if number % BREAKS_EACH == BREAKS_EACH - 1 else "h1"
            text, file = _PAGE.format(branch=branch, number=number, tag=tag), folder / "index.html"
        else:
            text, file = _STYLE.format(hue=number * 67 % 360), folder / "style.css"
        file.write_text(text, encoding="utf-8")
        _git(folder, "add", file.name)
        _git(folder, "commit", "--quiet", "--allow-empty", "--message", f"Write {file.name}, change {number}")


def _folder(data: Path, name: str) -> Path:
    return data / "repositories" / name


def _git(folder: Path, *words: str) -> None:
    """As somebody of the pretend lab, whatever the configuration of whoever runs the demo says."""
    person = {"NAME": "Dana Demo", "EMAIL": "dana@lab.example"}
    people = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in person.items()}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    calm = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(
        ["git", "-C", str(folder), *words],
        env={**kept, **calm, **people},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        timeout=60,
    )
