"""Output as agents and CLIs of 2025 knew it: without numbers, and read once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from uuid import UUID

from flask import Blueprint, Response, request

from livewall_dashboard.access.guard import caller, scope
from livewall_dashboard.access.rate_limits import JOBS
from livewall_dashboard.jobqueue.job_store import JobStore
from livewall_dashboard.jobqueue.leases import Leases
from livewall_dashboard.jobqueue.model import job_id_of
from livewall_dashboard.jobqueue.permissions import require_report
from livewall_dashboard.jobqueue.result_store import ResultStore
from livewall_dashboard.jobqueue.v1 import EMPTY, OK, FlingerBlueprint, JobId, empty, flinger, ok
from livewall_dashboard.jobqueue.v1 import text as text_response
from livewall_dashboard.web.headers import MAX_BODY
from livewall_dashboard.web.operation import Answer

KINDS = {"output": "output", "serial_output": "serial"}
REMEMBERED = 10_000
"""Readers of jobs; then the one who has not read for longest begins anew."""

_TEXT = Answer(200, "What was written since the caller last asked.", str)


class Readers:
    """How far who has read what: the programs of that time print all that they get. State of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read: OrderedDict[Hashable, int] = OrderedDict()

    def last(self, reader: Hashable) -> int:
        """The fragment that was read last, -1 at first."""
        return self._read.get(reader, -1)

    def note(self, reader: Hashable, fragment: int) -> None:
        with self._lock:
            self._read[reader] = fragment
            self._read.move_to_end(reader)
            if len(self._read) > REMEMBERED:
                self._read.popitem(last=False)


def blueprint(jobs: JobStore, results: ResultStore, leases: Leases) -> Blueprint:
    routes = FlingerBlueprint("flinger_old_output", __name__, url_prefix="/v1/result/<job_id>")
    readers = Readers()

    def post(job_id: str, name: str) -> Response:
        request.max_content_length = MAX_BODY
        wanted = job_id_of(job_id)
        require_report(caller(), jobs, wanted)
        results.append(wanted, KINDS[name], request.get_data(cache=False))
        leases.renew(wanted)
        return ok()

    def get(job_id: str, name: str) -> Response:
        wanted = job_id_of(job_id)
        reader = _reader(wanted, name)
        last, text = results.text_after(wanted, KINDS[name], readers.last(reader))
        if not text:
            return empty()
        readers.note(reader, last)
        return text_response(text)

    @routes.post("/output")
    @scope("agent", JOBS)
    @flinger("postOutput", "More output, as text; scope agent.", OK, takes=str)
    def post_output(job_id: JobId) -> Response:
        return post(job_id, "output")

    @routes.get("/output")
    @scope("jobs", JOBS)
    @flinger("getOutput", "Output since the caller last asked.", _TEXT, EMPTY)
    def get_output(job_id: JobId) -> Response:
        return get(job_id, "output")

    @routes.post("/serial_output")
    @scope("agent", JOBS)
    @flinger("postSerialOutput", "More of the device's console, as text; scope agent.", OK, takes=str)
    def post_serial(job_id: JobId) -> Response:
        return post(job_id, "serial_output")

    @routes.get("/serial_output")
    @scope("jobs", JOBS)
    @flinger("getSerialOutput", "The device's console since the caller last asked.", _TEXT, EMPTY)
    def get_serial(job_id: JobId) -> Response:
        return get(job_id, "serial_output")

    return routes


def _reader(job_id: UUID, name: str) -> Hashable:
    token = caller()
    return job_id, name, request.remote_addr, token.id if token else 0
