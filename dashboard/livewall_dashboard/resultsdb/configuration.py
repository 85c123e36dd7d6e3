"""What a run was made on, in resultsdbpy's members. In a query those that are None match any. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import msgspec

REQUIRED = ("platform", "version", "is_simulator", "architecture")
OPTIONAL = ("version_name", "model", "style", "flavor")
MEMBERS = (*REQUIRED, *OPTIONAL)

MAX_LENGTH = 1000
"""Characters of a member."""
_PART = 1000
"""A version is major x 1000000 + minor x 1000 + patch."""
_LARGEST = 10**15


@dataclass(frozen=True, slots=True)
class Configuration:
    """`sdk` does not tell two configurations apart: it is kept beside each run."""

    platform: str | None = None
    version: int | None = None
    is_simulator: bool | None = None
    architecture: str | None = None
    version_name: str | None = None
    model: str | None = None
    style: str | None = None
    flavor: str | None = None
    sdk: str | None = None

    @property
    def is_complete(self) -> bool:
        return all(getattr(self, name) is not None for name in REQUIRED)

    @property
    def digest(self) -> bytes:
        """The key of the configuration, SDKs aside."""
        return hashlib.sha256(msgspec.json.encode([getattr(self, name) for name in MEMBERS])).digest()[:16]

    @property
    def short_name(self) -> str:
        """For people: `Mac 13.1 x86_64 Release wk2`."""
        version = version_text(self.version or 0).removesuffix(".0")
        parts = (self.platform, version, "Simulator" if self.is_simulator else "", self.model, self.architecture)
        return " ".join(part for part in (*parts, self.style, self.flavor) if part)

    @property
    def file_name(self) -> str:
        """For a downloaded file, as resultsdbpy has it."""
        named = (
            self.platform,
            version_text(self.version or 0),
            f"({self.sdk})" if self.sdk else "",
            "Simulator" if self.is_simulator else "",
            self.style,
            self.flavor,
            f"running on {self.model}" if self.model else "",
            f"using {self.architecture}",
        )
        return " ".join(part for part in named if part).replace(" ", "_").replace(".", "-")

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value is not None}

    def labels(self) -> dict[str, str]:
        """The labels of a run that was made on it."""
        words = {**self.as_json(), "version": version_text(self.version or 0)}
        return {name: str(value).lower() if isinstance(value, bool) else value for name, value in words.items()}


def read(given: Mapping[str, Any]) -> Configuration:
    """From JSON, or a query's texts. Raises ValueError for a member that cannot be one."""
    version, is_simulator = given.get("version"), given.get("is_simulator")
    return Configuration(
        platform=_text(given.get("platform")),
        version=None if version is None else version_of(version),
        is_simulator=None if is_simulator is None else bool(is_simulator),
        architecture=_text(given.get("architecture")),
        version_name=_text(given.get("version_name")),
        model=_text(given.get("model")),
        style=_text(given.get("style")),
        flavor=_text(given.get("flavor")),
        sdk=_text(given.get("sdk")) if given.get("sdk") not in (None, "", "?") else None,
    )


def version_of(version: object) -> int:
    """`"13.1"`, `[13, 1]` or the number itself. Raises ValueError."""
    if isinstance(version, int) and not isinstance(version, bool):
        return _bounded(version)
    parts = version.split(".") if isinstance(version, str) else version
    if not isinstance(parts, (list, tuple)) or not 1 <= len(parts) <= 3:
        raise ValueError(f"{str(version)[:100]!r} is no version such as 13.1.0")
    numbers = [*(int(str(part)) for part in parts), 0, 0][:3]
    return _bounded((numbers[0] * _PART + numbers[1]) * _PART + numbers[2])


def version_text(version: int) -> str:
    """`13.1.0`."""
    major, rest = divmod(version, _PART * _PART)
    return f"{major % _PART}.{rest // _PART}.{rest % _PART}"


def _bounded(version: int) -> int:
    if not 0 <= version <= _LARGEST:
        raise ValueError(f"{str(version)[:100]} is no version")
    return version


def _text(value: object) -> str | None:
    if value is None:
        return None
    text = str(value)
    if len(text) > MAX_LENGTH or "\0" in text:
        raise ValueError(f"{text[:100]!r} is longer than {MAX_LENGTH} characters, or has NUL in it")
    return text
