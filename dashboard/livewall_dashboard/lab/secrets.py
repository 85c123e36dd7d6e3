"""`${NAME}` and `${file:/path}` in a text of the configuration, filled in. Nothing said here quotes a secret."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from livewall_dashboard.lab.faults import printable
from livewall_dashboard.lab.seen import SeenFiles, is_open_to_all, why

_REFERENCE = re.compile(r"\$(?:(?P<escaped>\$\{)|\{(?P<inside>[^}]*)(?P<end>\}?))")
_USER = re.compile(r"\w[\w+.-]*://(?:\$\{[^}]*\}|[^/?#@])*@")
"""Up to the end of the user and the password of a URL."""
_PARTING = re.compile(r"[/?#@\\\[\]\s]")
"""What ends them: in a secret it is a character like others."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


class BadSecret(Exception):
    """What is wrong with a reference, as the end of a sentence about its place."""


class Secrets:
    """`files` reads; relative paths begin in `folder`. `warnings`: what was odd about the last text."""

    def __init__(self, environment: Mapping[str, str], files: SeenFiles, folder: Path) -> None:
        self._environment = environment
        self.files = files
        self.folder = folder
        self.warnings: list[str] = []

    def fill_in(self, text: str) -> str:
        """`text` with all references replaced and `$${` as `${`. Raises BadSecret."""
        self.warnings = []
        return _REFERENCE.sub(self._replacement, text)

    def fill_in_url(self, text: str) -> str:
        """The same of a URL, whose user and password are whatever their secrets are. Raises BadSecret."""
        self.warnings = []
        user = _USER.match(text)
        end = user.end() if user else 0
        return _REFERENCE.sub(
            lambda found: _escaped(self._replacement(found)) if found.end() < end else self._replacement(found), text
        )

    def _replacement(self, found: re.Match[str]) -> str:
        if found["escaped"]:
            return "${"
        inside = found["inside"]
        if not found["end"]:
            raise BadSecret("has a ${ without its }. A ${ that is meant as it stands is written $${.")
        if inside.startswith("file:"):
            return self._from_file(inside.removeprefix("file:").strip())
        if not _NAME.match(inside):
            raise BadSecret("has a ${...} that is neither ${NAME} nor ${file:/path}.")
        return self._from_environment(inside)

    def _from_environment(self, name: str) -> str:
        value = self._environment.get(name)
        if value is None:
            raise BadSecret(f"needs the environment variable {name}, which is not set where the wall is started.")
        return _cleaned(value, f"the environment variable {name}")

    def _from_file(self, name: str) -> str:
        if not name:
            raise BadSecret("has ${file:} without a path.")
        path = self.folder / name
        try:
            text = self.files.read(path).decode("utf-8")
        except OSError as error:
            raise BadSecret(f"needs the file {printable(str(path))}, which cannot be read: {why(error)}.") from None
        except ValueError:
            raise BadSecret(f"needs the file {printable(str(path))}, which is not UTF-8 text.") from None
        if is_open_to_all(path):
            self.warnings.append(
                f"is in {printable(str(path))}, which every user of this machine may read: chmod 600 (or 640) it."
            )
        return _cleaned(text, f"the file {printable(str(path))}")


def has_reference(text: str) -> bool:
    return any(found["inside"] is not None for found in _REFERENCE.finditer(text))


def _escaped(secret: str) -> str:
    return _PARTING.sub(lambda found: quote(found[0], safe=""), secret)


def _cleaned(value: str, source: str) -> str:
    """Without the newline that editors and `echo` put at the end."""
    value = value.rstrip("\r\n")
    if not value.strip():
        raise BadSecret(f"needs {source}, which is empty.")
    if not value.isprintable():
        raise BadSecret(f"needs {source}, which has several lines or characters that are none.")
    return value
