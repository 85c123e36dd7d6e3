"""Reads what analysers found, as SARIF has it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec
from msgspec import Meta, field

from livewall_dashboard.buildlogs.diagnostic_list import DiagnosticList
from livewall_dashboard.buildlogs.model import Diagnostic

MOST = 16 * 1024 * 1024
"""Bytes of a file that is read: its JSON is in memory as a whole."""
_LONGEST = 500


class _Message(msgspec.Struct):
    text: str = ""


class _Artifact(msgspec.Struct):
    uri: str = ""


class _Region(msgspec.Struct):
    line: Annotated[int, Meta(ge=0, le=2**31 - 1)] = field(default=0, name="startLine")


class _Physical(msgspec.Struct):
    artifact: _Artifact = field(default_factory=_Artifact, name="artifactLocation")
    region: _Region = field(default_factory=_Region)


class _Location(msgspec.Struct):
    physical: _Physical = field(default_factory=_Physical, name="physicalLocation")


class _Result(msgspec.Struct):
    message: _Message = field(default_factory=_Message)
    rule: str = field(default="", name="ruleId")
    level: str = "warning"
    locations: list[_Location] = field(default_factory=list)


class _Run(msgspec.Struct):
    results: list[_Result] | None = None


class _Log(msgspec.Struct):
    runs: list[_Run] = field(default_factory=list)


_decoder = msgspec.json.Decoder(_Log)


class SarifFile:
    """`diagnostics` of the file, once it is finished; `fault`: why there are none, "" where they could be read."""

    def __init__(self, name: str) -> None:
        self.diagnostics = DiagnosticList(name)
        self.fault = ""
        self._data = bytearray()

    def feed(self, block: bytes) -> None:
        if len(self._data) <= MOST:
            self._data += block

    def finish(self) -> None:
        if len(self._data) > MOST:
            self.fault = f"it has more than {MOST // 1024 // 1024} MiB"
        else:
            try:
                log = _decoder.decode(bytes(self._data))
            except (msgspec.DecodeError, ValueError, RecursionError) as error:
                self.fault = str(error)
            else:
                for found in _diagnostics(log):
                    self.diagnostics.add(0, found)
        self._data.clear()


def _diagnostics(log: _Log) -> Iterator[Diagnostic]:
    """An analyser ends no build: whatever it calls an error is a warning of it."""
    for result in (result for run in log.runs for result in run.results or ()):
        if result.level in {"error", "warning"}:
            place = result.locations[0].physical if result.locations else _Physical()
            text = " ".join(result.message.text.split())[:_LONGEST]
            yield Diagnostic(
                "warning",
                text or result.rule or "It says nothing.",
                file=place.artifact.uri.removeprefix("file://")[:_LONGEST],
                line=place.region.line,
                flag=result.rule[:_LONGEST],
                sort="analyser",
            )
