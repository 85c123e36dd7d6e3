"""The wall under gunicorn: `gunicorn --config python:livewall_dashboard.wsgi`.

Settings are the LIVEWALL_* variables of `livewall serve` and, without LIVEWALL_DATABASE_URL, of `livewall up`; what is
here are gunicorn's own. One process with threads: sessions, limits, live state and frame numbers are right in one
process only.
"""

from __future__ import annotations

import sys
from typing import Any

from gunicorn.arbiter import Arbiter
from gunicorn.errors import AppImportError
from gunicorn.glogging import Logger

from livewall_dashboard.serving import gunicorn_worker, server

wsgi_app = "livewall_dashboard.wsgi:loaded_before"  # by --preload alone: the worker starts the wall itself
worker_class = gunicorn_worker.Worker
workers = 1
threads = gunicorn_worker.THREADS
worker_connections = server.connections()
timeout = 0  # a start may wait for Postgres, or for a migration
graceful_timeout = gunicorn_worker.STOP_WITHIN
keepalive = 60
backlog = gunicorn_worker.BACKLOG
limit_request_line = gunicorn_worker.MAX_LINE
limit_request_field_size = gunicorn_worker.MAX_LINE
# Whom to believe is for --trusted-proxies to say.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""
control_socket_disable = True


class _Log(Logger):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's log is a part of ours. A caller who was too slow is no fault of ours, and no line of it."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for logger in (self.error_log, self.access_log):
            logger.handlers.clear()
            logger.propagate = True

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        if not isinstance(sys.exc_info()[1], BlockingIOError):
            super().exception(msg, *args, **kwargs)


logger_class = _Log


def on_starting(arbiter: Arbiter) -> None:
    gunicorn_worker.listen(arbiter)


def on_exit(_: Arbiter) -> None:
    gunicorn_worker.hang_up()


def __getattr__(name: str) -> Any:
    """Where gunicorn looks for an application, it was not given the settings above, or told to load it too early."""
    if name == "application":
        raise AppImportError(f"livewall: start it with its settings: gunicorn --config python:{__name__}")
    if name == "loaded_before":
        gunicorn_worker.refuse_processes()
    raise AttributeError(name)
