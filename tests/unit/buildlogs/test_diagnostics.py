"""What a line or a few of a log complain about, tool by tool."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livewall_agent.build_report.masking import mask
from livewall_dashboard.buildlogs.complaint_reader import ComplaintReader
from livewall_dashboard.buildlogs.config_log import ConfigLog
from livewall_dashboard.buildlogs.dejagnu import DejaGnuSum, Tap
from livewall_dashboard.buildlogs.diagnostics import UNKNOWN, classify
from livewall_dashboard.buildlogs.fingerprints import fingerprint, without_folder
from livewall_dashboard.buildlogs.log_scanner import LogScanner
from livewall_dashboard.buildlogs.model import Diagnostic
from livewall_dashboard.buildlogs.plain_text import plain
from livewall_dashboard.buildlogs.suite_logs import SuiteLog
from livewall_dashboard.buildlogs.test_lines import TestLines


@pytest.mark.parametrize(
    ("line", "file", "number", "sort"),
    [
        ("src/x.c:40:3: error: 'y' undeclared", "src/x.c", 40, "compiler"),
        ("x.c:40: error: before columns", "x.c", 40, "compiler"),
        ("x.y:-3:-1: error: a line that is none", "x.y", 0, "compiler"),
        ("x.cc:1:2: internal compiler error: in foo, at bar.c:1", "x.cc", 1, "compiler"),
        ("C:\\src\\x.c:4:1: error: y", "C:\\src\\x.c", 4, "compiler"),
        ("x.c(12,3): error C2065: 'y': undeclared identifier", "x.c", 12, "compiler"),
        ("src/Foo.java:3: error: cannot find symbol", "src/Foo.java", 3, "compiler"),
        ("[ERROR] /src/Foo.java:[3,5] cannot find symbol", "/src/Foo.java", 3, "compiler"),
        ("./main.go:5:2: undefined: x", "./main.go", 5, "compiler"),
        ("x.s:12: Error: no such instruction: `foo'", "x.s", 12, "compiler"),
        ("x.c:2:10: fatal error: zlib.h: No such file or directory", "x.c", 2, "missing header"),
        ("x.c:2:10: fatal error: 'zlib.h' file not found", "x.c", 2, "missing header"),
        ("x.c:3:1: Fehler: expected »;« before »}« token", "x.c", 3, "compiler"),
        ("x.c:3:1: schwerwiegender Fehler: y.h: Datei oder Verzeichnis nicht gefunden", "x.c", 3, "compiler"),
        ("x.c:3:1: erreur: expected « ; » before « } » token", "x.c", 3, "compiler"),
        ("x.c:3:1: ошибка: expected «;»", "x.c", 3, "compiler"),
        ("x.c:3:1: エラー: expected ‘;’", "x.c", 3, "compiler"),
        ("x.c:3:1: 错误：expected ‘;’", "x.c", 3, "compiler"),
        ("/tmp/b/x.c:3: undefined reference to `f'", "/tmp/b/x.c", 3, "linker"),
        ("/usr/bin/ld: x.o:x.c:(.text+0x5): undefined reference to `f'", "x.c", 0, "linker"),
        ("x.c:(.text+0x5): undefined reference to `f'", "x.c", 0, "linker"),
        (
            "/usr/bin/ld: b.o:(.bss+0x0): multiple definition of `f'; a.o:(.bss+0x0): first defined here",
            "b.o",
            0,
            "linker",
        ),
        ("/usr/bin/ld: cannot find -lz: No such file or directory", "", 0, "missing library"),
        ("ld: library not found for -lz", "", 0, "missing library"),
        ("configure: error: no acceptable C compiler found in $PATH", "", 0, "configure"),
        ("Makefile:12: *** missing separator.  Stop.", "Makefile", 12, "make"),
        ("t.c:1:39: runtime error: signed integer overflow: 2147483647 + 1", "t.c", 1, "compiler"),
        ("==29247==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x6 at pc 0x5", "", 0, "sanitizer"),
        ("==12==WARNING: MemorySanitizer: use-of-uninitialized-value", "", 0, "sanitizer"),
        ("WARNING: ThreadSanitizer: data race (pid=3)", "", 0, "sanitizer"),
        (
            "Can't locate Zorch/Frob.pm in @INC (you may need to install the Zorch::Frob module)",
            "",
            0,
            "missing module",
        ),
        ("make: *** No rule to make target 'check'.  Stop.", "", 0, "missing target"),
        ("make: *** Keine Regel, um „check“ zu erstellen.  Schluss.", "", 0, "missing target"),
        ("make: don't know how to make check. Stop", "", 0, "missing target"),
        ("make[1]: makeinfo: No such file or directory", "", 0, "missing command"),
        ("/bin/sh: 1: bison: not found", "", 0, "missing command"),
        ("bash: line 3: flex: command not found", "", 0, "missing command"),
        ("env: 'python': No such file or directory", "", 0, "missing command"),
        ("script: 311: ./configure: not found", "", 0, "missing configure"),
        ("script: line 311: ./configure: No such file or directory", "", 0, "missing configure"),
        ("gcc: fatal error: Killed signal terminated program cc1", "", 0, "out of memory"),
        ("cc1plus: out of memory allocating 65536 bytes", "", 0, "out of memory"),
        ("x.c:1: fatal error: error writing to /tmp/x.s: No space left on device", "", 0, "out of disk"),
        ("CMake Error: The source directory does not exist", "", 0, "CMake"),
        ("error[E0425]: cannot find value `x` in this scope", "", 0, "compiler"),
        ("gcc: error: unrecognized command-line option '-Wfoo'", "", 0, "compiler"),
    ],
)
def test_error(line: str, file: str, number: int, sort: str) -> None:
    found = classify(line)
    assert found is not None
    assert (found.kind, found.rank, found.file, found.line, found.sort) == ("error", 1, file, number, sort)


@pytest.mark.parametrize(
    ("line", "flag"),
    [
        ("x.c:5:7: warning: unused variable 'y' [-Wunused-variable]", "-Wunused-variable"),
        ("x.c:5:7: Warnung: Variable »y« wird nicht verwendet [-Wunused-variable]", "-Wunused-variable"),
        ("x.c:5:7: warning: y [-Werror,-Wfoo]", "-Werror"),
        ("x.c(12): warning C4996: 'strcpy': unsafe", "C4996"),
        ("configure: WARNING: unrecognized options: --foo", ""),
        ("/usr/bin/ld: warning: x.o: missing .note.GNU-stack section", ""),
        ("configure.ac:5: warning: The macro `AC_FOO' is obsolete.", ""),
    ],
)
def test_warning_with_its_flag(line: str, flag: str) -> None:
    found = classify(line)
    assert found is not None and (found.kind, found.flag) == ("warning", flag)


@pytest.mark.parametrize(
    "line",
    [
        "configure: error: in `/tmp/hello-2.10':",
        "make: *** [Makefile:600: src/other.o] Error 1",
        "make[2]: *** [x.o] Fehler 1",
        "collect2: error: ld returned 1 exit status",
        "compilation terminated.",
        "error: could not compile `x` due to previous error",
        "ninja: build stopped: subcommand failed.",
        "*** Error code 1",
    ],
)
def test_consequence_is_no_cause(line: str) -> None:
    found = classify(line)
    assert found is not None and found.rank == 3


@pytest.mark.parametrize(
    "line",
    [
        "checking for library containing strerror... none required",
        "gcc -Werror -DERROR=1 -c error.c -o error.o",
        "x.c:4:14: note: each undeclared identifier is reported only once",
        "x.c:4:14: Anmerkung: jeder Bezeichner",
        "checking whether gcc needs -traditional... no",
        "make: *** Waiting for unfinished jobs....",
        "make[1]: Nothing to be done for 'all'.",
        "  CC       error.o",
        "12:30:01 all is well",
    ],
)
def test_line_of_no_complaint(line: str) -> None:
    assert classify(line) is None


@pytest.mark.parametrize(
    "line", ["make: *** [Makefile:4: check] Segmentation fault", "panic: assignment to entry in nil map"]
)
def test_a_crash_is_told_where_nothing_says_more(line: str) -> None:
    found = classify(line)
    assert found is not None and (found.rank, found.sort) == (UNKNOWN, "crash")


def test_packages_that_have_what_is_missing() -> None:
    for line, package in (
        ("x.c:1:1: fatal error: openssl/ssl.h: No such file or directory", "libssl-dev"),
        ("/usr/bin/ld: cannot find -lncurses", "libncurses-dev"),
        ("sh: 1: makeinfo: not found", "texinfo"),
        ("No package 'libxml-2.0' found", "libxml2-dev"),
    ):
        found = classify(line)
        assert found is not None and package in found.hint


def complaints(*lines: str) -> list[tuple[int, Diagnostic]]:
    reader = ComplaintReader()
    found = [each for number, line in enumerate(lines, 1) for each in reader.take(number, line)]
    return found + reader.finish()


def test_complaints_of_several_lines() -> None:
    ((at, python),) = complaints(
        "Traceback (most recent call last):", '  File "a.py", line 1, in f', "    g()", '  File "b.py", line 7, in g',
        "    1 / 0", "ZeroDivisionError: division by zero", "done",
    )  # fmt: skip
    assert (at, python.file, python.line, python.text) == (1, "b.py", 7, "ZeroDivisionError: division by zero")
    ((_, rust),) = complaints("error[E0425]: cannot find value `x`", "  --> src/main.rs:4:5", "   |")
    assert (rust.file, rust.line, rust.flag, rust.rank) == ("src/main.rs", 4, "E0425", 1)
    ((_, cmake),) = complaints("CMake Error at CMakeLists.txt:12 (find_package):", "", "  Could not find Foo", "")
    assert (cmake.file, cmake.line, cmake.text) == ("CMakeLists.txt", 12, "Could not find Foo")
    first, second = complaints("error: bad", "x.c:1:1: error: worse")
    assert (first[1].rank, second[1].rank, second[0]) == (2, 1, 2)
    ((_, java),) = complaints('Exception in thread "main" java.lang.Error: no', "\tat x.Y.main(Y.java:3)", "bye")
    assert java.text.startswith("Exception in")


def test_what_cmake_says_is_read_to_the_end_of_its_paragraph() -> None:
    head = "CMake Error at CMakeLists.txt:3 (find_package):"
    said = ("  CMake 9.1 or higher is needed", "  by this project.")
    for after in ((*said, "", "  More of it."), (*said, "-- Configuring incomplete, errors occurred!")):
        ((_, found),) = complaints(head, *after)
        assert (found.file, found.line, found.text) == (
            "CMakeLists.txt",
            3,
            "CMake 9.1 or higher is needed by this project.",
        )
    ((_, found),) = complaints(head, "", *said)
    assert found.text.startswith("CMake 9.1")


def test_what_is_wrong_in_a_systems_header_is_wrong_where_it_is_used() -> None:
    here, there = "b.cpp:3:49:   required from here", "/usr/include/c++/12/ops.h:45:23: error: no match for 'operator<'"
    ((at, found),) = complaints("In file included from b.cpp:1:", here, there)
    assert (at, found.file, found.line) == (3, "b.cpp", 3)
    assert found.text == "no match for 'operator<' (in /usr/include/c++/12/ops.h:45)"
    ((_, other),) = complaints(here, "src/own.h:4:1: error: x")
    assert other.file == "src/own.h"
    ((_, later),) = complaints(here, "", there)
    assert later.file.startswith("/usr/include")


def scan(*blocks: bytes) -> LogScanner:
    scanner = LogScanner(lambda at, diagnostic: None)
    for block in blocks:
        scanner.feed(block)
    scanner.finish()
    return scanner


@pytest.mark.parametrize("cut", range(0, 60, 7))
def test_error_and_its_context_wherever_blocks_end(cut: int) -> None:
    lines = [b"line %d\n" % number for number in range(60)]
    lines[30] = b"x.c:1:1: error: bad\n"
    scanner = scan(b"".join(lines[:cut]), b"".join(lines[cut:]))
    error = scanner.first_error
    assert error is not None and scanner.lines == 60
    assert (error.at, error.starts_at) == (31, 21)
    assert error.context == [line.decode().rstrip() for line in lines[20:41]]


def test_cause_is_preferred_to_what_came_before_it() -> None:
    error = scan(
        b"make: *** [a] Error 1\nfoo: error: generic\nx.c:1:1: error: cause\nx.c:2:1: error: second\n"
    ).first_error
    assert error is not None and error.diagnostic.text == "cause"


def test_fingerprint_has_no_line_no_folder_and_no_kind_of_quotes() -> None:
    def of(text: str, file: str = "x.c", line: int = 1, **more: Any) -> str:
        return fingerprint(Diagnostic("warning", text, file, line, **more))

    assert of("‘y’ unused", line=1) == of("'y' unused", line=99)
    assert of("array of 12 bytes at 0xdeadbeef") == of("array of 8 bytes at 0x1")
    assert of("int32 used") != of("int64 used")
    assert len({of("a"), of("b"), of("a", file="z.c"), of("a", flag="-Wx")}) == 4
    assert without_folder("/tmp/hello.AbC/hello-2.10/src/x.c", "/tmp/hello.AbC") == "src/x.c"
    assert without_folder("./x.c", "") == "x.c"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"SOURCE=http://me:pass@w0rd@x/y.git", b"SOURCE=http://me:***@x/y.git"),
        (b"git clone https://ci:s3cret@example.org/x", b"git clone https://ci:***@example.org/x"),
        (b"$ ./configure --with-db-password=hunter22 --x", b"$ ./configure --with-db-password=*** --x"),
        (b"DB_PASSWORD='hunter22'", b"DB_PASSWORD='***'"),
        (b'gcc -DAPI_KEY=\\"abcd1234\\" -c', b'gcc -DAPI_KEY=\\"***\\" -c'),
        (b"Authorization: Bearer abcdef", b"Authorization: Bearer ***"),
        (b"ghp_0123456789abcdefghijABCDEFGHIJ012345", b"***"),
        (b"ghs_0123456789abcdefghijABCDEFGHIJ012345", b"***"),
        (b"gho_0123456789abcdefghijABCDEFGHIJ012345", b"***"),
        (b"PrivateKey=abcdef012345", b"PrivateKey=***"),
        (b"GITHUB_TOKEN=$TOKEN passes=12 compass=north", b"GITHUB_TOKEN=$TOKEN passes=12 compass=north"),
        (b"http://example.org:8080/@x token ring", b"http://example.org:8080/@x token ring"),
    ],
)
def test_secrets(line: bytes, expected: bytes) -> None:
    assert mask(b"before\n" + line + b"\nafter") == b"before\n" + expected + b"\nafter"


def test_nothing_masked_is_the_very_same() -> None:
    block = b"nothing of the kind\n" * 100
    assert mask(block) is block


WORDS = (
    "error",
    "warning",
    "ld: ",
    "make[1]: ",
    "*** ",
    "undefined reference to ",
    "CMake Error",
    "No rule to make target ",
)
WORDS += (
    "password",
    "://",
    "PASS: ",
    "ok 1",
    "1/2 ",
    "ac_cv_",
    "configure:1: ",
    "Entering directory ",
    "x.c",
    "-->",
    "é",
    "：",
    "test ",
    " ... ",
    "t.py::",
    " FAILED",
    "=== RUN ",
    "--- FAIL: ",
    "required from here",
    "==1==ERROR: ",
)
SIGNS = (
    ":",
    "()",
    "1",
    "[-W",
    "]",
    "'",
    "`",
    "/",
    "\t",
    "\x1b[",
    "\x1b]",
    "\b",
    "\r",
    "=",
    "@",
    "#",
    "\\",
    '"',
    ".",
    " ",
)
PIECES = st.sampled_from(WORDS + SIGNS)


@pytest.mark.any_python
@settings(max_examples=40)
@given(st.lists(PIECES, min_size=1, max_size=4), st.integers(200, 3000), st.text(max_size=20))
def test_no_line_costs_more_than_its_length(pieces: list[str], times: int, end: str) -> None:
    """A pattern that goes back over what it has read needs seconds for such a line; each of these needs some 100 us."""
    line = ("".join(pieces) * times + end).encode("utf-8", "surrogatepass")
    start = time.process_time()
    for _ in range(2):
        text = plain(line)
        classify(text)
        mask(line)
        TestLines().take(1, text)
        Tap().take(1, text)
        scan(line + b"\n")
        for reader in (ConfigLog(), SuiteLog(), DejaGnuSum()):
            reader.feed(line)
    assert time.process_time() - start < 1.0
