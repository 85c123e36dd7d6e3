"""`POST /upload` and the other addresses of pretest's server: scripts know these, and print what they answer."""

from __future__ import annotations

import logging
import secrets
from typing import BinaryIO, cast

from flask import Blueprint, Response, redirect, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from livewall_dashboard.access.guard import caller, scope
from livewall_dashboard.access.rate_limits import RUNS
from livewall_dashboard.base.errors import BadRequest, LivewallError, NotFound, Unavailable
from livewall_dashboard.buildlogs.keep_report import ReportKeeper
from livewall_dashboard.buildlogs.limits import MIB, NotAReport
from livewall_dashboard.buildlogs.one_line import one_line, refusal
from livewall_dashboard.buildlogs.store import ReportStore
from livewall_dashboard.buildlogs.to_result_set import name_of
from livewall_dashboard.web.links import address_of, page_of
from livewall_dashboard.web.query import refuse_repeated

MOST_LABELS = 50
MOST_FORM = MIB
"""Bytes of a form beside its file. werkzeug counts what it has just read of a file, too: 64 KiB and what was left."""

log = logging.getLogger(__name__)


def blueprint(keeper: ReportKeeper) -> Blueprint:
    routes = Blueprint("uploaded_reports", __name__)

    @routes.post("/upload")
    @scope("upload", RUNS)
    def upload() -> Response:
        """The script ignores the status and prints the body, so the body is one line for people."""
        refuse_repeated(request.args, request.args)
        labels = {name: value for name, value in request.args.items() if name != "setup" and name and value}
        if len(labels) > MOST_LABELS:
            raise BadRequest(f"the address has more than {MOST_LABELS} labels")
        setup = request.args.get("setup", "")
        kept = keeper.keep(
            cast("BinaryIO", _sent_file(keeper.limits.packed).stream),
            caller(),
            name_of(setup) if setup else "",
            {name_of(name): name_of(value) for name, value in labels.items()},
        )
        where = request.host_url.rstrip("/") + page_of(kept.run)
        return _line(one_line(f"livewall: {where}: {kept.line}"))

    @routes.errorhandler(LivewallError)
    def refuse(error: LivewallError) -> Response:
        message = error.message
        if isinstance(error, Unavailable):
            message += "; keep the tarball, and send it again: curl -F a=@FILE " + request.base_url
        response = _line(refusal(message))
        response.status_code = error.http_status
        response.headers.update(error.headers)
        return response

    @routes.errorhandler(HTTPException)
    def refuse_request(error: HTTPException) -> Response:
        message = error.description or error.name
        if isinstance(error, RequestEntityTooLarge):
            message = f"it has more than {keeper.limits.packed // MIB} MiB; send less of its logs"
        response = _line(refusal(message))
        response.status_code = error.code or 400
        return response

    @routes.errorhandler(Exception)
    def refuse_by_fault(error: Exception) -> Response:
        reference = secrets.token_hex(4)
        log.error("Unexpected error %s in %r", reference, request.path, exc_info=error)
        response = _line(refusal(f"something went wrong inside the wall; its log says more, under {reference}"))
        response.status_code = 500
        return response

    return routes


def old_addresses(store: ReportStore) -> Blueprint:
    """Links in mails and on pages lead there: `n` is the number that a report had, which is that of its run here."""
    routes = Blueprint("old_report_addresses", __name__)

    @routes.get("/d/<number>")
    @scope("read")
    def details(number: str) -> Response:
        return _leads_to(page_of(_run(number)))

    @routes.get("/g/<number>/<member>")
    @scope("read")
    def member(number: str, member: str) -> Response:
        return _leads_to(address_of(_run(number), member))

    @routes.get("/s/<number>/<name>")
    @scope("read")
    def tarball(number: str, name: str) -> Response:  # noqa: ARG001  # there is one of a report
        run = _run(number)
        return _leads_to(address_of(run, store.report(run)["details"]["tarball"]))

    @routes.get("/tarhelp")
    @scope("read")
    def help_with_tarballs() -> Response:
        return _line(
            "A report is a .tar.bz2 (or .gz, .xz, .zst) of one folder, logs/, of files: status, input.txt, "
            "versions.txt, the logs of configure, make and make check. `livewall import FILE` takes one, too."
        )

    def _run(number: str) -> str:
        found = store.run_of_number(int(number)) if number.isdecimal() and len(number) < 10 else None
        if found is None:
            raise NotFound(f"There is no build report {number[:20]}.")
        return found

    return routes


def _sent_file(most: int) -> FileStorage:
    """The one file of the form, whatever its field is called. Raises NotAReport."""
    request.max_content_length = most + MOST_FORM
    request.max_form_memory_size = MOST_FORM
    if request.mimetype != "multipart/form-data":
        raise NotAReport(f"there is no file in it; send it as a form: curl -F a=@FILE {request.base_url}")
    files = [file for _, file in request.files.items(multi=True)]
    if len(files) != 1:
        how_many = f"are {len(files)} files" if files else "is no file"
        raise NotAReport(f"there {how_many} in the form; send one: curl -F a=@FILE {request.base_url}")
    return files[0]


def _leads_to(address: str) -> Response:
    return cast("Response", redirect(address, 302))


def _line(text: str) -> Response:
    response = Response(f"{text}\n", content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
