"""What the user asked for: listener arguments and environment -> settings, and a word about each thing wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

DEFAULT_TIMEOUT = 10.0
"""Seconds that the end of a run waits for the last acknowledgement."""
ARTIFACTS = ("output", "log", "report")
DELIVERIES = ("process", "threads")

_OPTIONS = {
    "url": "LIVEWALL_URL",
    "token": "LIVEWALL_TOKEN",
    "setup": "LIVEWALL_SETUP",
    "labels": "LIVEWALL_LABELS",
    "artifacts": "LIVEWALL_ARTIFACTS",
    "timeout": "LIVEWALL_TIMEOUT",
    "spool": "LIVEWALL_SPOOL",
    "ca": "LIVEWALL_CA",
    "run": "LIVEWALL_RUN_ID",
    "commit": "LIVEWALL_COMMIT",
    "branch": "LIVEWALL_BRANCH",
    "repository": "LIVEWALL_REPOSITORY",
    "suite": "LIVEWALL_SUITE",
    "job": "LIVEWALL_JOB",
    "delivery": "LIVEWALL_DELIVERY",
}
"""Arguments of the listener, and the environment variable that gives the same."""

_OPTION = re.compile(r"([A-Za-z_]+)=(.*)", re.DOTALL)
_MAX_LABEL = 200
_MAX_TEXT = 1000


@dataclass
class Settings:
    """`url` without a trailing slash, "" where there is no wall; `run_id` "" where it is to be found.

    `delivery`: "process", "threads" or "", which leaves the choice to the listener.

    `problems` are for the user: what was given and could not be used.
    """

    url: str = ""
    token: str = field(default="", repr=False)
    setup: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    artifacts: tuple[str, ...] = ()
    timeout: float = DEFAULT_TIMEOUT
    spool: Path | None = None
    ca: str = ""
    run_id: str = ""
    commit: str = ""
    branch: str = ""
    repository: str = ""
    suite: str = ""
    job: str = ""
    delivery: str = ""
    problems: list[str] = field(default_factory=list)


def read(arguments: Sequence[str], environment: Mapping[str, str]) -> Settings:
    """Arguments win over the environment. Never raises: what is wrong is left out and named in `problems`."""
    settings = Settings()
    given = {option: environment.get(variable, "").strip() for option, variable in _OPTIONS.items()}
    given.update(_parse_arguments(arguments, settings.problems))
    for option in ("setup", "commit", "branch", "repository", "suite", "job"):
        setattr(settings, option, given[option][:_MAX_TEXT])
    settings.url = _url(given["url"], settings.problems)
    settings.token = _token(given["token"], settings.problems)
    settings.labels = _labels(given["labels"], settings.problems)
    settings.artifacts = _artifacts(given["artifacts"], settings.problems)
    settings.timeout = _timeout(given["timeout"], settings.problems)
    settings.spool = _path("spool", given["spool"], settings.problems)
    settings.ca = _certificates(given["ca"], settings.problems)
    settings.run_id = given["run"]
    settings.delivery = _delivery(given["delivery"], settings.problems)
    return settings


def _parse_arguments(arguments: Sequence[str], problems: list[str]) -> dict[str, str]:
    """Robot Framework has split at each `:` (or `;`), also inside of URLs and values: those are put together again."""
    options: dict[str, str] = {}
    current = ""
    for piece in _pieces(arguments):
        option = _OPTION.fullmatch(piece)
        name = option[1].lower() if option else ""
        if option and name in _OPTIONS:
            current, options[name] = name, option[2]
        elif piece.lower() in {"http", "https"} or piece.lower().startswith(("http://", "https://")):
            current, options["url"] = "url", piece
        elif option and not _inside_credentials(current, options, piece):
            current = ""
            known = ", ".join(_OPTIONS)
            problems.append(f"argument {name!r} is not known; known are {known}, and the URL of the wall by itself")
        elif current:
            options[current] += f":{piece}"
        elif piece:
            problems.append(f"argument {piece!r} is neither a URL (http://wall:8000) nor name=value")
    return {name: value.strip() for name, value in options.items()}


def _pieces(arguments: Sequence[str]) -> list[str]:
    """`a;b` within an argument means two, where the second begins like an argument."""
    starts = "|".join([*(f"{name}=" for name in _OPTIONS), "https?:", "https?$"])
    return [
        piece for argument in arguments for piece in re.split(rf";(?=(?:{starts}))", str(argument), flags=re.IGNORECASE)
    ]


def _inside_credentials(current: str, options: Mapping[str, str], piece: str) -> bool:
    """`http://user:pass=word@wall`."""
    return current == "url" and "@" in piece and "@" not in options["url"]


def _url(text: str, problems: list[str]) -> str:
    if not text:
        return ""
    url = text if "://" in text else f"http://{text}"
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or re.search(r"[\x00-\x20\x7f\ud800-\udfff]", url):
        # Where it ends is not known: of a password in it nothing may be left.
        problems.append(f"{text.rpartition('@')[2]!r} is not a URL of a wall, like http://wall:8000")
        return ""
    return url.split("?", 1)[0].split("#", 1)[0].rstrip("/")


def redacted(url: str) -> str:
    """A URL fit for logs: without user and password, which may hold an @ itself."""
    return re.sub(r"(?<=//)[^/?#]*@", "", url)


def _token(text: str, problems: list[str]) -> str:
    if text and not re.fullmatch(r"[\x21-\x7e]+", text):
        problems.append("the token holds spaces or characters that no token has, and is not used")
        return ""
    return text


def _labels(text: str, problems: list[str]) -> dict[str, str]:
    labels = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        key, equals, value = (part.strip() for part in item.partition("="))
        if not key or not equals:
            problems.append(f"label {item!r} is not key=value and is left out")
        else:
            labels[key[:_MAX_LABEL]] = value[:_MAX_LABEL]
    return labels


def _artifacts(text: str, problems: list[str]) -> tuple[str, ...]:
    asked = [part.strip().lower() for part in text.split(",") if part.strip()]
    if asked == ["all"]:
        return ARTIFACTS
    if asked == ["none"]:
        return ()
    unknown = [name for name in asked if name not in ARTIFACTS]
    if unknown:
        problems.append(f"artifacts {', '.join(unknown)} are not known; known are {', '.join(ARTIFACTS)}, all, none")
    return tuple(name for name in ARTIFACTS if name in asked)


def _delivery(text: str, problems: list[str]) -> str:
    if text.lower() in {"", *DELIVERIES}:
        return text.lower()
    problems.append(f"delivery {text!r} is not known; known are {', '.join(DELIVERIES)}, and the listener chooses")
    return ""


def _timeout(text: str, problems: list[str]) -> float:
    if not text:
        return DEFAULT_TIMEOUT
    try:
        timeout = float(text)
    except ValueError:
        timeout = -1.0
    if not 0 <= timeout <= 3600:
        problems.append(f"timeout {text!r} is not a number of seconds from 0 to 3600; {DEFAULT_TIMEOUT:g} is used")
        return DEFAULT_TIMEOUT
    return timeout


def _path(option: str, text: str, problems: list[str]) -> Path | None:
    """Where it is from now on: a library of the run may change the working directory."""
    if not text:
        return None
    try:
        return Path(text).expanduser().absolute()
    except (OSError, RuntimeError) as error:  # no working directory any more, no such user
        problems.append(f"{option} {text!r} cannot be found from here ({error}) and is not used: give the whole path")
        return None


def _certificates(text: str, problems: list[str]) -> str:
    """The file, if TLS can make use of it."""
    path = _path("ca", text, problems)
    if path is None:
        return ""
    import ssl  # noqa: PLC0415  # takes its time, and is seldom needed in robot's own process

    try:
        path.open("rb").close()  # OpenSSL takes folders, too
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError:
        reason = "holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)"
    except FileNotFoundError:
        reason = "does not exist"
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
    else:
        return str(path)
    problems.append(f"the CA file {text!r} {reason}; the system's certificates are used")
    return ""
