"""Which commit is running: what `config/deploy.sh` wrote beside the program when it deployed it."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

MAX_BYTES = 64 * 1024
"""A file larger than this was not written by a deployment."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Release:
    """`commit`: full hash; `subject`: first line of its message; `deployed_at`: ISO 8601, UTC."""

    commit: str
    subject: str = ""
    branch: str = ""
    deployed_at: str = ""

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def running_release(environment: Mapping[str, str], prefix: Path = Path(sys.prefix)) -> Release | None:
    """The release this program belongs to; None for one that was not deployed.

    Its file is the one that `LIVEWALL_RELEASE` names, else RELEASE.json beside the virtual environment `prefix`.
    """
    named = environment.get("LIVEWALL_RELEASE")
    if named:
        return read_release(Path(named))
    beside = prefix.parent / "RELEASE.json"
    return read_release(beside) if beside.is_file() else None


def read_release(path: Path) -> Release | None:
    """The release a file describes. One that cannot be read is no reason not to run: None, and a line in the log."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise ValueError("it is too large")
        document = json.loads(content)
        members = document if isinstance(document, dict) else {}
        values = {name: members.get(name, "") for name in ("commit", "subject", "branch", "deployed_at")}
        if not all(isinstance(value, str) for value in values.values()):
            raise ValueError("its members must be texts")
        if not values["commit"]:
            raise ValueError('its "commit" is missing')
    except (OSError, ValueError, RecursionError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        log.warning("%s does not say which release this is: %s.", path, reason)
        return None
    return Release(**values)
