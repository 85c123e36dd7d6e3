"""Files that come as a form's: read as they come, however large they are."""

from __future__ import annotations

from collections.abc import Iterator

from flask import request
from werkzeug.sansio.multipart import NEED_DATA, Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

from livewall_dashboard.base.errors import BadRequest
from livewall_dashboard.base.sizes import MAX_PLAIN
from livewall_dashboard.jobqueue.errors import invalid

BLOCK = 64 * 1024
ENVELOPE = 64 * 1024
"""Bytes of a form around its file."""


def uploaded_file() -> Iterator[bytes]:
    """What the form's `file` holds. Raises BadRequest for what is no form, Invalid for one without a file."""
    boundary = request.mimetype_params.get("boundary", "").encode("utf-8", "replace")
    if request.mimetype != "multipart/form-data" or not boundary:
        raise BadRequest('Send the file as a form does: `curl -F "file=@NAME"`.')
    request.max_content_length = MAX_PLAIN + ENVELOPE
    return _file(MultipartDecoder(boundary, max_form_memory_size=ENVELOPE + BLOCK))


def _file(decoder: MultipartDecoder) -> Iterator[bytes]:
    found = reading = False
    for event in _events(decoder):
        if isinstance(event, (File, Field)):
            reading = event.name == "file" and not found
            found = found or reading
        elif isinstance(event, Data) and reading:
            yield event.data
    if not found:
        raise invalid("file", "Missing data for required field.")


def _events(decoder: MultipartDecoder) -> Iterator[Event]:
    event: Event = NEED_DATA
    try:
        while not isinstance(event, Epilogue):
            decoder.receive_data(request.stream.read(BLOCK) or None)
            while not isinstance(event := decoder.next_event(), (NeedData, Epilogue)):
                yield event
    except ValueError:
        raise BadRequest("The form ends too early, or is none.") from None
