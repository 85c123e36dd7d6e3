"""What people call a system: "Debian 12, x86_64, gcc 12.2", out of what its own tools say."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

from livewall_dashboard.buildlogs.model import System

_NUMBER = re.compile(r"\d{1,5}(?:\.\d{1,5}){0,3}")
_COMPILER = re.compile(
    r"(?:Apple clang|clang|gcc|icc|icx|tcc|Sun C|IBM XL C|Intel\(R\) C|[\w+.-]{0,40}-gcc(?:-[\d.]{1,8})?)\b"
)
_MAC = {20: "11", 21: "12", 22: "13", 23: "14", 24: "15", 25: "26"}
"""macOS by the first number of its kernel."""
_DISTRIBUTION = re.compile(r" (?:GNU/(?:Linux|Hurd|kFreeBSD)|Linux)$")


def system_of(versions: Mapping[str, str], parameters: Mapping[str, str], compiler: str) -> System:
    """`versions`: of versions.txt; `parameters`: of input.txt; `compiler`: what config.log has it say of itself."""
    return System(_name(versions), _architecture(versions, parameters), _compiler(versions, parameters, compiler))


def variables_of(parameters: Mapping[str, str]) -> dict[str, str]:
    """`NAME=VALUE` and `--host=...`, which change what is built."""
    words: list[str] = []
    for name in ("configure_extra_params", "env_extra_params"):
        try:
            words += shlex.split(parameters.get(name, "")[:4000])
        except ValueError:
            words += parameters.get(name, "")[:4000].split()
    pairs = (word.partition("=") for word in words if "=" in word)
    return {name.lstrip("-"): value for name, _, value in pairs}


def _name(versions: Mapping[str, str]) -> str:
    kernel, release = versions.get("uname-s", ""), versions.get("uname-r", "")
    special = _unix(kernel, release, versions)
    if special:
        return special
    name = versions.get("etc_os_release_NAME") or versions.get("lsb_release-i", "")
    number = versions.get("etc_os_release_VERSION_ID") or versions.get("lsb_release-r", "")
    if not number and versions.get("etc_os_release_ID") == "debian":
        number = "testing"
    name = _DISTRIBUTION.sub("", name.strip("\"' "))
    if name:
        return _with_kernel(" ".join(filter(None, (name, number.strip("\"' ")))), kernel)
    told = (
        versions.get("etc_os_release_PRETTY_NAME") or versions.get("etc_release") or " ".join((kernel, _short(release)))
    )
    return told.strip()[:80] or "unknown system"


def _with_kernel(name: str, kernel: str) -> str:
    return f"{name} (Hurd)" if kernel == "GNU" else f"{name} (kFreeBSD)" if kernel == "GNU/kFreeBSD" else name


def _unix(kernel: str, release: str, versions: Mapping[str, str]) -> str:
    """A system that is told by its kernel; "" for the others."""
    if kernel in {"FreeBSD", "OpenBSD", "NetBSD", "DragonFly", "Minix", "Haiku"}:
        return f"{kernel} {_short(release)}".strip()
    if kernel == "Darwin":
        major = int(found[0].split(".")[0]) if (found := _NUMBER.match(release)) else 0
        return f"macOS {_MAC[major]}" if major in _MAC else f"Darwin {_short(release)}"
    if kernel == "SunOS":
        illumos = versions.get("etc_os_release_NAME", "")
        return illumos or (f"Solaris {release[2:]}" if release.startswith("5.") else f"SunOS {release}")
    if kernel == "AIX":
        return f"AIX {versions.get('uname-v', '')}.{release}"
    if kernel.startswith(("CYGWIN", "MINGW", "MSYS")):
        system, _, windows = kernel.partition("_NT-")
        return f"{system.title()} on Windows {_short(windows)}".strip()
    return ""


def _short(release: str) -> str:
    found = _NUMBER.match(release)
    return found[0] if found else release[:20]


def _architecture(versions: Mapping[str, str], parameters: Mapping[str, str]) -> str:
    machine = versions.get("uname-m", "").strip()
    if versions.get("uname-s") == "SunOS":
        machine = versions.get("uname-p", machine)
    host = variables_of(parameters).get("host", "")
    return f"{host.split('-')[0]} (built on {machine})" if host and machine else host or machine


def _compiler(versions: Mapping[str, str], parameters: Mapping[str, str], told: str) -> str:
    chosen = variables_of(parameters).get("CC", "").split(" ")[0]
    if told:
        return _compiler_name(told)
    if chosen and chosen not in {"gcc", "cc"}:
        return chosen.rpartition("/")[2]
    said = versions.get("gcc-version", "") if chosen != "cc" else ""
    if said in {"", "missing", "no-version"}:
        said = versions.get("cc-version", "")
    return "" if said in {"missing", "no-version"} else _compiler_name(said)


def _compiler_name(said: str) -> str:
    """`gcc (Debian 12.2.0-14) 12.2.0` is gcc 12.2; the number of the distribution stands in brackets."""
    without_brackets = re.sub(r"\([^()]{0,200}\)", " ", said)
    name = found[0] if (found := _COMPILER.search(said)) else said.split(" ", maxsplit=1)[0]
    if (name == "cc" and "GCC" in said) or "Free Software" in said:
        name = "gcc"
    if name == "cc":
        name = "gcc" if "(" in said else "cc"
    numbers = _NUMBER.findall(without_brackets)
    number = ".".join(numbers[0].split(".")[:2]) if numbers else ""
    return f"{name} {number}".strip()[:60]
