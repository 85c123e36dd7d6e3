"""How much of a job's processes we have in hand on this machine: a PID namespace of its own, or what is left without.

Where a namespace can be had, the kernel itself ends everything in it with its first process, whatever it did to stay.
"""

from __future__ import annotations

import pwd
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from livewall_agent.errors import Misconfigured

MODES = ("auto", "namespace", "session")
_NAMESPACE = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")
_OWN_USER = ("--user", "--map-current-user")
_PROBE_WITHIN = 10.0


@dataclass(frozen=True)
class Isolation:
    """`prefix`: words before the command of a job's first process. `weakness`: what may survive, for people; or ""."""

    name: str
    prefix: tuple[str, ...] = ()
    weakness: str = ""


_SESSION = Isolation(
    "session",
    weakness="a job whose own process it kills, or a process of another user (sudo), may leave something behind",
)


def choose(mode: str, user: str) -> Isolation:
    """The best there is, or the one wished for. `user`: who runs jobs, "" for the agent's own. Raises Misconfigured."""
    change = _change_to(user)
    if mode == "session":
        return Isolation(_SESSION.name, change, _SESSION.weakness)
    reason = ""
    for words in (_NAMESPACE, (*_NAMESPACE, *_OWN_USER)):
        if change and words != _NAMESPACE:
            continue
        reason = _try((*words, *change, "true"))
        if not reason:
            return Isolation("namespace", (*words, "--", *change))
    if mode == "namespace":
        raise Misconfigured(f'there is no PID namespace to be had here: {reason}; isolation = "session" does without')
    return Isolation(_SESSION.name, change, f"{_SESSION.weakness} (no PID namespace: {reason})")


def environment_of(user: str, own: Mapping[str, str]) -> dict[str, str]:
    """The agent's own environment, as it is for whoever runs jobs."""
    if not user:
        return dict(own)
    entry = pwd.getpwnam(user)
    return {**own, "HOME": entry.pw_dir, "USER": user, "LOGNAME": user, "SHELL": entry.pw_shell}


def _change_to(user: str) -> tuple[str, ...]:
    if not user:
        return ()
    if not shutil.which("setpriv"):
        raise Misconfigured("user = ... needs the program setpriv, of util-linux")
    try:
        entry = pwd.getpwnam(user)
    except KeyError:
        raise Misconfigured(f"user = {user!r}: there is no such user on this machine") from None
    words = ("setpriv", "--reuid", str(entry.pw_uid), "--regid", str(entry.pw_gid), "--init-groups")
    if reason := _try((*words, "true")):
        raise Misconfigured(f"jobs cannot be run as {user}: {reason}; the agent must be root for that")
    if reason := _try((*words, sys.executable, "-c", "")):
        raise Misconfigured(f"{user}, who is to run jobs, cannot run {sys.executable}: {reason}")
    return words


@cache
def _try(words: tuple[str, ...]) -> str:
    """Why this command does not work here; "" where it does."""
    if not sys.platform.startswith("linux"):
        return f"{sys.platform} has none"
    try:
        done = subprocess.run(
            list(words), stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=_PROBE_WITHIN
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    said = done.stderr.decode(errors="replace").strip().splitlines()
    return "" if done.returncode == 0 else (said[-1] if said else f"{words[0]} ended with {done.returncode}")
