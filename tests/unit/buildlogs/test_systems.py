"""Systems as people say them."""

from __future__ import annotations

import pytest

from livewall_agent.reportwire import is_git, project_and_version
from livewall_dashboard.buildlogs.names import hash_in
from livewall_dashboard.buildlogs.systems import system_of

DEBIAN = {
    "uname-s": "Linux",
    "uname-m": "x86_64",
    "etc_os_release_NAME": "Debian GNU/Linux",
    "etc_os_release_VERSION_ID": "12",
}
GCC = "gcc (Debian 12.2.0-14+deb12u1) 12.2.0"


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        (DEBIAN | {"gcc-version": GCC}, "Debian 12, x86_64, gcc 12.2"),
        (
            DEBIAN | {"gcc-version": "missing", "cc-version": "Debian clang version 14.0.6"},
            "Debian 12, x86_64, clang 14.0",
        ),
        (
            {"uname-s": "Linux", "uname-m": "i686", "lsb_release-i": "CentOS", "lsb_release-r": "6.5"},
            "CentOS 6.5, i686",
        ),
        ({"uname-s": "FreeBSD", "uname-r": "13.2-RELEASE-p1", "uname-m": "amd64"}, "FreeBSD 13.2, amd64"),
        (
            {
                "uname-s": "Darwin",
                "uname-r": "22.6.0",
                "uname-m": "arm64",
                "cc-version": "Apple clang version 14.0.3 (x-1)",
            },
            "macOS 13, arm64, Apple clang 14.0",
        ),
        ({"uname-s": "SunOS", "uname-r": "5.11", "uname-m": "i86pc", "uname-p": "i386"}, "Solaris 11, i386"),
        (DEBIAN | {"uname-s": "GNU", "uname-m": "i686-AT386"}, "Debian 12 (Hurd), i686-AT386"),
        (DEBIAN | {"uname-s": "GNU", "etc_os_release_NAME": "Debian GNU/Hurd"}, "Debian 12 (Hurd), x86_64"),
        (DEBIAN | {"uname-s": "GNU/kFreeBSD"}, "Debian 12 (kFreeBSD), x86_64"),
        ({"uname-s": "AIX", "uname-r": "1", "uname-v": "7", "uname-m": "00F84C0C4C00"}, "AIX 7.1, 00F84C0C4C00"),
        ({"uname-s": "CYGWIN_NT-10.0", "uname-m": "x86_64"}, "Cygwin on Windows 10.0, x86_64"),
        ({"uname-s": "Linux", "uname-r": "4.4.1", "uname-m": "mips"}, "Linux 4.4.1, mips"),
        ({}, "unknown system"),
    ],
)
def test_name(versions: dict[str, str], expected: str) -> None:
    assert str(system_of(versions, {}, "")) == expected


def test_compiler_that_was_chosen_and_the_machine_it_builds_for() -> None:
    chosen = {"configure_extra_params": " CC=clang --host=arm-linux-gnueabihf 'CFLAGS=-O2 -g'"}
    system = system_of(DEBIAN | {"gcc-version": GCC}, chosen, "")
    assert (system.compiler, system.architecture) == ("clang", "arm (built on x86_64)")
    assert system_of(DEBIAN, chosen, "Debian clang version 14.0.6").compiler == "clang 14.0"


@pytest.mark.parametrize(
    ("basename", "project", "version"),
    [
        ("hello-2.10", "hello", "2.10"),
        ("gtk+-3.24.1", "gtk+", "3.24.1"),
        ("foo-bar-1.2-3a4b5", "foo-bar", "1.2-3a4b5"),
        ("datamash_1.8", "datamash", "1.8"),
        ("coreutils.git", "coreutils", ""),
        ("x", "x", ""),
        ("", "", ""),
    ],
)
def test_project_and_version(basename: str, project: str, version: str) -> None:
    assert project_and_version(basename) == (project, version)


def test_commit_of_a_version_out_of_git() -> None:
    assert is_git("git://git.sv.gnu.org/datamash.git") and not is_git("http://example.org/x-1.tar.gz")
    assert (hash_in("1.4.12-3a4b5"), hash_in("1.4-gdeadbeef-dirty"), hash_in("1.4"), hash_in("2.1234")) == (
        "3a4b5",
        "deadbeef",
        "",
        "",
    )
