"""Which package usually has what a build misses, by the names of Debian and Ubuntu, and of Fedora and its kin."""

from __future__ import annotations

_ZLIB, _SSL, _CURSES = (
    ("zlib1g-dev", "zlib-devel"),
    ("libssl-dev", "openssl-devel"),
    ("libncurses-dev", "ncurses-devel"),
)
_C_LIBRARY, _KERNEL = ("libc6-dev", "glibc-devel"), ("linux-libc-dev", "kernel-headers")

HEADERS = {
    "X11": ("libx11-dev", "libX11-devel"), "GL": ("libgl-dev", "mesa-libGL-devel"),
    "SDL2": ("libsdl2-dev", "SDL2-devel"), "acl": ("libacl1-dev", "libacl-devel"),
    "attr": ("libattr1-dev", "libattr-devel"), "alsa": ("libasound2-dev", "alsa-lib-devel"),
    "archive.h": ("libarchive-dev", "libarchive-devel"), "asm": _KERNEL, "linux": _KERNEL, "assert.h": _C_LIBRARY,
    "stdio.h": _C_LIBRARY, "stdlib.h": _C_LIBRARY, "boost": ("libboost-all-dev", "boost-devel"),
    "bzlib.h": ("libbz2-dev", "bzip2-devel"), "cairo.h": ("libcairo2-dev", "cairo-devel"),
    "check.h": ("check", "check-devel"), "curses.h": _CURSES, "curl": ("libcurl4-openssl-dev", "libcurl-devel"),
    "db.h": ("libdb-dev", "libdb-devel"), "dbus": ("libdbus-1-dev", "dbus-devel"),
    "event2": ("libevent-dev", "libevent-devel"), "expat.h": ("libexpat1-dev", "expat-devel"),
    "ffi.h": ("libffi-dev", "libffi-devel"), "fuse.h": ("libfuse-dev", "fuse-devel"),
    "gc.h": ("libgc-dev", "gc-devel"), "gdbm.h": ("libgdbm-dev", "gdbm-devel"),
    "glib.h": ("libglib2.0-dev", "glib2-devel"), "gmp.h": ("libgmp-dev", "gmp-devel"),
    "gmpxx.h": ("libgmp-dev", "gmp-c++"), "mpfr.h": ("libmpfr-dev", "mpfr-devel"),
    "mpc.h": ("libmpc-dev", "libmpc-devel"), "gnutls": ("libgnutls28-dev", "gnutls-devel"),
    "gcrypt.h": ("libgcrypt20-dev", "libgcrypt-devel"), "gtest": ("libgtest-dev", "gtest-devel"),
    "gtk": ("libgtk-3-dev", "gtk3-devel"), "idn2.h": ("libidn2-dev", "libidn2-devel"),
    "jpeglib.h": ("libjpeg-dev", "libjpeg-turbo-devel"), "json-c": ("libjson-c-dev", "json-c-devel"),
    "libintl.h": ("gettext", "gettext-devel"), "libxml": ("libxml2-dev", "libxml2-devel"),
    "lua.h": ("liblua5.4-dev", "lua-devel"), "lzma.h": ("liblzma-dev", "xz-devel"),
    "magic.h": ("libmagic-dev", "file-devel"), "ncurses.h": _CURSES, "openssl": _SSL,
    "pcap.h": ("libpcap-dev", "libpcap-devel"), "pcre.h": ("libpcre3-dev", "pcre-devel"),
    "pcre2.h": ("libpcre2-dev", "pcre2-devel"), "png.h": ("libpng-dev", "libpng-devel"),
    "popt.h": ("libpopt-dev", "popt-devel"), "libpq-fe.h": ("libpq-dev", "libpq-devel"),
    "Python.h": ("python3-dev", "python3-devel"), "readline": ("libreadline-dev", "readline-devel"),
    "ruby.h": ("ruby-dev", "ruby-devel"), "security": ("libpam0g-dev", "pam-devel"),
    "selinux": ("libselinux1-dev", "libselinux-devel"), "sqlite3.h": ("libsqlite3-dev", "sqlite-devel"),
    "systemd": ("libsystemd-dev", "systemd-devel"), "tcl.h": ("tcl-dev", "tcl-devel"), "term.h": _CURSES,
    "tiffio.h": ("libtiff-dev", "libtiff-devel"), "libudev.h": ("libudev-dev", "systemd-devel"),
    "libunistring": ("libunistring-dev", "libunistring-devel"), "unistr.h": ("libunistring-dev", "libunistring-devel"),
    "uuid": ("uuid-dev", "libuuid-devel"), "yaml.h": ("libyaml-dev", "libyaml-devel"), "zlib.h": _ZLIB,
    "zstd.h": ("libzstd-dev", "libzstd-devel"), "usb.h": ("libusb-dev", "libusb-compat-0.1-devel"),
    "libusb-1.0": ("libusb-1.0-0-dev", "libusb1-devel"), "portaudio.h": ("libportaudio2", "portaudio-devel"),
}  # fmt: skip
"""By the header's folder, or by its name."""

