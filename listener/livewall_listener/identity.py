"""Which run and which process this is, and what is to be told about them."""

from __future__ import annotations

import hashlib
import os
import re
import socket
import sys
from collections.abc import Mapping
from typing import Any

from livewall_listener import build, clone, wire
from livewall_listener.pabot import PabotProcess
from livewall_listener.settings import Settings, redacted

_ILLEGAL_IN_ID = re.compile(r"[^A-Za-z0-9._~-]")
_MAX_RUN_ID = 128


def run_id(settings: Settings, pabot: PabotProcess | None) -> str:
    """As the user says; else pabot's processes find the same one, and any other robot run has its own."""
    if settings.run_id:
        return usable_id(settings.run_id)
    return f"pabot-{pabot.key}" if pabot else os.urandom(16).hex()


def usable_id(text: str) -> str:
    """A name with other characters than an id may have gets one, always the same."""
    name = _ILLEGAL_IN_ID.sub("-", text).lstrip("._~-")
    if name == text and len(name) <= _MAX_RUN_ID:
        return name
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{name[: _MAX_RUN_ID - 9]}-{digest}".lstrip("-")


def run_info(
    settings: Settings,
    environment: Mapping[str, str],
    pabot: PabotProcess | None,
    *,
    robot_version: str,
    now: str,
    source: str = "",
) -> wire.RunInfo:
    """Without what takes its time: `look_up` adds that, in the thread that sends it. `source`: of the tests."""
    origin = build.read(environment)
    host = host_name()
    root, cloned_from = clone.find(source, environment, origin.repository)
    return wire.RunInfo(
        process=_process_name(settings, pabot),
        slot=_slot(settings, pabot),
        setup=settings.setup,
        host=host,
        started_at=now,
        robot_version=robot_version,
        python_version=sys.version.split()[0],
        labels=settings.labels,
        repository=redacted(settings.repository or origin.repository),
        commit=settings.commit or origin.commit,
        branch=settings.branch or origin.branch,
        suite=settings.suite,
        job=settings.job,
        build=origin.build,
        pabot=pabot is not None,
        total=pabot.total if pabot else 0,
        last_in_pool=pabot.last_in_pool if pabot else False,
        root=root,
        origin=cloned_from,
    )


def host_name() -> str:
    return socket.gethostname() or "unknown"


def look_up(url: str) -> dict[str, Any]:
    """The members of a `RunInfo` that take a moment to find out."""
    import platform  # noqa: PLC0415  # slow, and seldom needed in robot

    return {
        "addresses": addresses(url),
        "platform": f"{platform.platform(terse=True)} {platform.machine()}",
        "listener_version": listener_version(),
    }


def listener_version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415  # slow, and seldom needed in robot

    try:
        return version("livewall")
    except PackageNotFoundError:  # the package's folder was put on the path by hand
        return "unknown"


def addresses(url: str) -> list[str]:
    """Our addresses, first the one that the wall sees. Asks the name service, which may take its time."""
    found: list[str] = []
    host = re.sub(r"^https?://|[/:].*$", "", url.rsplit("@", 1)[-1]) or "localhost"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((host, 9))  # of a datagram socket: nothing is sent
            found.append(probe.getsockname()[0])
        except (OSError, UnicodeError):
            pass  # no route, no such name: the sender will say so
    try:
        found += [str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None)]
    except (OSError, UnicodeError):
        pass  # a host that does not know its own name
    return list(dict.fromkeys(address for address in found if address))


def _process_name(settings: Settings, pabot: PabotProcess | None) -> str:
    """Unique within the run: a run whose id the user gave may have processes we do not know of."""
    if pabot:
        return f"{usable_id(pabot.index)[:100]}-{os.urandom(4).hex()}"
    return f"0-{os.urandom(4).hex()}" if settings.run_id else "0"


def _slot(settings: Settings, pabot: PabotProcess | None) -> str:
    """A process that pabot repeats takes the place of the first; those of another pabot in the same run do not."""
    if not pabot:
        return ""
    return f"{pabot.key[:6]}.{pabot.index}" if settings.run_id else pabot.index
