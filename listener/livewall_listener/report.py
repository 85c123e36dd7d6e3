"""Everything between who reports a run and the wall: the spool, the threads, and what is said at the end."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from livewall_listener import clock, spool_folder, wire
from livewall_listener.client import Client
from livewall_listener.notices import Notices, counted
from livewall_listener.redelivery import Redelivery
from livewall_listener.sampler import Sample, Sampler
from livewall_listener.sender import Delivery, Sender
from livewall_listener.settings import Settings, redacted
from livewall_listener.spool_file import CLOSE_WITHIN
from livewall_listener.spool_format import Header
from livewall_listener.spool_takeover import take_over
from livewall_listener.spool_writer import SpoolWriter
from livewall_listener.uploads import Job, Uploader

_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,20}")
"""Of a file, as a wall takes it in a name."""


class Report:
    """One process's way to the wall. `put` hands over an event; `close` waits for the wall to have them all.

    `look` tells what runs now.
    """

    def __init__(
        self,
        settings: Settings,
        environment: Mapping[str, str],
        run_id: str,
        info: wire.RunInfo,
        notices: Notices,
        look: Callable[[], Sample | None],
        *,
        former: Path | None = None,
        first_seq: int = wire.FIRST_SEQ,
        gathers: bool = True,
    ) -> None:
        """`gathers`: as for a `SpoolWriter`.

        `former`: the spool of one that was killed, `first_seq`: the event after those that are known to be in it.
        """
        self._settings = settings
        self._environment = environment
        self._notices = notices
        self._run_id = run_id
        self._process, self._pabot = info.process, info.pabot
        self._folder: Path | None = None
        """None where no folder can be used: the run is reported from memory."""
        self._claim: spool_folder.Claim | None = None
        path, limit = self._claim_path()
        header = Header(redacted(settings.url), run_id, asdict(info), first_seq)
        self._spool = take_over(former, header, path, limit)
        self._delivery = Delivery(self._client(), self._spool, notices)
        self._sender = Sender(self._delivery, self._spool, Sampler(look), self._note)
        self._spool_writer = SpoolWriter(self._spool, self._sender.wake, notices, gathers=gathers)
        self._uploader: Uploader | None = None
        self._redelivery = Redelivery(self._folder, settings.url, self._client(), self._has_answered)
        self._delivery.behind = lambda: self._redelivery.waiting
        self.put = self._spool_writer.put

    @property
    def path(self) -> Path | None:
        return self._spool.path

    @property
    def last_seq(self) -> int:
        """Number of the last event that is kept."""
        return self._spool.last_seq

    @property
    def stored(self) -> int:
        """How many of the events handed over are in the spool, or lost."""
        return self._spool_writer.stored

    def start(self) -> None:
        self._spool_writer.start()
        self._sender.start()
        if self._redelivery.is_needed():
            self._redelivery.start()

    def wait_judged(self, timeout: float) -> None:
        """Until it is known how the wall answers; never longer than the timeout."""
        deadline = clock.monotonic() + timeout
        while not self._delivery.is_judged and clock.monotonic() < deadline:
            clock.sleep(0.005)

    def note_trouble(self) -> None:
        """The last moment at which a warning still gets into output.xml."""
        self._delivery.note_trouble()

    def upload(self, kind: str, path: Path) -> None:
        """A result file is complete: `output`, `log` or `report`. Under pabot each process has its own."""
        if kind not in self._settings.artifacts:
            return
        suffix = path.suffix if _SUFFIX.fullmatch(path.suffix) else ""
        name = f"{kind}-{self._process}{suffix}" if self._pabot else f"{kind}{suffix}"
        try:
            job = Job.of(path, url=redacted(self._settings.url), run_id=self._run_id, process=self._process, name=name)
        except OSError as error:
            self._notices.add("upload", f"{path} cannot be uploaded: {error}")
            return
        self._uploader = self._uploader or Uploader(self._client(), self._folder, self._notices)
        self._uploader.add(job)

    def close(self) -> None:
        """Wait for the last acknowledgement, say what is left behind; never longer than the timeout, Ctrl-C or not."""
        with suppress(KeyboardInterrupt):  # who is in a hurry finds the rest in the spool
            self.wait(self._settings.timeout)
        self.finish()

    def wait(self, timeout: float) -> None:
        """Nothing more is handed over: until the wall has it all, or there is no use in waiting."""
        deadline = clock.monotonic() + timeout
        self._redelivery.stop()
        if self._spool_writer.finish(deadline - clock.monotonic()):
            self._sender.close(deadline - clock.monotonic())
        if self._uploader:
            self._uploader.close(deadline - clock.monotonic() if self._sender.done.is_set() else 0.0)

    def tell_death(self) -> None:
        """Robot is gone without its last event; after `wait`."""
        if self._sender.done.is_set() and self._delivery.registered and not self._spool.unacknowledged:
            self._delivery.tell_death()

    def keep(self, timeout: float) -> None:
        """All that was handed over is in the spool, with which another goes on; nothing is said.

        What no disk takes would go with this process: the wall gets it, if it does so within that time.
        """
        deadline = clock.monotonic() + timeout
        self._spool_writer.finish(CLOSE_WITHIN)
        if not self._spool.is_safe:
            self._sender.close(deadline - clock.monotonic())

    def finish(self) -> None:
        """Keep what is not delivered, and say so; whoever still waits for something."""
        with suppress(KeyboardInterrupt):
            self._spool_writer.finish(CLOSE_WITHIN)  # also where there was no time to wait for the wall
        left = self._spool.unacknowledged + self._spool_writer.waiting
        self._spool.close(delete=not left)
        if self._claim:
            self._claim.release(delete=not left)
        self._say_what_is_left(left)

    def _say_what_is_left(self, events: int) -> None:
        files = self._uploader.left if self._uploader else 0
        left = [counted(events, "event")] * bool(events) + [f"{counted(files, 'file')} to upload"] * bool(files)
        if not left:
            return
        are, them = ("is", "it") if events + files == 1 else ("are", "them")
        if self._claim is None or not self._spool.is_safe:
            lost = counted(events, "event")
            self._notices.add("left", f"the wall did not take {lost}, and there was no disk to keep {them}")
            return
        self._notices.add(
            "left",
            f"{' and '.join(left)} {are} kept in {self._folder}; `python -m livewall_listener resend` delivers {them}",
        )

    def _client(self) -> Client:
        """One for each thread."""
        settings = self._settings
        return Client(settings.url, token=settings.token, ca=settings.ca, environment=self._environment)

    def _note(self, acknowledged: int) -> None:
        if self._claim:
            self._claim.note(acknowledged)

    def _has_answered(self) -> bool:
        return self._delivery.health.answered

    def _claim_path(self) -> tuple[Path | None, int]:
        """A file of our own and how large it may grow; no file where the folder cannot be used."""
        try:
            folder = spool_folder.prepare(self._settings.spool, self._environment)
            path = spool_folder.new_path(folder)
            self._claim = spool_folder.Claim.on(path)
            room = spool_folder.LIMIT - spool_folder.used(folder)
        except OSError as error:
            wanted = self._settings.spool or spool_folder.candidates(self._environment)[0]
            lost = f"no spool in {wanted} ({error}): what the wall does not take is lost"
            self._notices.add("spool", f"{lost}. Set LIVEWALL_SPOOL to a folder of this user alone")
            return None, 0
        if room <= 0:
            full = f"the spool in {folder} is full: what the wall does not take is lost"
            self._notices.add("spool", f"{full}; `python -m livewall_listener resend` empties it")
        self._folder = folder
        return path, room
