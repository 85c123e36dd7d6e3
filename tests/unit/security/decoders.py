"""What reads bytes of strangers, each with what it may say to them. Used by the fuzzers, Hypothesis's and atheris's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from livewall_dashboard.base.clock import parse_time
from livewall_dashboard.base.errors import LivewallError
from livewall_dashboard.history import cursor
from livewall_dashboard.ingest import decode
from livewall_dashboard.jenkins.errors import BadAnswer
from livewall_dashboard.jenkins.parse import read_folder, read_jobs, read_one_job, read_stages
from livewall_dashboard.lab.model import DESCRIPTION_PATTERN
from livewall_listener.client import _json_object

CORPUS = Path(__file__).parent / "corpus"
"""A folder for each decoder: bytes it takes, to begin with."""

JENKINS = "http://jenkins/"


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")  # with halves of characters among the others


DECODERS: dict[str, Callable[[bytes], object]] = {
    "body": lambda data: decode.body(data, "gzip"),
    "run": decode.decode_run_info,
    "batch": decode.decode_batch,
    "run_id": lambda data: decode.run_id(_text(data)),
    "time": lambda data: parse_time(_text(data)),
    "cursor": lambda data: cursor.decode(_text(data), datetime, int),
    "jenkins_folder": lambda data: read_folder(data, "folder"),
    "jenkins_jobs": lambda data: read_jobs(data, JENKINS, 1, DESCRIPTION_PATTERN, frozenset({"smoke"})),
    "jenkins_job": lambda data: read_one_job(data, "smoke", DESCRIPTION_PATTERN),
    "jenkins_stages": read_stages,
    "reply": _json_object,
}


def feed(name: str, data: bytes) -> None:
    """Whatever the bytes are, the decoder takes them or says what is wrong with them in the way that is its own."""
    error = _complaint(name, data)
    if isinstance(error, BadAnswer):
        assert name.startswith("jenkins"), error
    elif isinstance(error, LivewallError):
        assert 400 <= error.http_status < 500 and error.message, error
    elif error is not None:
        assert name == "time", error


def _complaint(name: str, data: bytes) -> Exception | None:
    try:
        DECODERS[name](data)
    except (LivewallError, ValueError) as error:
        return error
    return None


def seeds(name: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((CORPUS / name).iterdir())]
