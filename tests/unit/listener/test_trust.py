"""What another user owns, may write or leads elsewhere is neither read nor written. Root is no exception."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from livewall_listener import __main__ as command
from livewall_listener import spool_folder, trust
from livewall_listener.trust import Untrusted
from livewall_listener.uploads import Job, UploadError, upload

STRANGER = 54321
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can make what another user made")


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """As /tmp is: everybody may make files there."""
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o1777)
    return folder


def of_stranger(path: Path) -> Path:
    os.chown(path, STRANGER, STRANGER, follow_symlinks=False)
    return path


def test_a_folder_is_made_for_its_user_alone(shared: Path) -> None:
    folder = trust.make_folder(shared / "a" / "b")
    assert folder == shared / "a" / "b"
    assert [part.stat().st_mode & 0o777 for part in (folder, folder.parent)] == [0o700, 0o700]
    assert trust.make_folder(folder) == folder == trust.find_folder(folder)


def a_strangers_folder(shared: Path) -> Path:
    (shared / "spool").mkdir()
    return of_stranger(shared / "spool")


def below_a_strangers_folder(shared: Path) -> Path:
    return a_strangers_folder(shared) / "below"


def a_strangers_link(shared: Path) -> Path:
    """To a folder that is ours."""
    (shared / "ours").mkdir(mode=0o700)
    (shared / "spool").symlink_to(shared / "ours")
    return of_stranger(shared / "spool")


def below_a_strangers_link(shared: Path) -> Path:
    return a_strangers_link(shared) / "below"


def our_link_to_a_strangers_folder(shared: Path) -> Path:
    (shared / "link").symlink_to(a_strangers_folder(shared))
    return shared / "link"


def open_to_all(shared: Path) -> Path:
    (shared / "spool").mkdir()
    (shared / "spool").chmod(0o777)
    return shared / "spool"


def open_to_a_group(shared: Path) -> Path:
    os.chown(open_to_all(shared), -1, STRANGER)
    (shared / "spool").chmod(0o770)
    return shared / "spool"


def below_one_that_is_open_to_all(shared: Path) -> Path:
    return open_to_all(shared) / "below"


def open_to_all_but_not_to_delete(shared: Path) -> Path:
    return shared


def links_in_a_circle(shared: Path) -> Path:
    (shared / "spool").symlink_to("spool")
    return shared / "spool"


def a_file(shared: Path) -> Path:
    (shared / "spool").touch()
    return shared / "spool"


@as_root
@pytest.mark.parametrize(
    "trap",
    [
        a_strangers_folder,
        below_a_strangers_folder,
        a_strangers_link,
        below_a_strangers_link,
        our_link_to_a_strangers_folder,
        open_to_all,
        open_to_a_group,
        below_one_that_is_open_to_all,
        open_to_all_but_not_to_delete,
        links_in_a_circle,
        a_file,
    ],
)
def test_folders_that_are_not_ours_alone(shared: Path, trap: Callable[[Path], Path]) -> None:
    folder = trap(shared)
    before = sorted(shared.rglob("*"))
    for use in (trust.make_folder, lambda path: trust.find_folder(path) if path.exists() else trust.make_folder(path)):
        with pytest.raises(OSError):  # noqa: PT011  # each says it in its own way
            use(folder)
    assert sorted(shared.rglob("*")) == before, "nothing was made"


def test_our_own_links_are_followed(shared: Path) -> None:
    (shared / "real").mkdir(mode=0o700)
    (shared / "link").symlink_to("../shared/real")
    (shared / "absolute").symlink_to(shared / "link")
    assert trust.make_folder(shared / "absolute" / "spool") == shared / "real" / "spool"


@as_root
def test_a_group_of_one_may_write(shared: Path) -> None:
    """Many systems give a user a group of the same name, and umask 002 with it."""
    folder = trust.make_folder(shared / "spool")
    folder.chmod(0o770)
    assert trust.make_folder(folder) == folder


def linked(path: Path) -> None:
    (path.parent / "other").write_bytes(b"secret")
    path.symlink_to(path.parent / "other")


def hard_linked(path: Path) -> None:
    (path.parent / "other").write_bytes(b"secret")
    os.link(path.parent / "other", path)


def piped(path: Path) -> None:
    os.mkfifo(path)


def of_another(path: Path) -> None:
    path.touch()
    of_stranger(path)


def writable(path: Path) -> None:
    path.touch()
    path.chmod(0o666)


def a_folder(path: Path) -> None:
    path.mkdir()


@as_root
@pytest.mark.parametrize("trap", [linked, hard_linked, piped, of_another, writable, a_folder])
def test_files_that_are_not_ours_alone(tmp_path: Path, trap: Callable[[Path], None]) -> None:
    """Neither opened, nor made anew, nor waited for; and what they lead to stays as it is."""
    trap(tmp_path / "a.spool.lock")
    for flags in (os.O_RDONLY, os.O_RDWR | os.O_CREAT):
        with pytest.raises(OSError):  # noqa: PT011  # each says it in its own way
            trust.open_own(tmp_path / "a.spool.lock", flags)
    with pytest.raises(OSError):  # noqa: PT011
        spool_folder.Claim.on(tmp_path / "a.spool")
    assert spool_folder.noted(tmp_path / "a.spool") == 0
    if (tmp_path / "other").exists():
        assert (tmp_path / "other").read_bytes() == b"secret"


@as_root
@pytest.mark.parametrize("suffix", [".spool", ".upload"])
@pytest.mark.parametrize("trap", [linked, hard_linked, piped, of_another, writable, a_folder])
def test_resend_leaves_them_and_says_why(
    tmp_path: Path, trap: Callable[[Path], None], suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    trap(tmp_path / f"a{suffix}")
    assert command.main(["resend", "--spool", str(tmp_path)], {}) == 1
    assert f"kept: a{suffix}: " in capsys.readouterr().out


@as_root
def test_resend_from_a_folder_of_another_user(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = a_strangers_folder(shared)
    (folder / "a.upload").write_text("{}", encoding="utf-8")
    assert command.main(["resend", "--spool", str(folder)], {}) == 1
    assert f"not looked at: {folder} belongs to another user" in capsys.readouterr().err
    assert [path.name for path in folder.iterdir()] == ["a.upload"]


@as_root
def test_a_result_file_that_another_user_put_there(tmp_path: Path, shared: Path) -> None:
    """Root's robot writes into a folder of somebody else, who puts a link to a secret in the place of the log."""
    log, secret = shared / "log.html", tmp_path / "secret"
    secret.write_text("root's own", encoding="utf-8")
    log.write_text("a log", encoding="utf-8")
    job = Job.of(log, url="http://wall", run_id="r", process="0", name="log.html")
    os.utime(secret, ns=(job.modified, job.modified))
    job.size = secret.stat().st_size
    log.unlink()
    log.symlink_to(secret)
    of_stranger(log)
    for use in (
        lambda: upload(None, job, lambda: False),  # type: ignore[arg-type]  # it does not come to that
        lambda: Job.of(log, url="http://wall", run_id="r", process="0", name="log.html"),
    ):
        with pytest.raises((UploadError, Untrusted), match="belongs to another user"):
            use()
    log.unlink()
    os.mkfifo(log)
    with pytest.raises(Untrusted, match="not a regular file"):
        Job.of(log, url="http://wall", run_id="r", process="0", name="log.html")


