"""Files of results, sent to the wall."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from livewall_dashboard.access.guard import Guard, caller, scope
from livewall_dashboard.base.errors import BadRequest, Forbidden, LivewallError
from livewall_dashboard.importing.import_runner import ImportRunner
from livewall_dashboard.importing.resources import ImportReport, report_of
from livewall_dashboard.importing.upload import MAX_FILES, MAX_UPLOAD, check_length, receive
from livewall_dashboard.importing.upload_options import Options
from livewall_dashboard.importing.worker import Job, UploadedFile
from livewall_dashboard.web.operation import Answer, operation
from livewall_dashboard.web.query import read_query
from livewall_dashboard.web.request_body import FilesBody
from livewall_dashboard.web.responses import json_response

MAX_UNPACKED = 4 * 1024 * 1024 * 1024
"""Bytes that a file may unpack to."""


class NothingImported(LivewallError):
    """All files of a request are broken. `detail`: the report."""

    code, http_status = "unreadable", 422


def blueprint(runner: ImportRunner, guard: Guard, readers: Sequence[str], data: Path) -> Blueprint:
    """`readers`: of other kinds, by name. `data`: the wall's folder."""
    routes = Blueprint("importing", __name__)

    @routes.post("/api/v1/imports")
    @scope("upload")
    @operation(
        "importFiles",
        "Runs from files, as `livewall import` makes them: output.xml, output.json, JUnit XML, CTRF JSON, packed by "
        "gzip or not. One file is the body; several are a form, whose other fields may be parameters. The same again "
        f"changes nothing. At most {MAX_UPLOAD} bytes and {MAX_FILES} files; a file unpacks to at most {MAX_UNPACKED}.",
        Answer(200, "All files are done: imported, with nothing new, or skipped.", ImportReport),
        Answer(207, "Some files are broken, with the reason; the others are done.", ImportReport),
        errors=(411, 422, 503),
        takes=FilesBody,
    )
    def import_files(query: Options) -> Response:
        token = caller()
        setups = None if token is None else token.setups
        _check(query, setups, guard)
        with runner.room() as folder:
            check_length(request, folder)
            upload = receive(request, folder, query.filename)
            options = _with_fields(upload.fields)
            _check(options, setups, guard)
            files = [UploadedFile(str(each.path), each.shown or each.path.name) for each in upload.files]
            report = report_of(
                runner.run(Job(options, setups, MAX_UNPACKED, files, list(readers), str(data.resolve())), folder)
            )
        if report.broken == len(report.files):
            raise NothingImported(_reasons(report), detail=msgspec.to_builtins(report))
        return json_response(report, 207 if report.broken else 200)

    return routes


def _reasons(report: ImportReport) -> str:
    first = report.files[0]
    others = f" (and {len(report.files) - 1} others)" if len(report.files) > 1 else ""
    return f"{first.path}: {first.reason}{others}"


def _with_fields(fields: MultiDict[str, str]) -> Options:
    """The options of the address and of the form. Raises BadRequest for what is said twice."""
    both = sorted(set(fields) & set(request.args))
    if both:
        raise BadRequest(f"{both[0]} is said by the address and by the form; once is enough.")
    return read_query(Options, MultiDict([*request.args.items(multi=True), *fields.items(multi=True)]))


def _check(options: Options, setups: list[str] | None, guard: Guard) -> None:
    """Before files are read for nothing. Raises BadRequest, Forbidden."""
    options.pattern()
    options.wish(setups).bound()
    if options.force == "true" and not guard.allows("admin"):
        raise Forbidden("force takes the file's word against a node's: it needs a token of scope admin.")
