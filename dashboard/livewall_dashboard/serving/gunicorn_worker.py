"""gunicorn's one worker: threads that serve the wall, from its start to its end in order."""

from __future__ import annotations

import logging
import os
import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any, NoReturn

import click
from gunicorn import sock
from gunicorn.arbiter import Arbiter
from gunicorn.errors import AppImportError
from gunicorn.http import errors as faults
from gunicorn.workers.gthread import ThreadWorker

from livewall_dashboard.access.tokens import TokenStore
from livewall_dashboard.app import Dashboard
from livewall_dashboard.base import logs
from livewall_dashboard.base.errors import LivewallError
from livewall_dashboard.base.settings import UNIX, Settings
from livewall_dashboard.lab import LabFile
from livewall_dashboard.postgres.embedded import EmbeddedPostgres
from livewall_dashboard.serving import commands
from livewall_dashboard.serving.lifecycle import running_dashboard
from livewall_dashboard.serving.listening import BACKLOG, listening
from livewall_dashboard.serving.local_agents import local_agents
from livewall_dashboard.serving.options import lab_file_of, settings_of
from livewall_dashboard.web.request_head import MAX_HEAD, MAX_LINE, Refused, answer_refusal, linger, require_one_meaning

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["BACKLOG", "MAX_LINE", "STOP_WITHIN", "THREADS", "Worker", "hang_up", "listen", "refuse_processes"]

THREADS = 300
"""A screen holds one for as long as it is open."""
FOR_OTHERS = 4
"""A thread of so many is kept from screens: nodes and pages go on when there are too many of them."""
STOP_WITHIN = 60
"""Seconds to store what is pending and to stop the embedded Postgres."""
FINISH_WITHIN = 3.0
"""Seconds at the end for requests that go on. Nodes repeat what was not acknowledged."""
CALLER_WITHIN = 60
"""Seconds a caller may take over one read or write."""
WARN_EACH = 60.0
MISCONFIGURED = 2
"""The exit code of a wall that cannot start as it is set up."""

log = logging.getLogger(__name__)
_listening = ExitStack()
_settings: list[Settings] = []


# ---------------------------------------------------------------------- in gunicorn's first process


def listen(arbiter: Arbiter) -> None:
    """Open the wall's address as `livewall serve` does, before there is a worker. Ends the program with a sentence."""
    _require_one_process(arbiter.cfg)
    try:
        settings, _, _, _ = _from_environment()
        made, settings = _listening.enter_context(listening(settings))
    except LivewallError as error:
        _refuse(error.message, error.exit_code)
    # So also a worker's thread is not held by a caller for ever; callers' lines have it from this socket.
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        made.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", CALLER_WITHIN, 0))
    arbiter.LISTENERS = sock.create_sockets(arbiter.cfg, arbiter.log, [os.dup(made.fileno())])
    arbiter.systemd = True  # the socket's file is not gunicorn's to remove
    arbiter.APP_LOAD_ERROR = MISCONFIGURED
    _settings[:] = [settings]
    _take_signals(arbiter)


def hang_up() -> None:
    """Remove the Unix socket, where it is ours."""
    _listening.close()


def _take_signals(arbiter: Arbiter) -> None:
    """In place of what gunicorn does: beside one wall, it would start another one."""

    def stay_alone() -> None:
        log.warning("The wall is one process: there will be no second one beside it.")

    arbiter.handle_hup = lambda: arbiter.kill_workers(signal.SIGHUP)
    arbiter.handle_ttin = arbiter.handle_usr2 = stay_alone


def refuse_processes() -> NoReturn:
    _refuse(
        "The wall is one process, with threads: leave gunicorn's --workers, --worker-class, --preload and --reload as "
        "they are. More callers at once: --threads.",
        MISCONFIGURED,
    )


def _require_one_process(configured: Any) -> None:
    if configured.workers != 1 or configured.worker_class is not Worker or configured.reload:
        refuse_processes()
    if configured.settings["bind"].get() != configured.settings["bind"].default:
        _refuse(
            "The wall's address is given by LIVEWALL_HOST and LIVEWALL_PORT, or LIVEWALL_BIND, not by --bind.",
            MISCONFIGURED,
        )


def _refuse(message: str, code: int) -> NoReturn:
    print(f"livewall: {message}", file=sys.stderr)
    sys.exit(code)


def _from_environment() -> tuple[Settings, str | None, str, int]:
    """Settings, the Postgres that is named, the mode, and how many agents there are to be.

    Raises LivewallError; ends the program for a bad variable.
    """
    logs.configure(os.environ)
    try:
        with commands.serve.make_context("livewall", []) as serve, commands.up.make_context("livewall", []) as up:
            given, agents = dict(serve.params), up.params["agents"]
    except click.ClickException as error:
        _refuse(error.format_message(), MISCONFIGURED)
    url, given["async_mode"] = given.pop("database_url"), "threading"
    settings, mode = settings_of(given.pop("data"), given)
    return settings, url, mode, 0 if url else agents


