"""Reads what analysers found, as SARIF has it, value by value: a file of any size and shape costs little memory."""

from __future__ import annotations

from typing import Any

import ijson

from livewall_dashboard.buildlogs.diagnostic_list import DiagnosticList
from livewall_dashboard.buildlogs.limits import MIB
from livewall_dashboard.buildlogs.model import Diagnostic

MOST = 16 * MIB
"""Bytes of a file that are read."""
MOST_OF_ALL = 64 * MIB
"""Bytes of all such files of a report: each value costs some time."""
MOST_NESTED = 100
MOST_RUNS = 20
"""Runs of analysers that are told apart; what further ones found is the last one's."""
_LONGEST = 500
_RUN = ("runs", None)
_TOOL = (*_RUN, "tool", "driver", "name")
_RESULT = (*_RUN, "results", None)
_LOCATION = (*_RESULT, "locations", None)
_OF_RESULT = {
    (*_RESULT, "ruleId"): "rule",
    (*_RESULT, "level"): "level",
    (*_RESULT, "message", "text"): "text",
    (*_LOCATION, "physicalLocation", "artifactLocation", "uri"): "file",
    (*_LOCATION, "physicalLocation", "region", "startLine"): "line",
}
_PLACES = ("file", "line")
_LAST_KEYS = frozenset(path[-1] for path in (*_OF_RESULT, _TOOL))


class SarifFile:
    """`found`: a list of each run of an analyser, called as the analyser is, or as the file where that says nothing.

    `fault`: why it could not be read to its end, "" where it could.
    """

    def __init__(self, name: str, most: int = MOST) -> None:
        self.found: list[DiagnosticList] = []
        self.fault = ""
        self.size = 0
        self._name = name.removesuffix(".json").removesuffix(".sarif")
        self._most = max(0, most)
        self._has_runs = False
        self._path: list[str | None] = []
        self._result: dict[str, Any] = {}
        self._locations = 0
        self._parser = ijson.basic_parse_coro(self, use_float=True)

    def feed(self, block: bytes) -> None:
        if self.fault:
            return
        self.size += len(block)
        if self.size > self._most:
            self.fault = f"of such files {MOST // MIB} MiB each are read, and {MOST_OF_ALL // MIB} MiB in all"
            return
        try:
            self._parser.send(block)
        except (ijson.JSONError, ValueError, _TooDeep) as error:
            self.fault = str(error).partition("\n")[0].strip()

    def finish(self) -> None:
        """Once: what the parser holds is let go of."""
        if not self.fault:
            try:
                self._parser.close()
            except (ijson.JSONError, ValueError) as error:
                self.fault = str(error).partition("\n")[0].strip()
        if not self.fault and not self._has_runs:
            self.fault = "it has no runs of an analyser"
        del self._parser

    def send(self, event: tuple[str, Any]) -> None:
        """What the parser hands on. `_path`: the keys that lead to a value; None for each array."""
        kind, value = event
        path = self._path
        if kind == "map_key":
            path[-1] = value
        elif kind == "start_map":
            self._begin()
            self._open("")
        elif kind == "start_array":
            self._has_runs = self._has_runs or path == ["runs"]
            self._open(None)
        elif kind in ("end_map", "end_array"):
            path.pop()
            if kind == "end_map" and len(path) == len(_RESULT) and tuple(path) == _RESULT:
                self._end_result()
        elif path and path[-1] in _LAST_KEYS:
            self._take(tuple(path), value)

    def _open(self, key: str | None) -> None:
        if len(self._path) == MOST_NESTED:
            raise _TooDeep(f"its values are nested deeper than {MOST_NESTED} levels")
        self._path.append(key)

    def _begin(self) -> None:
        path = self._path
        if len(path) == len(_RUN) and tuple(path) == _RUN and len(self.found) < MOST_RUNS:
            self.found.append(DiagnosticList(self._name))
        elif len(path) == len(_RESULT) and tuple(path) == _RESULT:
            self._result, self._locations = {}, 0
        elif len(path) == len(_LOCATION) and tuple(path) == _LOCATION:
            self._locations += 1

    def _take(self, path: tuple[str | None, ...], value: Any) -> None:
        name = _OF_RESULT.get(path)
        if name is not None and not (name in _PLACES and self._locations > 1):
            self._result[name] = value
        elif path == _TOOL and isinstance(value, str) and value.strip() and self.found:
            self.found[-1].step = " ".join(value.split())[:_LONGEST]

    def _end_result(self) -> None:
        """An analyser ends no build: whatever it calls an error is a warning of it."""
        result, self._result = self._result, {}
        if result.get("level", "warning") not in ("error", "warning") or not self.found:
            return
        rule, file, line = _text(result.get("rule")), _text(result.get("file")), result.get("line")
        self.found[-1].add(
            0,
            Diagnostic(
                "warning",
                _text(result.get("text")) or rule or "It says nothing.",
                file=file.removeprefix("file://"),
                line=line if isinstance(line, int) and 0 <= line < 2**31 else 0,
                flag=rule,
                sort="analyser",
            ),
        )


class _TooDeep(Exception):
    """It is nested as no SARIF file is."""


def _text(value: object) -> str:
    return " ".join(value.split())[:_LONGEST] if isinstance(value, str) else ""
