"""The words that agent and wall have in common about instances: what builds left running, and an agent keeps. Pure."""

from __future__ import annotations

STARTING, RUNNING, STOPPING, STOPPED, FAILED = "starting", "running", "stopping", "stopped", "failed"
STATES = (STARTING, RUNNING, STOPPING, STOPPED, FAILED)
UP = (STARTING, RUNNING, STOPPING)
"""States in which processes of it may be there."""

GONE = "gone"
WANTED = (RUNNING, STOPPED, GONE)
"""What the wall wants of one. Of what is to be gone, nothing is left."""

LEASE = 30.0
"""Seconds for which the wall believes what an agent has said."""
REPORT_EACH = 3.0
BUSY_EACH = 1.0
"""Seconds between two reports, and while something is on its way. Who wakes one waits for the next."""

PATH = "/api/v1/instances/report"
MOST_LOG = 16_000
"""Characters of what an instance has written that the wall is told, the last ones."""
MOST_MESSAGE = 500
