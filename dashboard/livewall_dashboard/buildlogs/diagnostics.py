"""Tells what a line of a log complains about: a compiler, a linker, make, CMake, configure, the shell, ...

Each pattern is anchored and has one way to match, so that a line costs no more than its length.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from livewall_dashboard.buildlogs.languages import IS_ERROR
from livewall_dashboard.buildlogs.model import Diagnostic
from livewall_dashboard.buildlogs.packages import (
    hint_for_command,
    hint_for_header,
    hint_for_library,
    hint_for_perl_module,
)

CAUSE, UNKNOWN, CONSEQUENCE = 1, 2, 3

_PLACE = re.compile(
    r"(?P<file>[^\s:(][^:()]{0,500}|[A-Za-z]:[^:()]{1,500}):(?P<line>-?\d{1,7}):(?:-?\d{1,7}:)?(?P<rest>.*)"
)
_MSVC = re.compile(
    r"(?P<file>(?:[A-Za-z]:)?[^:()]{1,500})\((?P<line>\d{1,7})(?:,\d{1,7})?\) ?: (?P<word>fatal error|error|warning) "
    r"(?P<flag>[A-Z]{1,4}\d{1,5}): (?P<text>.*)"
)
_FLAG = re.compile(r"\[(-W[\w=+-]{1,80})(?:,[^\]]{0,80})?\]$")
_TOOL = re.compile(r"(?P<tool>[\w.+/-]{1,200}): (?P<word>[^:]{1,30}): (?P<text>.*)")
_LINKER = re.compile(r"(?:[\w.+/-]{0,200}[/-])?(?:ld(?:\.\w{1,10})?|ld64|lld|gold): (?P<text>.*)")
_IN_OBJECT = re.compile(
    r"(?:[^:()]{1,500}\.(?:o|lo|a|obj):)?(?P<file>[^:()]{1,500}):(?:(?P<line>\d{1,7})|\([^)]{0,200}\)): ?(?P<text>.*)"
)
_MAKE = re.compile(r"(?:[\w./-]{0,200}/)?[gbd]?make(?:\[\d{1,3}\])?: (?P<text>.*)")
_MAKEFILE = re.compile(r"(?P<file>[^:\s]{1,300}):(?P<line>\d{1,7}): \*\*\* (?P<text>.*)")
_NO_TARGET = re.compile(
    r"(?:\*\*\* )?(?:No rule to make target [`'‘](?P<target>[^'’]{1,300})['’]|"
    r"don't know how to make (?P<bsd>\S{1,300}?)\.? |"
    r"Keine Regel, um [„»](?P<de>[^“«]{1,300})[“«]|Aucune règle pour fabriquer la cible « (?P<fr>[^»]{1,300}) »)"
)
_NEEDED_BY = re.compile(r"[^,]{0,400}, ?needed by ")
_RUST = re.compile(r"(?P<word>error|warning)(?:\[(?P<flag>E\d{4})\])?: (?P<text>.*)")
_CMAKE = re.compile(
    r"CMake (?P<word>Error|Warning)(?: \(dev\))?(?: at (?P<file>[^:]{1,400}):(?P<line>\d{1,7}))?[^:]{0,200}:"
    r"(?P<text>.*)"
)
_MAVEN = re.compile(r"\[(?P<word>ERROR|WARNING)\] (?P<file>[^\s:]{1,400}):\[(?P<line>\d{1,7}),\d{1,7}\] (?P<text>.*)")
_GO = re.compile(r"(?P<file>[^\s:]{1,400}\.go):(?P<line>\d{1,7}):\d{1,7}: (?P<text>.*)")
_JAVA = re.compile(r"Exception in thread .{0,200}")
_SANITIZER = re.compile(
    r"==\d{1,9}== ?(?:ERROR|WARNING): (?P<text>\w{1,30}Sanitizer: .*)|(?P<race>WARNING: ThreadSanitizer: .*)"
)
_IN_FOLDER = re.compile(r"configure: error: in [`'‘].{1,1000}['’]:$")
_NO_FILE = re.compile(r"['‘`\"]?(?P<header>[\w./+-]{1,200})['’\"]?(?:: No such file or directory| file not found)")
_NO_LIBRARY = re.compile(
    r"(?:cannot find -l|library not found for -l|unable to find library -l)(?P<library>[\w.+-]{1,100})"
)
_NO_PERL_MODULE = re.compile(r"Can't locate (?P<module>[\w/]{1,200})\.pm in @INC")
_NO_PACKAGE = re.compile(r"No package '(?P<library>[\w.+-]{1,100})' found")
_COMPILERS = frozenset(
    ("gcc", "g++", "cc", "c++", "cc1", "cc1plus", "clang", "clang++", "lto1", "f951", "gfortran", "rustc", "icc", "as",
     "configure", "ld.lld", "lld", "cpp", "clang-cl", "cc1obj")
)  # fmt: skip
_FOLLOWS = (
    "collect2: ", "compilation terminated", "error: could not compile", "error: aborting due to", "error: build failed",
    "ninja: build stopped", "cc1: all warnings being treated", "cc1plus: all warnings being treated",
    "clang: error: linker command failed", "gmake: stopped", "make: stopped",
)  # fmt: skip
_CRASHES = ("Segmentation fault", "Aborted", "Bus error", "Illegal instruction", "Floating point exception")
_NO_ROOM = ("no space left on device", "disk quota exceeded")
_NO_MEMORY = (
    "cannot allocate memory", "virtual memory exhausted", "out of memory", "std::bad_alloc",
    "killed signal terminated program", "killed (program", "memory exhausted",
)  # fmt: skip


def classify(text: str) -> Diagnostic | None:
    """What a plain line complains about; None for any other line."""
    for pattern in _PATTERNS:
        found = pattern(text)
        if found is not None:
            return found
    return None


def _exhaustion(text: str) -> Diagnostic | None:
    lowered = text.lower()
    if any(words in lowered for words in _NO_ROOM):
        return Diagnostic("error", text, sort="out of disk", hint="The disk of the build machine is full.")
    if any(words in lowered for words in _NO_MEMORY):
        return Diagnostic(
            "error", text, sort="out of memory", hint="Build with fewer jobs (make -j1), or with more memory."
        )
    return None


def _consequence(text: str) -> Diagnostic | None:
    if text.startswith(_FOLLOWS) or _IN_FOLDER.match(text):
        return Diagnostic("error", text, rank=CONSEQUENCE, sort="follows")
    return None


def _at_place(text: str) -> Diagnostic | None:
    """`file:line:column: error: text`, in any language; a linker's or make's `file:line: text`."""
    found = _PLACE.match(text)
    if found is None:
        return None
    file, line = found["file"], max(0, int(found["line"]))  # a generator counts as it likes
    word, colon, said = _colon(found["rest"])
    is_error = IS_ERROR.get(word.strip().casefold()) if colon else None
    if is_error is None:
        return None
    return _compiled(is_error, said.strip(), file, line)


def _colon(text: str) -> tuple[str, str, str]:
    """Before and after the first colon, which Chinese and Japanese write wide."""
    return (
        text[:60].replace("：", ":").partition(":")[0],
        ":" if ":" in text[:60].replace("：", ":") else "",
        _after(text),
    )


def _after(text: str) -> str:
    at = min((at for at in (text.find(":"), text.find("：")) if at >= 0), default=len(text))
    return text[at + 1 :]


def _compiled(is_error: bool, said: str, file: str, line: int) -> Diagnostic:
    flag = found[1] if (found := _FLAG.search(said[-200:])) else ""
    if flag:
        said = said[: said.rindex("[")].rstrip()
    if not is_error:
        return Diagnostic("warning", said, file, line, flag)
    missing = _NO_FILE.match(said)
    if missing:
        return Diagnostic("error", said, file, line, sort="missing header", hint=hint_for_header(missing["header"]))
    return Diagnostic("error", said, file, line, flag)


def _msvc(text: str) -> Diagnostic | None:
    found = _MSVC.match(text) if "): " in text or ") : " in text else None
    if found is None:
        return None
    kind = "warning" if found["word"] == "warning" else "error"
    return Diagnostic(
        "warning" if kind == "warning" else "error", found["text"], found["file"], int(found["line"]), found["flag"]
    )


def _linker(text: str) -> Diagnostic | None:
    found = _LINKER.match(text)
    said = found["text"] if found else text
    place = _IN_OBJECT.match(said)
    file, line, words = (place["file"], int(place["line"] or 0), place["text"]) if place else ("", 0, said)
    if words.startswith(("undefined reference to ", "multiple definition of ", "relocation truncated to fit")):
        return Diagnostic("error", words, file.rpartition(": ")[2], line, sort="linker")
    if found is None and not text.startswith("Undefined symbols for architecture"):
        return None
    if said.startswith("warning: "):
        return Diagnostic("warning", said[9:], sort="linker")
    missing = _NO_LIBRARY.match(said)
    if missing:
        return Diagnostic("error", text, sort="missing library", hint=hint_for_library(missing["library"]))
    if said.startswith(
        ("error: ", "cannot ", "Undefined symbols", "symbol(s) not found", "library not found", "unrecognized")
    ):
        rank = CONSEQUENCE if said.startswith("symbol(s)") else CAUSE
        return Diagnostic("error", text, rank=rank, sort="linker")
    return None


def _make(text: str) -> Diagnostic | None:
    found = _MAKE.match(text)
    if found is None:
        in_file = _MAKEFILE.match(text)
        if in_file:
            return Diagnostic("error", in_file["text"], in_file["file"], int(in_file["line"]), sort="make")
        return (
            Diagnostic("error", text, rank=CONSEQUENCE, sort="follows") if text.startswith("*** Error code") else None
        )
    said = found["text"]
    target = _NO_TARGET.match(said)
    if target:
        return _missing_target(text, next(filter(None, target.groups())), is_top=not _NEEDED_BY.match(said))
    if said.endswith((": Command not found", ": No such file or directory")) and not said.startswith("*** "):
        return _missing_command(text, said.partition(": ")[0])
    if not said.startswith("*** ") or "Waiting for unfinished" in said:
        return None
    if said.endswith(_CRASHES):
        return Diagnostic("error", text, rank=UNKNOWN, sort="crash")
    if said.endswith("Killed"):
        hint = "Something killed it: often the kernel, for want of memory."
        return Diagnostic("error", text, rank=UNKNOWN, sort="killed", hint=hint)
    return Diagnostic("error", text, rank=CONSEQUENCE, sort="follows")


def _missing_target(text: str, target: str, *, is_top: bool) -> Diagnostic:
    hint = ""
    if is_top and target == "check":
        hint = "The package has no tests that make knows of: its Makefile has no target check."
    return Diagnostic("error", text, sort="missing target", hint=hint)


def _missing_command(text: str, command: str) -> Diagnostic:
    return Diagnostic("error", text, sort="missing command", hint=hint_for_command(command))


def _shell(text: str) -> Diagnostic | None:
    """`sh: 1: foo: not found`, `foo: command not found`, `./configure: No such file or directory`."""
    lowered = text[-60:].lower()
    if lowered.endswith((": not found", ": command not found")):
        command = text.rpartition(": ")[0].rpartition(": ")[2]
    elif lowered.endswith(": no such file or directory"):
        command = text.rpartition(": ")[0].rpartition(": ")[2].strip("‘’'`\"")
        if not (command.endswith("/configure") or text.startswith(("env:", "/usr/bin/env:", "make:"))):
            return None
    else:
        return None
    if not command or " " in command or len(command) > 200:
        return None
    if command.rpartition("/")[2] == "configure":
        hint = "The source has no configure script; out of git it may have to be made first (bootstrap, autoreconf -i)."
        return Diagnostic("error", text, sort="missing configure", hint=hint)
    return _missing_command(text, command)


def _rust(text: str) -> Diagnostic | None:
    found = _RUST.match(text)
    if found is None:
        return None
    kind = "warning" if found["word"] == "warning" else "error"
    rank = CAUSE if found["flag"] else UNKNOWN
    return Diagnostic("warning" if kind == "warning" else "error", found["text"], flag=found["flag"] or "", rank=rank)


def _cmake(text: str) -> Diagnostic | None:
    found = _CMAKE.match(text) if text.startswith("CMake ") else None
    if found is None:
        return None
    said = found["text"].strip() or text
    kind = found["word"] == "Warning"
    return Diagnostic("warning" if kind else "error", said, found["file"] or "", int(found["line"] or 0), sort="CMake")


def _jvm(text: str) -> Diagnostic | None:
    found = _MAVEN.match(text)
    if found:
        kind = found["word"] == "WARNING"
        return Diagnostic("warning" if kind else "error", found["text"], found["file"], int(found["line"]))
    if _JAVA.match(text):
        return Diagnostic("error", text, sort="exception")
    return None


def _go(text: str) -> Diagnostic | None:
    found = _GO.match(text)
    return Diagnostic("error", found["text"], found["file"], int(found["line"])) if found else None


def _pkg_config(text: str) -> Diagnostic | None:
    found = _NO_PACKAGE.match(text)
    if found is None:
        return None
    return Diagnostic("error", text, rank=UNKNOWN, sort="missing library", hint=hint_for_library(found["library"]))


def _perl(text: str) -> Diagnostic | None:
    found = _NO_PERL_MODULE.match(text)
    if found is None:
        return None
    module = found["module"].replace("/", "::")
    said = f"Can't locate the Perl module {module}"
    return Diagnostic("error", said, sort="missing module", hint=hint_for_perl_module(module))


def _tool(text: str) -> Diagnostic | None:
    """`configure: error: text`, `gcc: fatal error: text`, `tool: warning: text`."""
    found = _TOOL.match(text)
    is_error = IS_ERROR.get(found["word"].casefold()) if found else None
    if found is None or is_error is None:
        return None
    tool, said = found["tool"].rpartition("/")[2], found["text"]
    if not is_error:
        flag = flagged[1] if (flagged := _FLAG.search(said[-200:])) else ""
        return Diagnostic("warning", text, flag=flag)
    rank = CAUSE if tool in _COMPILERS or tool.endswith(("-gcc", "-g++", "-ld")) else UNKNOWN
    return Diagnostic("error", text, rank=rank, sort="configure" if tool == "configure" else "compiler")


def _crash(text: str) -> Diagnostic | None:
    sanitizer = _SANITIZER.match(text)
    if sanitizer:
        return Diagnostic("error", sanitizer["text"] or sanitizer["race"], sort="sanitizer")
    if (
        text.startswith(("Segmentation fault", "Bus error", "Illegal instruction", "panic: "))
        or "(core dumped)" in text
    ):
        return Diagnostic("error", text, rank=UNKNOWN, sort="crash")
    if text.startswith("Bail out!") or text[-40:].endswith(": Permission denied"):
        return Diagnostic("error", text, rank=UNKNOWN, sort="other")
    return None


_PATTERNS: tuple[Callable[[str], Diagnostic | None], ...] = (
    _exhaustion, _consequence, _at_place, _msvc, _make, _linker, _shell, _cmake, _rust, _jvm, _go, _pkg_config, _perl,
    _tool, _crash,
)  # fmt: skip