# ---------------------------------------------------------------------- in its worker


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Starts the wall, answers until SIGTERM, SIGINT or SIGQUIT, stores what is pending, and ends.

    SIGHUP has the lab's configuration read again.
    """

    _dashboard: Dashboard | None = None
    _lab: LabFile | None = None

    def init_signals(self) -> None:
        super().init_signals()
        signal.signal(signal.SIGHUP, self._handle_hangup)
        for number in (signal.SIGINT, signal.SIGQUIT):  # gunicorn would end in the middle of whatever goes on
            signal.signal(number, self.handle_exit)

    def load_wsgi(self) -> None:
        logs.take_strays()
        self._wall, self._agents = ExitStack(), ExitStack()
        try:
            self._dashboard = self._wall.enter_context(self._start())
        except LivewallError as error:
            raise AppImportError(f"livewall: {error.message}") from None
        if self._dashboard is not None:
            self.wsgi = _Screens(self._dashboard.flask, self.cfg.threads)

    def run(self) -> NoReturn:
        code = 1
        try:
            self.cfg.set("graceful_timeout", int(FINISH_WITHIN))
            super().run()
            code = 0
        except Exception:
            log.exception("The wall ends by an error")
        finally:
            self._wall.close()
            logging.shutdown()
            os._exit(code)  # threads of lines that are dead would be waited for

    def handle_exit(self, sig: int, frame: Any) -> None:
        if self.alive and self._dashboard is not None:
            threading.Thread(target=self._end, args=(self._dashboard, sig, frame), daemon=True).start()
        else:
            super().handle_exit(sig, frame)

    def _end(self, dashboard: Dashboard, sig: int, frame: Any) -> None:
        """Agents say what becomes of their jobs, and that they go, while there is somebody to hear it."""
        try:
            self._agents.close()
        finally:
            super().handle_exit(sig, frame)
            dashboard.disconnect_screens()

    def _handle_hangup(self, sig: int, frame: Any) -> None:
        if self._lab is not None:
            log.info("SIGHUP: the configuration is read again.")
            threading.Thread(target=self._lab.reload, daemon=True).start()

    @contextmanager
    def _start(self) -> Iterator[Dashboard | None]:
        """None where it was told to stop before it had started. Raises LivewallError."""
        _, url, mode, agents = _from_environment()
        settings = _settings[0]
        lab = self._lab = lab_file_of(settings, mode)
        with ExitStack() as stack:
            found = url or stack.enter_context(EmbeddedPostgres(settings.data))
            dashboard = stack.enter_context(
                running_dashboard(settings, lab, mode, found, _Stop(self), embedded=not url, has_agents=agents > 0)
            )
            if dashboard is not None:
                tokens = TokenStore(dashboard.core.database)
                self._agents.enter_context(local_agents(agents, settings, tokens, lambda: lab.current))
                stack.enter_context(self._agents)
            yield dashboard

    def handle_request(self, req: Any, conn: Any) -> Any:
        values = _values(req.headers)
        require_one_meaning(req.uri, values)
        if sum(len(name) + len(value) + 4 for name, value in req.headers) > MAX_HEAD:
            raise Refused(431)
        goes_on = super().handle_request(req, conn)
        left = getattr(req.body.reader, "length", 0)
        if left and not goes_on:
            with suppress(OSError):
                linger(conn.sock)
        return goes_on

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:
        """In the API's words, without those of the caller."""
        status = _status_of(exc)
        if status == 500:
            log.error("A request ended by an error", exc_info=exc)
        answer_refusal(client, status)


class _Stop:
    def __init__(self, worker: Worker):
        self._worker = worker

    def wait(self, timeout: float) -> bool:
        deadline = time.monotonic() + timeout
        while self._worker.alive and time.monotonic() < deadline:
            time.sleep(0.1)
        return not self._worker.alive


def _values(headers: list[tuple[str, str]]) -> Any:
    return lambda name, otherwise=None: [value for found, value in headers if found == name.upper()] or otherwise


_STATUS = {
    faults.LimitRequestLine: 414,
    faults.LimitRequestHeaders: 431,
    faults.UnsupportedTransferCoding: 411,
    faults.ExpectationFailed: 417,
}


def _status_of(error: Exception) -> int:
    if isinstance(error, Refused):
        return error.status
    if isinstance(error, (faults.InvalidResponseHeader, faults.InvalidResponseHeaderName)):
        return 500
    for kind, status in _STATUS.items():
        if isinstance(error, kind):
            return status
    if not isinstance(error, faults.ParseException):
        return 500
    named = getattr(getattr(error, "req", None), "headers", [])
    return 411 if any(name == "TRANSFER-ENCODING" for name, _ in named) else 400


class _Screens:
    """The wall's application, with some of the threads kept for others than screens."""

    def __init__(self, application: WSGIApplication, threads: int):
        self._application = application
        self._threads = threads
        self._room = threading.BoundedSemaphore(max(threads - threads // FOR_OTHERS, 1))
        self._warned_at = float("-inf")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        environ["REMOTE_ADDR"] = environ.get("REMOTE_ADDR") or UNIX
        environ["livewall.threads"] = self._threads
        environ["wsgi.input_terminated"] = False  # a body is as long as its Content-Length, and without one it is none
        if not environ.get("PATH_INFO", "").startswith("/socket.io"):
            return self._application(environ, start_response)
        if not self._room.acquire(blocking=False):
            self._warn()
            raise Refused(503)
        try:
            return self._application(environ, start_response)
        finally:
            self._room.release()

    def _warn(self) -> None:
        if time.monotonic() - self._warned_at > WARN_EACH:
            self._warned_at = time.monotonic()
            log.warning("No thread is left for another screen: start gunicorn with more, by --threads.")
