"""SOURCE, whatever it is, becomes a folder to build in; what can be none is said in a line."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from livewall_agent.build_report.archives import BadArchive, unpack
from livewall_agent.build_report.options import variable, words_of
from livewall_agent.build_report.source import CannotBuild, Source, fetch
from livewall_agent.errors import AgentError, Misconfigured
from support.packages import source_folder, tarball_of

ENVIRONMENT = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C", "LANGUAGE": ""}
PACKERS = {".tar.bz2": "bzip2", ".tar.xz": "xz", ".tar.zst": "zstd"}
"""Programs that tar calls."""


def built_in(text: str, folder: Path, branch: str = "") -> tuple[Path, str]:
    folder.mkdir(exist_ok=True)
    return fetch(Source.of(text, branch), folder, branch, ENVIRONMENT)


@pytest.mark.parametrize(
    ("text", "basename", "kind"),
    [
        ("http://ftp.gnu.org/gnu/hello/hello-2.8.tar.gz", "hello-2.8", "tarball"),
        ("https://x.org/a/libfoo++-1.0.tgz?mirror=2", "libfoo++-1.0", "tarball"),
        ("ftp://x.org/gzip-1.12.tar.zst", "gzip-1.12", "tarball"),
        ("git://git.savannah.gnu.org/datamash.git", "datamash", "git"),
        ("git@example.org:tools/frob.git", "frob", "git"),
        ("https://me:secret@example.org/x/frob.git/", "frob", "git"),
    ],
)
def test_kinds_and_names(text: str, basename: str, kind: str) -> None:
    source = Source.of(text)
    assert (source.basename, source.kind) == (basename, kind)


@pytest.mark.parametrize("suffix", [".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar.zst"])
def test_tarballs_with_one_folder_in_them(suffix: str, tmp_path: Path) -> None:
    source = source_folder(tmp_path / "made")
    os.utime(source / "configure", (1_000_000_000, 1_000_000_000))
    packer = PACKERS.get(suffix, "gzip")
    if not shutil.which(packer):
        pytest.skip(f"there is no {packer}")
    place, commit = built_in(str(tarball_of(source, suffix)), tmp_path / "build")
    assert (place, commit) == (tmp_path / "build" / "frob-1.2", "")
    assert (place / "configure").stat().st_mtime == 1_000_000_000 and os.access(place / "configure", os.X_OK)


def tar_of(path: Path, *members: str) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name in members:
            tar.addfile(tarfile.TarInfo(name), io.BytesIO())
    return path


@pytest.mark.parametrize(
    ("members", "place"),
    [
        (("configure", "src/x.c"), "frob-1"),
        (("odd-name/configure",), "odd-name"),
        (("aaa/README", "zzz/configure"), "zzz"),
        (("aaa/configure", "frob-1/configure"), "frob-1"),
        (("./frob-1/configure",), "frob-1"),
    ],
)
def test_folder_that_is_built_in(members: tuple[str, ...], place: str, tmp_path: Path) -> None:
    tarball = tar_of(tmp_path / "frob-1.tar.gz", *members)
    assert built_in(str(tarball), tmp_path / "build")[0] == tmp_path / "build" / place


def test_tarball_with_several_folders_that_may_be_meant(tmp_path: Path) -> None:
    tarball = tar_of(tmp_path / "x-1.tar.gz", "a/configure", "b/configure")
    with pytest.raises(CannotBuild, match="several folders in it, and any may be the one to build: a, b"):
        built_in(str(tarball), tmp_path / "build")


def test_member_that_leads_outside_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadArchive, match=r"x-1.tar.gz cannot be unpacked: .*outside"):
        unpack(tar_of(tmp_path / "x-1.tar.gz", "../escaped"), tmp_path / "build")
    assert not (tmp_path / "escaped").exists()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x-1.tar.gz", b"no archive", "cannot be unpacked"),
        ("x-1.tar.xz", b"\xfd7zXZ\0cut", "cannot be unpacked"),
        ("x-1.zip", b"PK", "is no source: give a .tar.gz"),
    ],
)
def test_what_is_no_tarball(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(AgentError, match=said):
        built_in(str(tmp_path / name), tmp_path / "build")


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CannotBuild, match="is not there"):
        Source.of(str(tmp_path / "none.tar.gz"))
    with pytest.raises(CannotBuild, match=r"http://127.0.0.1:9/x.tar.gz cannot be downloaded"):
        built_in("http://me:secret@127.0.0.1:9/x.tar.gz".replace("me:secret@", ""), tmp_path / "build")
    with pytest.raises(CannotBuild) as told:
        built_in(f"{tmp_path}/none.git", tmp_path / "build")
    assert "cannot be cloned" in str(told.value)


def test_branch_is_for_git_alone(tmp_path: Path) -> None:
    source_folder(tmp_path)
    with pytest.raises(Misconfigured, match="-b next is for a git source"):
        Source.of(str(tmp_path / "frob-1.2"), "next")


def test_folder_is_copied_and_clone_has_its_commit_and_branch(tmp_path: Path) -> None:
    source = source_folder(tmp_path / "made")
    who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]

    def git(*words: str) -> str:
        done = subprocess.run(["git", *who, *words], cwd=source, env=ENVIRONMENT, check=True, capture_output=True)
        return done.stdout.decode().strip()

    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-qm", "one")
    git("checkout", "-qb", "next's")
    (source / "new").touch()
    git("add", ".")
    git("commit", "-qm", "two")
    commit = git("rev-parse", "HEAD")
    assert built_in(str(source), tmp_path / "copied") == (tmp_path / "copied" / "frob-1.2", commit)
    (source / "configure").write_text("changed")
    assert built_in(str(source), tmp_path / "changed")[1] == f"{commit}-dirty"
    git("checkout", "-qf", "main")
    bare = tmp_path / "frob.git"
    git("clone", "-q", "--bare", str(source), str(bare))
    place, cloned = built_in(str(bare), tmp_path / "cloned", "next's")
    assert (place, cloned) == (tmp_path / "cloned" / "frob", commit) and (place / "new").exists()
    with pytest.raises(CannotBuild, match="Remote branch none not found"):
        built_in(str(bare), tmp_path / "none", "none")


def test_folder_that_holds_the_one_that_is_built_in(tmp_path: Path) -> None:
    source = source_folder(tmp_path)
    place, _ = built_in(str(source), source / "tmp")
    assert (place / "configure").exists() and not (place / "tmp").exists()


def test_parameters_part_at_spaces_and_quotes_hold_them_together() -> None:
    assert words_of(("-j4 -k", "CFLAGS='-O2 -g'")) == ["-j4", "-k", "CFLAGS=-O2 -g"]
    with pytest.raises(Misconfigured, match="cannot be taken apart"):
        words_of(("CFLAGS='-O2",))
    assert variable("CFLAGS=-O2 -g=x") == ("CFLAGS", "-O2 -g=x")
    for bad in ("=x", "A", "A-B=x", "1A=x"):
        with pytest.raises(Misconfigured, match="is not NAME=VALUE"):
            variable(bad)


@pytest.fixture
def no_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Debian 12, whose tarfile cannot tell good members from bad ones."""
    monkeypatch.delattr(tarfile, "data_filter", raising=False)


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


