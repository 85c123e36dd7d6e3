"""The lab's configuration file -> a Lab, or everything that is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from livewall_dashboard.errors import Misconfigured
from livewall_dashboard.lab.model import JobPattern, Lab, SetupConfig


def load_lab(path: Path | None) -> Lab:
    """Read `setups_config.json`, in today's shape or the older one with `pipelines`.

    Raises Misconfigured with what to repair.
    """
    if path is None:
        return Lab()
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise Misconfigured(f"{path} is not UTF-8 text.") from None
    except ValueError as error:
        raise Misconfigured(f"{path} is not JSON: {error}.") from None
    if isinstance(document, dict) and "setups" in document:
        return _lab(path, "setups", document["setups"], _setup)
    if isinstance(document, dict) and "pipelines" in document:
        return _lab(path, "pipelines", document["pipelines"], _pipeline)
    raise Misconfigured(f'{path} must be an object with the list "setups" (or, in the older shape, "pipelines").')


def _lab(path: Path, member: str, entries: Any, read: Any) -> Lab:
    if not isinstance(entries, list):
        raise Misconfigured(f'{path}: "{member}" must be a list.')
    setups: dict[str, SetupConfig] = {}
    for number, entry in enumerate(entries, 1):
        where = f"{path}: {member} entry {number}"
        if not isinstance(entry, dict):
            raise Misconfigured(f"{where} must be an object.")
        setup = read(entry, where)
        if setup.name in setups:
            raise Misconfigured(f"{where}: the setup {setup.name!r} is there twice.")
        setups[setup.name] = setup
    return Lab.of(setups.values())


_SETUP_MEMBERS = {"name", "group", "hosts", "addresses", "jobs", "links", "comment"}


def _setup(entry: dict[str, Any], where: str) -> SetupConfig:
    unknown = set(entry) - _SETUP_MEMBERS
    if unknown:
        raise Misconfigured(f"{where}: unknown {', '.join(sorted(unknown))}; known are {', '.join(_SETUP_MEMBERS)}.")
    links = entry.get("links", [])
    if not isinstance(links, list) or not all(isinstance(link, dict) for link in links):
        raise Misconfigured(f'{where}: "links" must be a list of {{"title", "url"}} objects.')
    return SetupConfig(
        name=_text(entry, "name", where, required=True),
        group=_text(entry, "group", where),
        hosts=_texts(entry, "hosts", where),
        addresses=_texts(entry, "addresses", where),
        jobs=tuple(JobPattern("", job) for job in _texts(entry, "jobs", where)),
        links=tuple(
            (_text(link, "title", where, required=True), _url(_text(link, "url", where, required=True), where))
            for link in links
        ),
    )


def _pipeline(entry: dict[str, Any], where: str) -> SetupConfig:
    """The shape of the first website's file: `setup`, `hostname`, `ip`, `job_name`, `URL`."""
    url = _text(entry, "URL", where)
    return SetupConfig(
        name=_text(entry, "setup", where, required=True),
        hosts=_present(_text(entry, "hostname", where)),
        addresses=_present(_text(entry, "ip", where)),
        jobs=tuple(JobPattern("", job) for job in _present(_text(entry, "job_name", where))),
        links=(("Jenkins", _url(url, where)),) if url else (),
    )


def _text(entry: dict[str, Any], member: str, where: str, *, required: bool = False) -> str:
    value = entry.get(member, "")
    if not isinstance(value, str) or len(value) > 1000 or "\x00" in value:
        raise Misconfigured(f'{where}: "{member}" must be text of at most 1000 characters.')
    if required and not value.strip():
        raise Misconfigured(f'{where}: "{member}" is missing.')
    return value.strip()


def _texts(entry: dict[str, Any], member: str, where: str) -> tuple[str, ...]:
    value = entry.get(member, [])
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise Misconfigured(f'{where}: "{member}" must be a list of texts.')
    return tuple(value)


def _present(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def _url(text: str, where: str) -> str:
    if not text.startswith(("http://", "https://", "/")):
        raise Misconfigured(f"{where}: {text!r} is not a link; it must start with http:// or https://.")
    return text
