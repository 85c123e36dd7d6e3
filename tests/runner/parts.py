"""Programs of the system that tests use, beside Python: which are missing, why they are wanted, what brings them."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Part:
    """`package`: its name for apt, `instead` another one where there is no such. `places`: names, paths or patterns.

    `lints`: whether linters are left out without it.
    """

    package: str
    places: tuple[str, ...]
    wanted_for: str
    instead: str = ""
    lints: bool = False

    def find(self) -> Path | None:
        for place in self.places:
            program = shutil.which(place) or max(map(str, Path("/").glob(place.lstrip("/"))), default=None)
            if program:
                return Path(program)
        return None


PARTS = {
    part.package: part
    for part in (
        Part(
            "chromium-headless-shell",
            ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"),
            "pages in a real browser",
            instead="chromium",
        ),
        Part("postgresql", ("/usr/lib/postgresql/*/bin/initdb",), "the integration tests on a server's Postgres"),
        Part("nginx-light", ("nginx", "/usr/sbin/nginx"), "a wall behind nginx and TLS"),
        Part("openssl", ("openssl",), "the certificates of that wall"),
        Part("git", ("git",), "releases that are deployed from a repository"),
        Part("nodejs", ("node",), "the units and the linters of the pages' JavaScript", lints=True),
        Part("npm", ("npm",), "the linters of the pages' JavaScript", lints=True),
        Part("nftables", ("nft", "/usr/sbin/nft"), "the firewall of the deployment's page"),
        Part("logrotate", ("logrotate", "/usr/sbin/logrotate"), "the log that is rotated"),
        Part("cron", ("crontab",), "the schedules of nodes without systemd"),
        Part("systemd", ("systemd-analyze",), "the units of the service and of the nodes"),
        Part("sudo", ("visudo", "/usr/sbin/visudo"), "the rights of who deploys"),
        Part("prometheus", ("promtool",), "the alert rules"),
        Part("faketime", ("faketime",), "clocks that are wrong or jump"),
    )
}


def has(*packages: str) -> bool:
    return all(PARTS[package].find() for package in packages)


def missing() -> list[Part]:
    return [part for part in PARTS.values() if not part.find()]


def command_for(*parts: Part) -> str:
    return f"apt-get install {' '.join(part.package for part in parts)}"


def install() -> None:
    """Have apt install what is missing, after saying what and why; nothing where that is not possible or not wanted."""
    lacking = missing()
    if not lacking:
        return
    print("Tests want programs that this machine lacks:")
    for part in lacking:
        print(f"  {part.package:24}for {part.wanted_for}")
    reason = _why_not()
    if reason:
        print(f"{reason}: their tests are left out. To have them: {command_for(*lacking)}\n", flush=True)
        return
    print("apt-get installs them now; SYSTEM_PARTS=no make test leaves the system alone.\n", flush=True)
    # RUNLEVEL=1: a test needs the program, not a service that starts with the machine.
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    subprocess.run(["apt-get", "-qq", "update"], env=env, check=False)
    packages = [part.package if _is_packaged(part.package) else part.instead or part.package for part in lacking]
    subprocess.run(["apt-get", "-qq", "-y", "install", "--no-install-recommends", *packages], env=env, check=False)


def _why_not() -> str:
    if os.environ.get("SYSTEM_PARTS", "").lower() in ("no", "0", "false"):
        return "SYSTEM_PARTS says no"
    if not shutil.which("apt-get"):
        return "There is no apt-get here"
    return "" if os.geteuid() == 0 else "Only root may install them"


def _is_packaged(name: str) -> bool:
    return subprocess.run(["apt-cache", "show", name], capture_output=True, check=False).returncode == 0
