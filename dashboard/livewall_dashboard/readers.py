"""Who reads files that are imported, besides `importing`: a line each, `package.module:name` of a `FileReader`."""

from __future__ import annotations

READERS: tuple[str, ...] = ("livewall_dashboard.buildlogs.report_reader:READER",)
"""Imported where files are read: by `livewall import`, and by the program that the wall starts for files sent to it."""
