"""Settings of the dashboard."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal

from livewall_dashboard.base.sizes import JOB_OUTPUT

UNIX: Literal["unix"] = "unix"
"""The address of all who call through a Unix socket: they have no other."""

Proxies = tuple[IPv4Network | IPv6Network | Literal["unix"], ...]

Networks = tuple[IPv4Network | IPv6Network, ...]

DEFAULT_PORT = 8000

_ALL_ADDRESSES = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104  # bound to, here to be reached


@dataclass(frozen=True, slots=True)
class Settings:
    """How the dashboard was started. Durations are seconds.

    `unix_socket` is the absolute path of the socket to listen on, in place of `host` and `port`. `retention`: how long
    runs are kept of which the configuration says nothing; None: for ever. `job_output`: megabytes kept of each job.
    `first_build`: the number that the next branch build has at least. `instances`: how many a project's builds leave
    running at most, None: as it says itself.
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    unix_socket: Path | None = None
    data: Path = Path("livewall-data")
    config: Path | None = None
    insecure: bool = False
    require_tokens: bool = False
    trusted_proxies: Proxies = ()
    stale_after: float = 30.0
    abandon_after: float = 120.0
    retention: timedelta | None = None
    webhooks_to: Networks = ()
    job_output: int = JOB_OUTPUT
    webhook_key: str = field(default="", repr=False)
    first_build: int = 0
    instances: int | None = None

    @property
    def stale(self) -> timedelta:
        return timedelta(seconds=self.stale_after)

    @property
    def abandon(self) -> timedelta:
        return timedelta(seconds=self.abandon_after)

    @property
    def address(self) -> str:
        """What it listens on, for people: a host, or `unix:/path`."""
        return f"{UNIX}:{self.unix_socket}" if self.unix_socket else self.host

    @property
    def reached_by(self) -> str:
        """What decides who can reach it: the host, or "unix", which is no loopback address."""
        return UNIX if self.unix_socket else self.host

    @property
    def url(self) -> str:
        """Where this machine reaches it, without a slash at its end; `unix:/path` for a Unix socket."""
        return self.address if self.unix_socket else url_of(reached_at(self.host), self.port)

    @property
    def lab_file(self) -> Path:
        """The lab's configuration: `config`, or a file in the data folder that need not be there."""
        return self.config or self.data / "setups_config.json"

    @property
    def artifacts(self) -> Path:
        return artifacts_below(self.data)

    def last_backup(self) -> float:
        """When the last one was made, in seconds since 1970; 0 where none was."""
        try:
            return last_backup_below(self.data).stat().st_mtime
        except OSError:
            return 0.0


def reached_at(host: str) -> str:
    """The host under which this machine reaches a wall that is bound to `host`."""
    return _ALL_ADDRESSES.get(host, host)


def url_of(host: str, port: int | str) -> str:
    """Without a slash at its end."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def artifacts_below(data: Path) -> Path:
    """Where the files of runs lie."""
    return data / "artifacts"


def last_backup_below(data: Path) -> Path:
    """A file that is as old as the last backup."""
    return data / "last_backup"