LIBRARIES = {
    "X11": "X11", "GL": "GL", "acl": "acl", "attr": "attr", "bz2": "bzlib.h", "crypto": "openssl", "ssl": "openssl",
    "curl": "curl", "curses": "curses.h", "ncurses": "curses.h", "ncursesw": "curses.h", "tinfo": "curses.h",
    "expat": "expat.h", "ffi": "ffi.h", "gdbm": "gdbm.h", "gmp": "gmp.h", "mpfr": "mpfr.h", "gnutls": "gnutls",
    "jpeg": "jpeglib.h", "lzma": "lzma.h", "magic": "magic.h", "pam": "security", "pcap": "pcap.h", "pcre": "pcre.h",
    "pcre2-8": "pcre2.h", "png": "png.h", "pq": "libpq-fe.h", "readline": "readline", "selinux": "selinux",
    "sqlite3": "sqlite3.h", "systemd": "systemd", "tiff": "tiffio.h", "udev": "libudev.h", "uuid": "uuid",
    "xml2": "libxml", "yaml": "yaml.h", "z": "zlib.h", "zstd": "zstd.h", "c": "stdio.h", "m": "stdio.h",
    "pthread": "stdio.h", "zlib": "zlib.h", "openssl": "openssl", "libcurl": "curl", "glib-2.0": "glib.h",
    "libxml-2.0": "libxml", "gtk+-3.0": "gtk", "libssl": "openssl",
}  # fmt: skip
"""What `-l` or pkg-config calls it -> its header, above."""

_GETTEXT, _TEX = ("gettext", "gettext-devel"), ("texinfo", "texinfo")
COMMANDS = {
    "aclocal": ("automake", "automake"), "automake": ("automake", "automake"), "autoconf": ("autoconf", "autoconf"),
    "autoheader": ("autoconf", "autoconf"), "autoreconf": ("autoconf", "autoconf"),
    "autopoint": ("autopoint", "gettext-devel"), "bison": ("bison", "bison"), "yacc": ("bison", "byacc"),
    "flex": ("flex", "flex"), "lex": ("flex", "flex"), "cmake": ("cmake", "cmake"), "cc": ("gcc", "gcc"),
    "gcc": ("gcc", "gcc"), "g++": ("g++", "gcc-c++"), "c++": ("g++", "gcc-c++"), "gettext": _GETTEXT,
    "msgfmt": _GETTEXT, "xgettext": _GETTEXT, "gettextize": _GETTEXT, "git": ("git", "git"),
    "gperf": ("gperf", "gperf"), "help2man": ("help2man", "help2man"), "libtoolize": ("libtool", "libtool"),
    "m4": ("m4", "m4"), "make": ("make", "make"), "gmake": ("make", "make"), "makeinfo": _TEX, "texi2dvi": _TEX,
    "meson": ("meson", "meson"), "ninja": ("ninja-build", "ninja-build"), "nasm": ("nasm", "nasm"),
    "patch": ("patch", "patch"), "perl": ("perl", "perl"), "pkg-config": ("pkg-config", "pkgconf"),
    "python": ("python-is-python3", "python-unversioned-command"), "python3": ("python3", "python3"),
    "rsync": ("rsync", "rsync"), "runtest": ("dejagnu", "dejagnu"), "wget": ("wget", "wget"),
    "ar": ("binutils", "binutils"), "ld": ("binutils", "binutils"), "ranlib": ("binutils", "binutils"),
    "xz": ("xz-utils", "xz"), "gawk": ("gawk", "gawk"), "gfortran": ("gfortran", "gcc-gfortran"),
    "javac": ("default-jdk", "java-devel"), "cargo": ("cargo", "cargo"), "rustc": ("rustc", "rust"),
    "ed": ("ed", "ed"), "bc": ("bc", "bc"), "valgrind": ("valgrind", "valgrind"),
}  # fmt: skip


def hint_for_header(header: str) -> str:
    """A sentence; "" for a header that nobody here knows."""
    first, _, rest = header.partition("/")
    return _hint(HEADERS.get(header) or HEADERS.get(first) or HEADERS.get(rest.rpartition("/")[2] or first))


def hint_for_library(library: str) -> str:
    """`library`: as -l has it, or pkg-config."""
    return _hint(HEADERS.get(LIBRARIES.get(library, "")))


def hint_for_command(command: str) -> str:
    return _hint(COMMANDS.get(command.rpartition("/")[2]))


def hint_for_perl_module(module: str) -> str:
    """Both name packages by their module."""
    return _hint((f"lib{module.lower().replace('::', '-')}-perl", f"perl-{module.replace('::', '-')}"))


def _hint(package: tuple[str, str] | None) -> str:
    if package is None:
        return ""
    debian, fedora = package
    return f"Usually in the package {debian} (Debian, Ubuntu) or {fedora} (Fedora)."