@pytest.fixture
def temporary(shared: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(tempfile, "tempdir", str(shared))
    return shared


@as_root
def test_who_takes_our_name_in_the_temporary_folder_does_not_take_our_place(temporary: Path) -> None:
    """Ours has a name that nobody can know before; later runs and `resend` find it."""
    taken = temporary / f"livewall-spool-{os.geteuid()}"
    taken.mkdir()
    of_stranger(taken)
    folder = spool_folder.prepare(None, {})
    assert folder.parent == temporary and folder.name.startswith(f"{taken.name}-")
    assert spool_folder.prepare(None, {}) == folder, "the same one again"
    folders, reasons = spool_folder.existing(None, {})
    assert folders == [folder] and "belongs to another user" in str(reasons[0])
    assert list(taken.iterdir()) == []


@as_root
@pytest.mark.parametrize("variable", ["HOME", "XDG_STATE_HOME"])
def test_with_the_home_of_another_user_the_temporary_folder_does(temporary: Path, variable: str) -> None:
    home = temporary / "home"
    home.mkdir()
    of_stranger(home)
    assert spool_folder.prepare(None, {variable: str(home)}) == temporary / f"livewall-spool-{os.geteuid()}"
    assert list(home.iterdir()) == []
    with pytest.raises(Untrusted, match="belongs to another user"):
        spool_folder.prepare(home / "spool", {})
