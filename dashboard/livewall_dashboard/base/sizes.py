"""How large an uploaded file may be."""

from __future__ import annotations

MAX_CHUNK = 4 * 1024 * 1024
"""Bytes of one chunk of an upload in several."""
MAX_PLAIN = 1024 * 1024 * 1024
"""Bytes of a file, unpacked."""
MAX_PACKED = 512 * 1024 * 1024
"""Bytes of a file, packed."""
JOB_OUTPUT = 1000
"""Megabytes of output that are kept of each job, unless the wall is started with another number."""
