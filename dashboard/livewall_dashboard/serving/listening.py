"""The socket that callers come to: an address and a port, a Unix socket, or one that systemd hands over."""

from __future__ import annotations

import dataclasses
import errno
import fcntl
import os
import socket
import stat
import time
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, suppress
from pathlib import Path

from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.base.settings import Settings

SEND_BUFFER = 512 * 1024
"""Bytes on their way to one caller."""
READ_WITHIN = 30.0
"""Seconds after which a caller that takes nothing of what waits for it is dropped."""
BACKLOG = 1024
LONGEST_PATH = 107
"""Bytes of a Unix socket's path, of which the kernel keeps no more."""
SOCKET_MODE = 0o660
"""Who may call through a Unix socket: its owner and its group."""
ANSWER_WITHIN = 1.0
"""Seconds for whoever has a Unix socket to take a call."""
LOCK_WITHIN = 5.0
"""Seconds to wait for another wall that makes its socket in the same folder."""
FIRST_INHERITED = 3
"""The descriptor of the first socket that systemd hands over."""


@contextmanager
def listening(settings: Settings) -> Iterator[tuple[socket.socket, Settings]]:
    """A listening socket, and the settings with its address, which systemd may have chosen.

    A Unix socket that we made is removed at the end. Raises Misconfigured when the address cannot be had, with what to
    do.
    """
    inherited = inherit(os.environ)
    if inherited is not None:
        with inherited:
            yield inherited, _with_address(settings, inherited)
    elif settings.unix_socket is not None:
        with _unix_socket(settings.unix_socket) as made:
            yield made, settings
    else:
        with listen_at(settings.host, settings.port) as made:
            yield made, settings


def listen_at(host: str, port: int) -> socket.socket:
    """Raises Misconfigured."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    _limit_what_waits(made)
    try:
        made.bind((host, port))
        made.listen(BACKLOG)
    except OSError as error:
        made.close()
        raise Misconfigured(
            f"Cannot listen on {host}:{port}: {error.strerror or error}. "
            f"If another program has the port, choose another one with --port.",
        ) from None
    except OverflowError:
        made.close()
        raise Misconfigured(f"{port} is not a port; ports go from 1 to 65535.") from None
    return made


def inherit(environment: MutableMapping[str, str]) -> socket.socket | None:
    """The socket that systemd opened for this process (LISTEN_FDS), which no child gets to know of.

    Raises Misconfigured where it is none to listen on, or there are several.
    """
    said = {name: environment.pop(f"LISTEN_{name}", "") for name in ("PID", "FDS", "FDNAMES")}
    if said["PID"] != str(os.getpid()) or said["FDS"] in ("", "0"):
        return None
    if said["FDS"] != "1":
        raise Misconfigured(
            f"systemd hands over {said['FDS']} sockets, and the wall listens on one: one ListenStream=."
        )
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, fileno=os.dup(FIRST_INHERITED)) as asked:
            family = asked.getsockopt(socket.SOL_SOCKET, socket.SO_DOMAIN)
            is_listening = asked.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    except OSError as error:
        raise Misconfigured(f"What systemd hands over is no socket: {error.strerror}.") from None
    if not is_listening:
        raise Misconfigured("What systemd hands over is no listening socket: it is ListenStream= with Accept=no.")
    os.set_inheritable(FIRST_INHERITED, False)
    inherited = socket.socket(family, socket.SOCK_STREAM, fileno=FIRST_INHERITED)
    _limit_what_waits(inherited)
    return inherited


def require_free(path: Path) -> None:
    """That a Unix socket could be made there; changes nothing. Raises Misconfigured, with what to do."""
    if len(os.fsencode(path)) > LONGEST_PATH:
        raise Misconfigured(
            f"Cannot listen on unix:{path}: a socket's path has at most {LONGEST_PATH} bytes. Take a shorter one."
        )
    if not path.parent.is_dir():
        raise Misconfigured(
            f"Cannot listen on unix:{path}: there is no folder {path.parent}. Make one that the wall's user may write "
            "to, and whose group is the proxy's."
        )
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise Misconfigured(f"Cannot listen on unix:{path}: {path.parent} cannot be written to by the wall's user.")
    found = _mode_of(path)
    if found is not None and not stat.S_ISSOCK(found):
        raise Misconfigured(f"Cannot listen on unix:{path}: that is something else than a socket. Take another path.")
    if found is not None and _is_answered(path):
        raise Misconfigured(
            f"Cannot listen on unix:{path}: another program listens there. Stop it first, or take another path."
        )


@contextmanager
def _unix_socket(path: Path) -> Iterator[socket.socket]:
    """In place of one that a killed wall left behind."""
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    _limit_what_waits(made)
    with made:
        require_free(path)
        with _locked(path.parent):  # until calls are taken: of two that start, neither is a leftover to the other
            require_free(path)
            _bind(made, path)
        ours = path.stat().st_ino
        try:
            yield made
        finally:
            with suppress(OSError):
                if path.lstat().st_ino == ours:
                    path.unlink()


def _bind(made: socket.socket, path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
        made.bind(str(path))
        path.chmod(SOCKET_MODE)  # nobody can have called yet
        made.listen(BACKLOG)
    except OSError as error:
        raise Misconfigured(f"Cannot listen on unix:{path}: {error.strerror or error}.") from None


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Raises Misconfigured."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        deadline = time.monotonic() + LOCK_WITHIN
        while not _takes_lock(descriptor):
            if time.monotonic() > deadline:
                raise Misconfigured(f"Another program holds a lock on {folder}: stop it, or take another folder.")
            time.sleep(0.05)
        yield
    finally:
        os.close(descriptor)


def _takes_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _mode_of(path: Path) -> int | None:
    """Raises Misconfigured."""
    try:
        return path.lstat().st_mode
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Misconfigured(f"Cannot listen on unix:{path}: {error.strerror or error}.") from None


def _is_answered(path: Path) -> bool:
    """Whether somebody listens on the socket, also where they are too busy to answer or it is not ours to open."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        caller.settimeout(ANSWER_WITHIN)
        try:
            caller.connect(str(path))
        except OSError as error:
            return error.errno not in (errno.ECONNREFUSED, errno.ENOENT)
    return True


def _with_address(settings: Settings, inherited: socket.socket) -> Settings:
    name = inherited.getsockname()
    if inherited.family == socket.AF_UNIX:
        return dataclasses.replace(settings, unix_socket=Path(os.fsdecode(name)))
    return dataclasses.replace(settings, unix_socket=None, host=name[0], port=name[1])


def _limit_what_waits(made: socket.socket) -> None:
    """What a caller does not read may fill the system's memory neither by much nor for long.

    A screen may look alive (it answers pings) and yet read nothing: nobody but the system sees that. Callers' lines
    have these limits from the socket they came to.
    """
    made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    if made.family != socket.AF_UNIX and hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(READ_WITHIN * 1000))
