"""Where callers come to: a Unix socket that replaces leftovers and nothing else, and what systemd hands over."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.base.settings import Settings
from livewall_dashboard.serving import listening


@pytest.fixture
def folder() -> Iterator[Path]:
    """With a short path, as a socket's has to be."""
    with TemporaryDirectory(prefix="lw-") as made:
        yield Path(made)


@pytest.fixture
def path(folder: Path) -> Path:
    return folder / "wall.sock"


def settings(path: Path) -> Settings:
    return Settings(unix_socket=path)


def leave_behind(path: Path) -> None:
    """A socket whose program has ended without removing it."""
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
        left.listen()


def test_the_owner_and_the_group_may_call_and_nobody_else(path: Path) -> None:
    before = os.umask(0o022)
    try:
        with listening.listening(settings(path)):
            found = path.stat()
    finally:
        os.umask(before)
    assert stat.S_ISSOCK(found.st_mode)
    assert stat.S_IMODE(found.st_mode) == 0o660


def test_the_group_is_the_folders_where_it_says_so(folder: Path, path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gives a folder to another group")
    os.chown(folder, -1, 4242)
    folder.chmod(0o2750)
    with listening.listening(settings(path)):
        assert path.stat().st_gid == 4242


def test_it_is_removed_at_the_end(path: Path) -> None:
    with listening.listening(settings(path)) as (made, used):
        assert used.url == f"unix:{path}"
        with socket.socket(socket.AF_UNIX) as caller:
            caller.connect(str(path))
        made.accept()[0].close()
    assert not path.exists()


def test_one_that_took_its_place_stays(path: Path) -> None:
    with listening.listening(settings(path)):
        path.rename(path.with_suffix(".moved"))
        leave_behind(path)
    assert path.exists()


def test_what_a_killed_wall_left_is_replaced(path: Path) -> None:
    leave_behind(path)
    with listening.listening(settings(path)), socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(path))


@pytest.mark.parametrize("backlog", [1, 0], ids=["idle", "busy"])
def test_a_living_one_is_not(path: Path, backlog: int) -> None:
    with socket.socket(socket.AF_UNIX) as living, socket.socket(socket.AF_UNIX) as first:
        living.bind(str(path))
        living.listen(backlog)
        if not backlog:
            first.connect(str(path))  # nobody takes the call, and there is room for no other
        with pytest.raises(Misconfigured, match="another program listens there"), listening.listening(settings(path)):
            pass
        assert path.exists()


def test_of_two_that_start_at_once_one_is_refused(path: Path) -> None:
    leave_behind(path)
    begin, end = threading.Barrier(2), threading.Event()
    refused: list[str] = []

    def start() -> None:
        begin.wait()
        try:
            with listening.listening(settings(path)):
                end.wait(30)
        except Misconfigured as error:
            refused.append(error.message)
            end.set()

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1, refused
    assert "another program listens there" in refused[0]


def test_a_folder_that_somebody_holds_is_given_up_with_a_word(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "LOCK_WITHIN", 0.1)
    held = subprocess.Popen(
        [sys.executable, "-c", "import fcntl,os,sys; fcntl.flock(os.open(sys.argv[1], 0), 2); print(1); input()",
         str(path.parent)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    with held:
        assert held.stdout is not None and held.stdout.readline()
        with pytest.raises(Misconfigured, match="holds a lock"), listening.listening(settings(path)):
            pass
        held.communicate(b"\n")


@pytest.mark.parametrize("make", [Path.touch, Path.mkdir, lambda path: path.symlink_to("elsewhere")])
def test_what_is_no_socket_stays(path: Path, make: object) -> None:
    make(path)  # type: ignore[operator]
    with pytest.raises(Misconfigured, match="something else than a socket"), listening.listening(settings(path)):
        pass
    assert path.is_symlink() or path.exists()


def test_a_path_that_is_too_long_is_refused_with_the_length(folder: Path) -> None:
    longest = folder / ("x" * (listening.LONGEST_PATH - len(str(folder)) - 1))
    with listening.listening(settings(longest)):
        pass
    with (
        pytest.raises(Misconfigured, match="at most 107 bytes"),
        listening.listening(settings(longest.with_name(longest.name + "x"))),
    ):
        pass


def test_a_folder_that_is_not_there_is_named(folder: Path) -> None:
    with (
        pytest.raises(Misconfigured, match=r"there is no folder .*/run/livewall"),
        listening.listening(settings(folder / "run" / "livewall" / "wall.sock")),
    ):
        pass


def test_looking_changes_nothing(path: Path) -> None:
    leave_behind(path)
    before = path.stat()
    listening.require_free(path)
    assert path.stat() == before


INHERITING = """
import os, socket, sys
from livewall_dashboard.serving.listening import inherit
if sys.argv[1] == "patched":
    from livewall_dashboard.serving.server import patch
    patch()
from livewall_dashboard.base.errors import Misconfigured
os.environ.update(LISTEN_PID=str(os.getpid() + int(sys.argv[3])), LISTEN_FDS=sys.argv[2], LISTEN_FDNAMES="wall")
try:
    inherited = inherit(os.environ)
except Misconfigured as error:
    print(error.message)
else:
    left = [name for name in os.environ if name.startswith("LISTEN_")]
    print(inherited and (inherited.family.name, inherited.getsockname(), os.get_inheritable(3)), left)
"""


def inherit(given: int, mode: str = "plain", count: str = "1", other_process: int = 0) -> str:
    """What becomes of a descriptor that systemd hands over as number 3."""
    command = [sys.executable, "-W", "ignore", "-c", INHERITING, mode, count, str(other_process)]
    # dup2 in the shell, so that nothing of this process is changed.
    words = ["bash", "-c", f'exec "$@" 3<&{given}', "bash", *command]
    return subprocess.run(words, pass_fds=[given], check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.parametrize("mode", ["plain", "patched"])
def test_systemds_socket_is_taken_whatever_its_family(path: Path, mode: str) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))
        made.listen()
        assert inherit(made.fileno(), mode) == f"('AF_UNIX', '{path}', False) []"
    with socket.create_server(("127.0.0.1", 0)) as made:
        assert inherit(made.fileno(), mode) == f"('AF_INET', {made.getsockname()}, False) []"


def test_what_systemd_hands_over_and_is_of_no_use_is_refused(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made, (tmp_path / "file").open("w") as file:
        assert "no listening socket" in inherit(made.fileno())
        assert "one ListenStream=" in inherit(made.fileno(), count="2")
        assert "is no socket" in inherit(file.fileno())
        assert inherit(made.fileno(), other_process=1) == "None []", "it was meant for another process"
