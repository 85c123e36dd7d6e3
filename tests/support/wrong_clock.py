"""A node's clock that is wrong, and may be set while a run goes on: libfaketime, in the robot process alone."""

from __future__ import annotations

from pathlib import Path

_PLACES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib/faketime/libfaketimeMT.so.1")
LIBRARY = next((str(path) for place in _PLACES for path in Path("/").glob(place.lstrip("/"))), "")
"""Debian and Ubuntu call the package `faketime`; "" where it is not installed."""

_SLEEP = """
import select, time
time.sleep = lambda seconds: select.select([], [], [], seconds)  # libfaketime breaks the call that Python makes
"""


class WrongClock:
    """`env` is the environment of Python processes whose clock it is; `set` changes it, also while they run."""

    def __init__(self, folder: Path, offset: str) -> None:
        self._file = folder / "clock"
        self._python = folder / "wrong-clock"
        self._python.mkdir()
        (self._python / "sitecustomize.py").write_text(_SLEEP)
        self.set(offset)

    def set(self, offset: str) -> None:
        """`+1d`, `-1h`: beside the real time. What is waited for (the monotonic clock) is left alone."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{offset}\n")
        new.replace(self._file)

    @property
    def env(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": LIBRARY,
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "PYTHONPATH": str(self._python),
        }
