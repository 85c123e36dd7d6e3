"""Commits as resultsdbpy writes them in JSON: a whole one, or a reference to one that is known. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from livewall_dashboard.base.errors import BadRequest
from livewall_dashboard.history.commits.known_commits import ORDERS, KnownCommit
from livewall_dashboard.history.commits.register_commits import NewCommit

REFERENCES = ("id", "ref", "hash", "revision", "identifier")

MAX_TEXT = 500
"""Characters of a branch; a repository's name has 200."""
_LAST_SECOND = 253_402_300_799
"""Of the year 9999."""
_LARGEST_ORDER = 1_000_000
_HASH = re.compile(r"[0-9a-fA-F]{1,64}")
_REVISION = re.compile(r"[Rr]?([0-9]{1,10})")
_IDENTIFIER = re.compile(r"((?:[0-9]{1,10}\.)?-?[0-9]{1,10})(?:@(\S*))?")


@dataclass(frozen=True, slots=True)
class Reference:
    """Of a commit that is known: the beginning of its hash, its revision or identifier."""

    repository: str
    ref: str


class _NotWhole(ValueError):
    pass


def read(given: object) -> NewCommit | Reference:
    """Raises BadRequest, with the words of resultsdbpy where it has some."""
    if not isinstance(given, dict):
        raise BadRequest("A commit is an object")
    try:
        commit = _whole(given)
    except _NotWhole:
        commit = None
    return commit or _reference(given)


def write(commit: KnownCommit) -> dict[str, Any]:
    found = {
        "repository_id": commit.repository,
        "hash": commit.hash or None,
        "revision": commit.revision,
        "identifier": commit.identifier or None,
        "branch": commit.branch,
        "timestamp": commit.timestamp,
        "order": commit.uuid % ORDERS,
        "author": _author_json(commit.author),
        "message": commit.message or None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _author_json(author: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {name: value for name, value in author.items() if value} if author else None


def _whole(given: Mapping[str, Any]) -> NewCommit | None:
    """None where something is missing. Raises `_NotWhole` for what is written in no way that is known."""
    by_id = given.get("id")
    revision = _revision(given["revision"]) if "revision" in given else _revision(by_id, strict=False)
    hash_ = _hash(given["hash"]) if "hash" in given else "" if revision else _hash(by_id, strict=False)
    identifier, branch = _identifier(given)
    repository, message = given.get("repository_id"), given.get("message") or ""
    for text in (repository, branch, message):
        if text and not isinstance(text, str):
            raise _NotWhole
    timestamp, order = _number(given, "timestamp", _LAST_SECOND), _number(given, "order", _LARGEST_ORDER) or 0
    author = _author(given.get("author", given.get("committer")))
    if not (repository and branch and timestamp and (revision or hash_)):
        return None
    _require_storable(repository, branch)
    text = message.replace("\0", "\ufffd")
    return NewCommit(repository, branch, timestamp * ORDERS + order, hash_, revision, identifier, author, text)


def _reference(given: Mapping[str, Any]) -> Reference:
    if "repository_id" not in given:
        raise BadRequest("'repository_id' required to define commit")
    references = [name for name in REFERENCES if name in given]
    if len(references) != 1:
        raise BadRequest("Multiple commit references specified" if references else "No commit reference specified")
    for name in given:
        if name in ("timestamp", "order", "committer", "message"):
            raise BadRequest("Not enough arguments provided to define a commit, but too many to search for a commit")
        if name not in ("repository_id", "branch", *REFERENCES):
            raise BadRequest(f"'{name[:100]}' is not valid for defining commits")
    repository, ref = str(given["repository_id"]), str(given[references[0]])
    _require_storable(repository, ref)
    return Reference(repository, ref)


def _require_storable(repository: str, other: str) -> None:
    if not 1 <= len(repository) <= 200 or len(other) > MAX_TEXT or not (repository + other).isprintable():
        raise BadRequest(
            f"The name of a repository has 1 to 200 printable characters, that of a branch at most {MAX_TEXT}"
        )


def _hash(value: object, *, strict: bool = True) -> str:
    if isinstance(value, str) and _HASH.fullmatch(value):
        return value.lower()
    if strict and value is not None:
        raise _NotWhole
    return ""


def _revision(value: object, *, strict: bool = True) -> int | None:
    match = _REVISION.fullmatch(str(value)) if isinstance(value, (str, int)) and not isinstance(value, bool) else None
    if match and int(match[1]) > 0:
        return int(match[1])
    if strict and value is not None:
        raise _NotWhole
    return None


def _identifier(given: Mapping[str, Any]) -> tuple[str, Any]:
    """The number, "" for none, and the branch."""
    branch, value = given.get("branch"), given.get("identifier")
    if value is None:
        return "", branch
    match = _IDENTIFIER.fullmatch(str(value)) if isinstance(value, (str, int)) else None
    if match is None or (branch and match[2] and branch != match[2]):
        raise _NotWhole
    return match[1], branch or match[2]


def _number(given: Mapping[str, Any], name: str, largest: int) -> int | None:
    value = given.get(name)
    if isinstance(value, str) and value.isdecimal() and len(value) < 20:
        value = int(value)
    if not value:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= largest:
        raise BadRequest(f"'{name}' of a commit is a whole number, not {str(value)[:100]!r}")
    return value


def _author(given: object) -> dict[str, Any] | None:
    if not given:
        return None
    if isinstance(given, str) and "@" in given:
        return {"name": _clean(given), "emails": [_clean(given)]}
    if isinstance(given, dict) and given.get("name") and isinstance(given.get("emails", []), list):
        emails = [*given.get("emails", []), given.get("email")]
        return {"name": _clean(given["name"]), "emails": [_clean(email) for email in emails if email]}
    raise BadRequest("The author of a commit is {name, emails}, or an e-mail address")


def _clean(text: object) -> str:
    return str(text).replace("\0", "\ufffd")[:1000]
