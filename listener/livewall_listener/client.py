"""What a listener asks of the wall, and what the wall answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from livewall_listener.connection import Connection, Unreachable
from livewall_listener.report_upload import ReportFile, upload_report

__all__ = ["Client", "Reply", "Unreachable"]


@dataclass
class Reply:
    """`body`: the JSON object of the answer, {} where it is none. `retry_after`: seconds, 0 where not said."""

    status: int
    body: dict[str, Any] = field(default_factory=dict)
    retry_after: float = 0.0
    location: str = ""

    @property
    def message(self) -> str:
        error = self.body.get("error")
        text = error.get("message") if isinstance(error, dict) else None
        return _printable(text or f"HTTP status {self.status}")

    @property
    def refused_seq(self) -> int | None:
        """Number of the event that the wall found wrong, where it says that."""
        error = self.body.get("error")
        detail = error.get("detail") if isinstance(error, dict) else None
        seq = detail.get("seq") if isinstance(detail, dict) else None
        return seq if isinstance(seq, int) else None

    def number(self, name: str) -> int | None:
        value = self.body.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None


class Client:
    """For one thread. `url` may hold user and password; a token goes before them."""

    def __init__(self, url: str, *, token: str, ca: str, environment: Mapping[str, str]) -> None:
        self._connection = Connection(url, token=token, ca=ca, environment=environment, agent="livewall-listener")
        self.shown = self._connection.shown

    def put_run(self, run_id: str, body: bytes) -> Reply:
        return self._send("PUT", f"/api/v1/runs/{quote(run_id)}", body)

    def post_events(self, run_id: str, body: bytes) -> Reply:
        return self._send("POST", f"/api/v1/runs/{quote(run_id)}/events", body)

    def put_artifact(self, run_id: str, name: str, process: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        path = f"/api/v1/runs/{quote(run_id)}/artifacts/{quote(name)}?process={quote(process)}"
        return self._send("PUT", path, body, {"Content-Type": "application/octet-stream", **headers})

    def upload_report(self, report: ReportFile) -> str:
        """-> the line that the wall answers. Raises NotTaken and Unreachable."""
        return upload_report(self._connection, report)

    def close(self) -> None:
        self._connection.close()

    def _send(self, method: str, path: str, body: bytes, headers: Mapping[str, str] | None = None) -> Reply:
        """Raises Unreachable."""
        answer = self._connection.send(method, path, body, {"Content-Type": "application/json", **(headers or {})})
        return Reply(
            answer.status,
            _json_object(answer.data),
            _seconds(answer.headers.get("Retry-After", "")),
            _printable(answer.headers.get("Location", "")),
        )


def _printable(text: object) -> str:
    """For a terminal and output.xml: what answers may be no wall, or one in strange hands."""
    return "".join(c if c.isprintable() else " " for c in str(text)[:500])


def _json_object(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _seconds(text: str) -> float:
    try:
        return max(0.0, float(text))
    except ValueError:
        return 0.0
