"""Runs the dashboard: the only module that knows eventlet.

In eventlet mode `patch` must come before anything else of the dashboard is imported; after it `threading`, `queue`,
`time` and sockets are cooperative everywhere. In threading mode they are what they are.
"""

from __future__ import annotations

import errno
import gc
import logging
import os
import resource
import signal
import socket
import sys
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any, TypeVar

from livewall_dashboard.base.offload import Offload, call_directly
from livewall_dashboard.base.settings import UNIX
from livewall_dashboard.base.terminal import Terminal

T = TypeVar("T")

log = logging.getLogger(__name__)

_terminal: Terminal | None = None
"""As it was when the program began."""

MODES = ("eventlet", "threading")
_WITHOUT_DNS = "EVENTLET_NO_GREENDNS"
"""Eventlet's variable: the system looks up names, which stops all others meanwhile. Who runs the wall may want that."""
MAX_CONNECTIONS = 10_000
DESCRIPTORS = 65_536
"""Open files this process asks the system for, where the system's hard limit lets it."""
SOCKET_TIMEOUT = 60.0
"""Seconds a client may take over one read or write before it is dropped."""
MOST_DISCARDED = 1024 * 1024
"""Bytes of a body that nobody wants which are read all the same, so that the line can go on."""
WARN_EACH = 60.0
"""Seconds between two warnings that nobody can be let in."""


def patch() -> None:
    """Make blocking calls cooperative, psycopg's too: it would stop the whole server otherwise."""
    os.environ["PSYCOPG_WAIT_FUNC"] = "wait_selector"
    has_choice = _WITHOUT_DNS in os.environ
    os.environ.setdefault(_WITHOUT_DNS, "yes")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
        import eventlet
    _let_joins_time_out()
    eventlet.monkey_patch()
    if not has_choice:
        del os.environ[_WITHOUT_DNS]
        _import_dns_late()


def _import_dns_late() -> None:
    """What looks up names is imported for the first that is looked up: its 200 modules are a sixth of a start."""
    from eventlet.green import socket as green

    def late(name: str) -> Callable[..., Any]:
        def look_up(*args: Any, **named: Any) -> Any:
            from eventlet.support import greendns

            return getattr(greendns, name)(*args, **named)

        return look_up

    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "getnameinfo"):
        for module in (socket, green):
            setattr(module, name, late(name))


def _let_joins_time_out() -> None:
    """`Thread.join(timeout)` returns when its time is over; eventlet's raises then, on Python 3.13 and newer."""
    from eventlet import Timeout
    from eventlet.green import thread

    if sys.version_info < (3, 13):
        return
    handle_of_thread = vars(thread)["_ThreadHandle"]
    join = handle_of_thread.join

    def join_within(handle: Any, timeout: float | None = None) -> None:
        with Timeout(timeout, False):  # eventlet's way of saying that it raises nothing
            join(handle)

    handle_of_thread.join = join_within


def offload(mode: str) -> Offload:
    """-> `call(function, *args)`: runs it in an OS thread of its own while the caller waits and others go on."""
    if mode == "eventlet":
        from eventlet import tpool

        return tpool.execute  # type: ignore[no-any-return]
    return call_directly


