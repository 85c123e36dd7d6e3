"""What an agent is told: options, then agent.toml -> `Settings`. What is wrong is said before it begins."""

from __future__ import annotations

import difflib
import os
import re
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from livewall_agent.errors import Misconfigured
from livewall_agent.isolation import MODES
from livewall_agent.jobwire import PHASES, commands_of, seconds_of

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,99}")
_HOST = re.compile(r"[A-Za-z0-9._:-]{0,253}")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(k|m|g|t)?i?b?", re.IGNORECASE)
_FACTORS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}


@dataclass(frozen=True)
class Limits:
    """Seconds and bytes; None for none. A job may ask for less time, not for more."""

    global_timeout: float | None = 4 * 3600.0
    output_timeout: float | None = 15 * 60.0
    cleanup_timeout: float | None = 10 * 60.0
    grace: float | None = 1.0
    """Between SIGTERM and SIGKILL."""
    memory: float | None = None
    disk: float | None = None
    output: float | None = 200e6
    """Of output that is kept; what is written beyond that is counted and left out."""
    free: float | None = 100e6
    """What must be free on the disk for a job to be taken."""


@dataclass(frozen=True)
class Settings:
    """`queues`: name -> description. `token` is never shown.

    `host`: where others reach what it leaves running, "" for the address that the wall sees it call from.
    """

    server: str
    name: str
    queues: dict[str, str]
    token: str = field(default="", repr=False)
    ca: str = ""
    setup: str = ""
    host: str = ""
    location: str = ""
    identifier: str = ""
    provision_type: str = ""
    state: Path = Path()
    user: str = ""
    isolation: str = "auto"
    job_commands: frozenset[str] = frozenset(PHASES)
    commands: dict[str, tuple[str, ...]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    images: dict[str, dict[str, str]] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    pass_environment: tuple[str, ...] = ()
    limits: Limits = Limits()


KNOWN = {each.name for each in fields(Settings)} - {"token"} | {"token_file"}
"""Names of what agent.toml may set."""
_TIMES = {"global_timeout", "output_timeout", "cleanup_timeout", "grace"}


def read(config: Path | None, given: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    """`given`: what the command line says; None and () there are nothing. Raises Misconfigured."""
    told = {**load(config), **{name: value for name, value in given.items() if value not in (None, (), {}, "")}}
    where = str(config or "the command line")
    _only_known(told, KNOWN, where)
    name = str(told.get("name") or socket.gethostname().partition(".")[0])
    if not _NAME.fullmatch(name):
        raise Misconfigured(f"the agent's name {name!r} must be letters, digits and . _ ~ - (at most 100)")
    return Settings(
        server=_server(told),
        name=name,
        queues=_queues(told.get("queues")),
        token=read_token(told.get("token_file"), environment),
        ca=str(told.get("ca") or environment.get("LIVEWALL_CA", "")),
        setup=str(told.get("setup") or name),
        host=_host(told.get("host", "")),
        state=_state(told.get("state"), name, environment),
        isolation=_one_of("isolation", told.get("isolation", "auto"), MODES),
        job_commands=frozenset(_one_of("job_commands", each, PHASES) for each in told.get("job_commands", PHASES)),
        commands={
            _one_of("[commands]", phase, PHASES): commands_of(each) for phase, each in _table(told, "commands").items()
        },
        labels=_texts(told, "labels"),
        images={queue: {k: str(v) for k, v in each.items()} for queue, each in _table(told, "images").items()},
        environment=_texts(told, "environment"),
        pass_environment=tuple(map(str, told.get("pass_environment", ()))),
        limits=_limits(_table(told, "limits"), where),
        **{key: str(told.get(key, "")) for key in ("location", "identifier", "provision_type", "user")},
    )


def labels_of(words: tuple[str, ...]) -> dict[str, str]:
    """`--label arch=arm64`. Raises Misconfigured."""
    pairs = [word.partition("=") for word in words]
    wrong = [word for word, (key, sign, _) in zip(words, pairs, strict=True) if not key or not sign]
    if wrong:
        raise Misconfigured(f"--label {wrong[0]!r} is not key=value")
    return {key: value for key, _, value in pairs}


def load(path: Path | None) -> dict[str, Any]:
    """What agent.toml says. Raises Misconfigured."""
    if path is None:
        return {}
    try:
        found: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return found
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path} is not TOML: {error}") from None
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read: {error.strerror}") from None


def _only_known(told: Mapping[str, Any], known: set[str], where: str) -> None:
    for name in told.keys() - known:
        near = difflib.get_close_matches(name, known, 1)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known))}"
        raise Misconfigured(f"{where}: there is no setting {name}; {hint}")