def pipe(name: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type = tarfile.FIFOTYPE
    return member


@pytest.mark.usefixtures("no_filter")
@pytest.mark.filterwarnings("ignore:Python 3.14 will:DeprecationWarning")
@pytest.mark.parametrize(
    "members",
    [
        [tarfile.TarInfo("../escaped")],
        [tarfile.TarInfo("/tmp/escaped-absolutely")],
        [link("x/etc", "/etc"), tarfile.TarInfo("x/etc/escaped")],
        [link("x/up", "../..")],
        [link("x/passwd", "/etc/passwd", tarfile.LNKTYPE)],
        [pipe("x/pipe")],
    ],
    ids=["up", "absolute", "by a link", "link", "hard link", "pipe"],
)
def test_without_a_filter_what_leads_out_is_refused(tmp_path: Path, members: list[tarfile.TarInfo]) -> None:
    with tarfile.open(tmp_path / "x-1.tar.gz", "w:gz") as tar:
        for member in members:
            tar.addfile(member)
    with pytest.raises(BadArchive, match=r"outside of its folder|a device or a pipe"):
        unpack(tmp_path / "x-1.tar.gz", tmp_path / "build")
    assert list(tmp_path.rglob("*escaped*")) == []


@pytest.mark.usefixtures("no_filter")
@pytest.mark.filterwarnings("ignore:Python 3.14 will:DeprecationWarning")
def test_without_a_filter_files_keep_their_times_and_are_ours(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x-1.tar.gz", "w:gz") as tar:
        script = tarfile.TarInfo("x-1/configure")
        script.mtime, script.mode, script.uid, script.uname = 1_700_000_000, 0o4775, 12345, "nobody"
        tar.addfile(script)
        tar.addfile(link("x-1/config", "configure"))
    unpack(tmp_path / "x-1.tar.gz", tmp_path / "build")
    found = (tmp_path / "build" / "x-1" / "configure").stat()
    assert (found.st_mtime, found.st_mode & 0o7777, found.st_uid) == (1_700_000_000, 0o755, os.getuid())
    assert (tmp_path / "build" / "x-1" / "config").readlink() == Path("configure")
