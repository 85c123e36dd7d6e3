"""Everything between the listener's hooks and the wall: spool, threads, and what is said at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from livewall_listener import context, store, wire
from livewall_listener.client import Client
from livewall_listener.identity import listener_version
from livewall_listener.notices import Notices
from livewall_listener.sampler import Sampler
from livewall_listener.sender import Delivery, Sender
from livewall_listener.settings import Settings
from livewall_listener.spool import Header, Spool
from livewall_listener.spooler import Spooler


class Report:
    """One process's way to the wall. `put` hands over an event; `close` waits for the wall to have them all."""

    def __init__(
        self,
        settings: Settings,
        environment: Mapping[str, str],
        run_id: str,
        info: wire.RunInfo,
        notices: Notices,
    ) -> None:
        self._settings = settings
        self._notices = notices
        self._folder = settings.spool or store.default_folder(environment)
        self._claim: store.Claim | None = None
        path, limit = self._claim_path()
        self._spool = Spool.create(Header(settings.url, run_id, asdict(info)), path, limit=limit)
        agent = f"livewall-listener/{listener_version()}"
        client = Client(
            settings.url, token=settings.token, ca=settings.ca, environment=environment, agent=agent
        )
        self._delivery = Delivery(client, self._spool, notices)
        sampler = Sampler(lambda: context.sample(datetime.now()))  # noqa: DTZ005  # as Robot Framework's own times
        self._sender = Sender(self._delivery, self._spool, sampler)
        self._spooler = Spooler(self._spool, self._sender.wake)
        self.put = self._spooler.put

    def start(self) -> None:
        self._spooler.start()
        self._sender.start()

    def close(self) -> None:
        """Wait for the last acknowledgement, say what is left behind; never longer than the timeout, Ctrl-C or not."""
        try:
            if self._spooler.finish(self._settings.timeout):
                self._sender.close(self._settings.timeout)
        except KeyboardInterrupt:
            pass  # the user has no time: what is not delivered is in the spool
        left = self._spool.unacknowledged
        self._spool.close(delete=not left)
        if self._claim:
            self._claim.release(delete=not left)
        if left:
            self._notices.add(
                "left",
                f"{left} events are kept in {self._folder}; `python -m livewall_listener resend` delivers them",
            )

    def _claim_path(self) -> tuple[Path | None, int]:
        """A file of our own and how large it may grow; no file where the folder cannot be used."""
        try:
            store.prepare(self._folder)
            path = store.new_path(self._folder)
            self._claim = store.Claim.on(path)
            return path, store.LIMIT - store.used(self._folder)
        except OSError as error:
            self._notices.add("spool", f"no spool in {self._folder} ({error}): what the wall does not take is lost")
            return None, 0
