"""Where a build is shown and its report goes: a wall, or pretest's own server, which shows nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from livewall_agent.errors import Misconfigured
from livewall_listener import settings, spool_folder
from livewall_listener.client import Client, Unreachable
from livewall_listener.connection import Connection
from livewall_listener.report_upload import ReportFile
from livewall_listener.settings import Settings, redacted

UPLOAD = "/upload"
_NO_WALL = {404, 405, 410, 501}


@dataclass(frozen=True)
class Wall:
    """`given`: what the environment says to a listener, too, with `url` without the path of uploads. `address`: that
    path, with setup and labels.
    """

    given: Settings
    address: str
    environment: Mapping[str, str] = field(repr=False)

    def client(self) -> Client:
        given = self.given
        return Client(given.url, token=given.token, ca=given.ca, environment=self.environment)

    def is_one(self) -> bool:
        """Whether a livewall answers there, or nobody does at the moment; not where another server does."""
        given = self.given
        connection = Connection(
            given.url, token=given.token, ca=given.ca, environment=self.environment, agent="livewall-build"
        )
        try:
            return connection.send("GET", "/healthz").status not in _NO_WALL
        except Unreachable:
            return True
        finally:
            connection.close()

    def upload(self, tarball: Path) -> str:
        """-> what it answers. Raises NotTaken, Unreachable and OSError."""
        client = self.client()
        try:
            with self._report(tarball) as report:
                return client.upload_report(report)
        finally:
            client.close()

    def keep_for_later(self, tarball: Path) -> Path:
        """For `resend`, or the next run or build of this machine. Raises OSError."""
        with self._report(tarball) as report:
            return report.save(spool_folder.prepare(self.given.spool, self.environment))

    def _report(self, tarball: Path) -> AbstractContextManager[ReportFile]:
        return ReportFile.of(tarball, url=redacted(self.given.url), address=self.address)


def wall_of(url: str, environment: Mapping[str, str] = os.environ) -> Wall | None:
    """`url`: of -r, with /upload or without; "" for LIVEWALL_URL's. None where there is none. Raises Misconfigured."""
    text = url or environment.get("LIVEWALL_URL", "").strip()
    if not text:
        return None
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        path = parts.path.rstrip("/").removesuffix(UPLOAD)
        base = urlunsplit((parts.scheme, parts.netloc, path, "", ""))
        asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    except ValueError as error:
        raise Misconfigured(f"{redacted(text)!r} is no URL to upload to: {error}") from None
    given = settings.read([f"url={base}"], environment)
    if not given.url:
        raise Misconfigured(f"{redacted(text)!r} is no URL to upload to, such as http://wall:8000/upload")
    given.setup = asked.pop("setup", "") or given.setup
    given.labels = {**given.labels, **asked}
    query = {**({"setup": given.setup} if given.setup else {}), **given.labels}
    return Wall(given, UPLOAD + ("?" + urlencode(query, quote_via=quote) if query else ""), environment)
