"""The machine: a folder to write into, and a port to listen on."""

from __future__ import annotations

import http.client
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from livewall_dashboard.base.errors import Misconfigured
from livewall_dashboard.base.settings import UNIX, Settings, reached_at
from livewall_dashboard.base.unix_http import UnixConnection
from livewall_dashboard.check.result import Result, failed, ok, warning
from livewall_dashboard.postgres.embedded import LEAST_SPACE
from livewall_dashboard.serving import listening

LITTLE_SPACE = 2 * 2**30
"""Bytes below which a warning is due."""
PATIENCE = 5.0
"""Seconds for whoever has our port to say what it is."""


def check_folder(data: Path) -> Iterator[Result]:
    """The data folder, or the nearest one above it where it would be made."""
    data = data.expanduser().absolute()
    folder = next(path for path in (data, *data.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
        free = shutil.disk_usage(folder).free
    except NotADirectoryError:
        yield failed("data folder", f"{folder} is a file; --data names a folder")
        return
    except OSError as error:
        yield failed("data folder", f"{folder} cannot be written to ({error.strerror}); make it the wall's user's")
        return
    text = f"{data}: {'' if data.exists() else 'will be made, '}{_size(free)} free"
    if free < LEAST_SPACE:
        yield failed("data folder", f"{text}, at least {_size(LEAST_SPACE)} are needed to start: make room")
    elif free < LITTLE_SPACE:
        yield warning("data folder", f"{text}, which is little for results and logs")
    else:
        yield ok("data folder", text)


def check_address(settings: Settings) -> Iterator[Result]:
    """The address is free, or it is a livewall that has it: the one to be restarted."""
    at = settings.address if settings.unix_socket else f"{settings.host}:{settings.port}"
    try:
        _require_free(settings)
    except Misconfigured as error:
        version = _livewall_at(settings)
        if version:
            yield ok("address", f"{at} is that of a running livewall {version}")
        else:
            yield failed("address", error.message)
    else:
        yield ok("address", f"{at} is free")
    if settings.unix_socket and UNIX not in settings.trusted_proxies:
        yield warning(
            "proxies", "behind a Unix socket all callers are one and the same: --trusted-proxies unix tells them apart"
        )


def _require_free(settings: Settings) -> None:
    if settings.unix_socket:
        listening.require_free(settings.unix_socket)
    else:
        listening.listen_at(settings.host, settings.port).close()


def _livewall_at(settings: Settings) -> str:
    """The version of the livewall that answers there, or nothing."""
    connection = _connection(settings)
    try:
        connection.request("GET", "/healthz")
        health = json.loads(connection.getresponse().read(100_000))
        return str(health["version"]) if isinstance(health, dict) and "started_at" in health else ""
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        return ""
    finally:
        connection.close()


def _connection(settings: Settings) -> http.client.HTTPConnection:
    if settings.unix_socket:
        return UnixConnection(str(settings.unix_socket), PATIENCE)
    return http.client.HTTPConnection(reached_at(settings.host), settings.port, timeout=PATIENCE)


def _size(count: int) -> str:
    return f"{count / 2**30:.1f} GB" if count >= 2**30 else f"{count // 2**20} MB"