def _server(told: Mapping[str, Any]) -> str:
    url = str(told.get("server", "")).rstrip("/")
    if not url:
        raise Misconfigured("which server? --server http://wall:8000, LIVEWALL_URL, or `server` in agent.toml")
    if not re.match(r"https?://[^/\s]+", url):
        raise Misconfigured(f"{url!r} is not the URL of a server, like http://wall:8000")
    return url


def _queues(given: Any) -> dict[str, str]:
    queues = given if isinstance(given, dict) else dict.fromkeys(given or (), "")
    if not queues:
        raise Misconfigured("which queue? --queue rpi4 (several times for several), or `queues` in agent.toml")
    return {str(name): str(text) for name, text in queues.items()}


def read_token(path: Any, environment: Mapping[str, str]) -> str:
    """From the file, else LIVEWALL_TOKEN. Raises Misconfigured."""
    if not path:
        return environment.get("LIVEWALL_TOKEN", "").strip()
    try:
        lines = Path(path).expanduser().read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"the token file {path} cannot be read: {error}") from None
    if len(lines) != 1:
        raise Misconfigured(f"the token file {path} must hold one token and nothing else")
    return lines[0]


def _state(given: Any, name: str, environment: Mapping[str, str]) -> Path:
    """Where jobs and what is not delivered lie: under root as services do, else where the user's programs do."""
    if given:
        return Path(given).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/livewall-agent") / name
    home = environment.get("XDG_STATE_HOME") or Path(environment.get("HOME") or "/").joinpath(".local/state")
    return Path(home) / "livewall" / "agent" / name


def _host(given: Any) -> str:
    if not _HOST.fullmatch(str(given)):
        raise Misconfigured(f"host = {given!r} is neither the name nor the address of a machine")
    return str(given)


def _one_of(where: str, given: Any, known: tuple[str, ...]) -> str:
    if given not in known:
        raise Misconfigured(f"{where}: {given!r} is none of {', '.join(known)}")
    return str(given)


def _table(told: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = told.get(name, {})
    if not isinstance(found, dict):
        raise Misconfigured(f"{name} must be a table: [{name}], then lines of name = value")
    return found


def _texts(told: Mapping[str, Any], name: str) -> dict[str, str]:
    return {key: str(value) for key, value in _table(told, name).items()}


def _limits(told: Mapping[str, Any], where: str) -> Limits:
    _only_known(told, {each.name for each in fields(Limits)}, f"{where}: [limits]")
    return Limits(**{name: _limit(name, value) for name, value in told.items()})


def _limit(name: str, value: Any) -> float | None:
    if value in ("none", 0, False):
        return None
    number = seconds_of(value) if name in _TIMES else size_of(value)
    if number is None:
        example = '"4h" or 14400' if name in _TIMES else '"2GB" or 2000000000'
        raise Misconfigured(f"[limits] {name} = {value!r} is no {'time' if name in _TIMES else 'size'}, like {example}")
    return number


def size_of(value: Any) -> float | None:
    """2000, "2GB", "500 MB" -> bytes; None for what is no size."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value) if value > 0 else None
    found = _SIZE.fullmatch(str(value).strip())
    return float(found[1]) * _FACTORS[(found[2] or "").lower()] if found else None