class StopSignal:
    """SIGINT and SIGTERM as something to wait for, in both modes; so is a SIGHUP of a terminal that closes.

    Any other SIGHUP calls `on_hangup` in the waiting thread, and the waiting goes on.

    Python itself writes a byte for each signal: a handler of ours may run in the middle of eventlet's loop, where
    nothing may be written.
    """

    def __init__(self, on_hangup: Callable[[], None]) -> None:
        self._on_hangup = on_hangup
        self._terminal = _terminal or Terminal()
        self._waiting, self._ringing = socket.socketpair()
        self._ringing.setblocking(False)
        signal.set_wakeup_fd(self._ringing.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _ignore)

    def wait(self, timeout: float | None = None) -> bool:
        """Whether a signal to stop has come; waits for one at most `timeout` seconds."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while not self._terminal.has_closed():
            self._waiting.settimeout(None if deadline is None else max(deadline - time.monotonic(), 0.001))
            try:
                number = self._waiting.recv(1)[0]  # Python writes the number of the signal
            except TimeoutError:
                return False
            if number != signal.SIGHUP:
                return True
            if not self._terminal.has_closed():
                self._on_hangup()
        return True


def _ignore(number: int, frame: FrameType | None) -> None:
    """Keeps the signal from ending the program."""


def serve(app: Any, listening: socket.socket, mode: str, stop: StopSignal) -> None:
    """Answer requests until `stop`."""
    accept = _accept_eventlet if mode == "eventlet" else _accept_threading
    threading.Thread(target=accept, args=(app, listening), name="server", daemon=True).start()
    stop.wait()


def _accept_eventlet(app: Any, listening: socket.socket) -> None:
    import eventlet.wsgi

    eventlet.wsgi.server(
        _Undaunted(listening),
        app,
        log=_Discard(),
        log_output=False,
        debug=False,
        max_size=connections(),
        protocol=_eventlet_handler(app),
        socket_timeout=SOCKET_TIMEOUT,
    )


def _eventlet_handler(app: Any) -> type:
    import eventlet.wsgi

    from livewall_dashboard.web.request_head import StrictHead, linger
    from livewall_dashboard.web.whole_request import Answer, environ_of

    class Handler(StrictHead, eventlet.wsgi.HttpProtocol):  # type: ignore[misc]  # eventlet has no types
        """eventlet's, but that it makes less anew with each request, and writes small answers at once."""

        server: Any
        application: Any

        def setup(self) -> None:
            super().setup()
            name, port = eventlet.wsgi.addr_to_host_port(self.request.getsockname())
            address, its_port = eventlet.wsgi.addr_to_host_port(self.client_address)
            self._environ_of_line = {
                **self.server.get_environ(),
                "SERVER_PROTOCOL": "HTTP/1.0",
                "SERVER_NAME": name,
                "SERVER_PORT": str(port),
                "REMOTE_ADDR": address,
                "REMOTE_PORT": str(its_port),
                "GATEWAY_INTERFACE": "CGI/1.1",
                "eventlet.set_idle": self._set_idle,
            }

        def _read_request_line(self) -> bytes:
            line: bytes = super()._read_request_line()
            if len(line) < eventlet.wsgi.MAX_REQUEST_LINE:
                return line
            self.send_error(414)
            return b""

        def get_environ(self) -> dict[str, Any]:
            environ = {**self._environ_of_line, **environ_of(self.command, self.path, self.headers)}
            goes_on = {}
            if environ.get("HTTP_EXPECT", "").lower() == "100-continue":
                goes_on = {"wfile": self.wfile, "wfile_line": b"HTTP/1.1 100 Continue\r\n"}
            length = environ.get("CONTENT_LENGTH", "0")
            body = eventlet.wsgi.Input(self.rfile, length, self.connection, **goes_on)
            environ["wsgi.input"] = environ["eventlet.input"] = body
            environ["eventlet.posthooks"] = []
            return environ

        def handle_one_response(self) -> None:
            body = self.environ["eventlet.input"]
            if body.should_send_hundred_continue or not self.is_newest or not self._may_be_written_at_once():
                self.application = self._answer
                super().handle_one_response()
            else:
                self._answer_at_once(body)
            if self.close_connection and _left(body):  # closed at once, the caller would hear of a reset alone
                with suppress(OSError):  # it has gone itself
                    linger(self.connection)

        def _answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
            def start(*said: Any) -> Any:
                self._end_line_if_much_is_left()
                return start_response(*said)

            return app(environ, start)

        def _answer_at_once(self, body: Any) -> None:
            try:
                answer = Answer(app, self.environ)
                whole = answer.whole(self._connection_header()) if answer.is_small else None
            except Exception:
                log.exception("A request ended by an error")
                self.send_error(500)
                return
            if whole is None:
                self._end_line_if_much_is_left()
                self.application = answer
                super().handle_one_response()
                self.application = None  # or a line at rest would keep what it was answered
                return
            self.connection.sendall(whole)
            if _left(body) and not self.close_connection:
                self._discard(body)

        def _end_line_if_much_is_left(self) -> None:
            """A body that is refused is not read to its end, however long it is said to be."""
            if _left(self.environ["eventlet.input"]) > MOST_DISCARDED:
                self.close_connection = True

        def _may_be_written_at_once(self) -> bool:
            """Not what has a head alone, nor what goes on as a WebSocket."""
            return self.command != "HEAD" and "HTTP_UPGRADE" not in self.environ

        def _connection_header(self) -> str:
            self._end_line_if_much_is_left()
            if self.close_connection:
                return "close"
            return "keep-alive" if self.headers.get("Connection", "").lower() == "keep-alive" else ""

        def _discard(self, body: Any) -> None:
            """What nobody read must not be taken for the next request."""
            try:
                body.discard()
            except OSError:
                self.close_connection = True

        def _set_idle(self) -> None:
            self.conn_state[2] = eventlet.wsgi.STATE_IDLE

    return Handler


