"""What an agent asks of a server: Testflinger's API, version 1."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from livewall_agent.errors import Refused, Unavailable
from livewall_agent.jobwire import Job
from livewall_agent.multipart import MultipartFile
from livewall_agent.output_spool import Fragment
from livewall_listener.connection import Answer, Connection, Unreachable

CLAIM_WITHIN = 30.0
"""Seconds; a server may hold the question for a job for 20 of them."""
FILE_WITHIN = 300.0
_LATER = {401, 403, 408, 425, 429}
_JSON = {"Content-Type": "application/json"}
_PIECE = 1024 * 1024


class Server:
    """One line to it, for one thread. `agent`: the name of the agent that asks, "" for a person.

    Its methods raise Unavailable where trying later may help, and Refused where it does not.
    """

    def __init__(self, url: str, *, token: str, ca: str, environment: Mapping[str, str], agent: str = "") -> None:
        self._connection = Connection(url, token=token, ca=ca, environment=environment, agent="livewall-agent")
        self._cookie = {"Cookie": f"agent_name={agent}"} if agent else {}
        self.url = self._connection.shown

    # ------------------------------------------------------------------ agents

    def tell(self, agent: str, data: Mapping[str, Any]) -> None:
        self.post(f"/v1/agents/data/{quote(agent)}", data)

    def record(self, agent: str) -> dict[str, Any]:
        return self.get(f"/v1/agents/data/{quote(agent)}") or {}

    def claim(self, queues: list[str]) -> Answer:
        """The answer whose body `claimed` reads; it may be a while in coming."""
        path = "/v1/job?" + urlencode([("queue", queue) for queue in queues])
        return self._begin("GET", path, read_timeout=CLAIM_WITHIN)

    def claimed(self, answer: Answer) -> Job | None:
        """Raises BadJob."""
        data = _all_of(answer)
        _require(answer, data)
        return Job.read(_json_of(data)) if answer.status == 200 else None

    # ------------------------------------------------------------------ jobs

    def job_state(self, job_id: str) -> str:
        """Empty for one that it does not know."""
        return str((self.get(f"/v1/result/{job_id}") or {}).get("job_state", ""))

    def reserved_until(self, job_id: str) -> datetime | None:
        """None where it says nothing of that."""
        try:
            told = str((self.get(f"/v1/job/{job_id}") or {}).get("reserved_until"))
            return datetime.fromisoformat(told.replace("Z", "+00:00"))
        except ValueError:
            return None

    def token_of_job(self, job_id: str, setup: str) -> str:
        """For the job's runs on this setup alone; "" where the server knows no such tokens, as Testflinger's does.

        Raises Refused, too, where the agent's own token is for other setups.
        """
        try:
            told = self.ask(f"/api/v1/jobs/{quote(job_id)}/token", {"setup": setup})
        except Refused as error:
            if error.status in {404, 405}:
                return ""
            raise
        except Unavailable as error:
            if error.status == 403:
                raise Refused(str(error), 403) from None
            raise
        return str((told or {}).get("token", ""))

    def post_result(self, job_id: str, result: Mapping[str, Any]) -> None:
        self.post(f"/v1/result/{job_id}", result)

    def post_fragment(self, job_id: str, kind: str, fragment: Fragment) -> None:
        told = {
            "fragment_number": fragment.number,
            "timestamp": fragment.at,
            "phase": fragment.phase,
            "log_data": fragment.text,
        }
        self.post(f"/v1/result/{job_id}/log/{kind}", told)

    def upload(self, path: str, file: Path) -> None:
        """As forms send files. Raises OSError, too."""
        boundary = secrets.token_hex(16)
        with file.open("rb") as opened:
            body = MultipartFile(opened, file.name, boundary)
            headers = {
                "Content-Type": f"multipart/form-data; boundary={boundary}",
                "Content-Length": str(body.size),
                **self._cookie,
            }
            answer = self._begin("POST", path, body, headers, FILE_WITHIN)
        _require(answer, _all_of(answer))

    def download(self, path: str, target: Path) -> bool:
        """-> whether there is one. Raises OSError, too."""
        answer = self._begin("GET", path, read_timeout=FILE_WITHIN)
        if answer.status != 200:
            _require(answer, _all_of(answer))
            return False
        try:
            with target.open("wb") as file:
                for piece in _pieces(answer):
                    file.write(piece)
        finally:
            answer.end()
        return True

    # ------------------------------------------------------------------ requests

    def get(self, path: str) -> Any:
        """What its JSON says; None for 204."""
        answer = self._begin("GET", path)
        data = _all_of(answer)
        _require(answer, data)
        return None if answer.status == 204 else _json_of(data)

    def post(self, path: str, body: Mapping[str, Any]) -> None:
        self.ask(path, body)

    def ask(self, path: str, body: Mapping[str, Any]) -> Any:
        """What the answer's JSON says; None where it is a word."""
        answer = self._begin("POST", path, json.dumps(body).encode(), {**_JSON, **self._cookie})
        data = _all_of(answer)
        _require(answer, data)
        return _json_of(data) if data[:1] == b"{" else None

    def close(self) -> None:
        self._connection.close()

    def _begin(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        read_timeout: float | None = None,
    ) -> Answer:
        try:
            return self._connection.begin(method, path, body, headers or self._cookie, read_timeout)
        except Unreachable as error:
            raise Unavailable(f"{self.url} cannot be reached: {error}") from None


def _all_of(answer: Answer) -> bytes:
    try:
        return b"".join(_pieces(answer))
    finally:
        answer.end()


def _pieces(answer: Answer) -> Iterator[bytes]:
    try:
        while piece := answer.read(_PIECE):
            yield piece
    except Unreachable as error:
        answer.cut()
        raise Unavailable(f"the answer broke off: {error}") from None


def _json_of(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise Unavailable("the answer is not JSON: is this a livewall or a Testflinger server?") from None


def _require(answer: Answer, data: bytes) -> None:
    """Raises Unavailable, Refused."""
    if answer.status < 300:
        return
    said = _message(data) or f"HTTP status {answer.status}"
    if answer.status in {401, 403}:
        said = f"the server does not take the token: {said}"
    if answer.status >= 500 or answer.status in _LATER or (answer.status == 413 and "Retry-After" in answer.headers):
        raise Unavailable(said, status=answer.status, retry_after=_seconds(answer.headers.get("Retry-After", "")))
    raise Refused(said, answer.status)


def _message(data: bytes) -> str:
    """In Testflinger's shape of errors, or in ours."""
    try:
        told = json.loads(data)
        message = told["error"]["message"] if "error" in told else told["message"]
        detail = (told.get("detail") or {}).get("json") if isinstance(told.get("detail"), dict) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    more = "; ".join(f"{name}: {' '.join(map(str, why))}" for name, why in detail.items()) if detail else ""
    text = f"{message}: {more}" if more not in str(message) else str(message)
    return "".join(character if character.isprintable() else " " for character in text[:1000])


def _seconds(text: str) -> float:
    try:
        return min(60.0, max(0.0, float(text)))
    except ValueError:
        return 0.0