def _left(body: Any) -> int:
    """Bytes of a body that nobody has read."""
    return int(body.content_length - body.position)


def _accept_threading(app: Any, listening: socket.socket) -> None:
    from werkzeug.serving import WSGIRequestHandler, make_server

    from livewall_dashboard.web.request_head import StrictHead

    class Handler(StrictHead, WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def address_string(self) -> str:
            return UNIX if self.server.address_family == socket.AF_UNIX else super().address_string()

        def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  # werkzeug's name
            """Say nothing a request: /metrics counts them."""

    name = listening.getsockname()
    host, port = (f"unix://{name}", 0) if isinstance(name, str) else name[:2]
    make_server(host, port, app, threaded=True, request_handler=Handler, fd=listening.fileno()).serve_forever()


def connections() -> int:
    """How many callers may be connected: a quarter of our open files is for Postgres and uploads.

    A shell's usual limit of 1024 is no lab's; what the system allows is taken.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, DESCRIPTORS)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return min(MAX_CONNECTIONS, max(soft, wanted) * 3 // 4)


class _Undaunted:
    """A listening socket that takes no failure for the end: eventlet's server stops at the first it meets.

    Out of open files, it waits for somebody to hang up.
    """

    def __init__(self, listening: socket.socket) -> None:
        self._listening = listening
        self._warned_at = float("-inf")

    def accept(self) -> Any:
        while True:
            try:
                return self._listening.accept()
            except OSError as error:
                if error.errno in (errno.EBADF, errno.EINVAL):
                    raise  # it was closed
                self._warn(error)
                time.sleep(0.1)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._listening, name)

    def _warn(self, error: OSError) -> None:
        if time.monotonic() - self._warned_at > WARN_EACH:
            self._warned_at = time.monotonic()
            log.warning("Callers have to wait: %s. Going on as soon as others hang up.", error.strerror)


class _Discard:
    """Where eventlet's own access log goes."""

    def write(self, text: str) -> None:
        pass


def mode_of(arguments: list[str], environment: dict[str, str] | os._Environ[str]) -> str:
    """The mode a command line asks for; needed before anything that parses command lines may be imported."""
    for index, argument in enumerate(arguments):
        if argument == "--async-mode" and index + 1 < len(arguments):
            return arguments[index + 1]
        if argument.startswith("--async-mode="):
            return argument.partition("=")[2]
    return environment.get("LIVEWALL_ASYNC_MODE", "eventlet")


def prepare() -> None:
    """What a command line that serves needs before anything else: no end by SIGHUP, and eventlet's patches.

    Garbage is not looked for meanwhile: of what is imported next to nothing goes again.
    """
    global _terminal
    if not {"serve", "up"} & set(sys.argv[1:]):
        return
    gc.disable()
    _terminal = Terminal()
    signal.signal(signal.SIGHUP, _ignore)  # a reload that comes before somebody listens must not be the end
    if mode_of(sys.argv[1:], os.environ) == "eventlet":
        patch()
    _import_socketio_alone()


def _import_socketio_alone() -> None:
    """Without what its client, which no wall is, would send requests by: a tenth of a start."""
    sys.modules["requests"] = None  # type: ignore[assignment]
    import socketio  # noqa: F401

    del sys.modules["requests"]
