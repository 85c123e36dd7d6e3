"""What the user says of a file beside itself: by options, or by a pattern that its path answers to."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from livewall_dashboard.base.errors import LivewallError, Misconfigured
from livewall_dashboard.importing.times import Clock

LONGEST_NAME = 1000
"""Characters of a setup, a commit, a branch, a repository, and of a label's value."""
_FIELDS = ("setup", "suite", "repository", "commit", "branch")
"""What a group of a path pattern may fill in; a group of any other name is a label."""


class PathDoesNotMatch(LivewallError):
    """The user's pattern says nothing of this file."""

    code, http_status = "path_does_not_match", 422


@dataclass(frozen=True)
class Wish:
    """`force`: the file's word counts against what the node told. `labels` to `suite` are of a run that is new."""

    run: str | None = None
    setup: str | None = None
    clock: Clock = field(default_factory=Clock)
    force: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    repository: str = ""
    commit: str = ""
    branch: str = ""
    suite: str = ""


class PathPattern:
    """A regular expression with named groups, found anywhere in a file's path. Raises Misconfigured."""

    def __init__(self, text: str):
        try:
            self._pattern = re.compile(text)
        except (re.error, OverflowError, RecursionError) as error:
            raise Misconfigured(f"--path-pattern is no regular expression: {error}.") from None
        if not self._pattern.groupindex:
            raise Misconfigured(
                "--path-pattern names nothing: give it groups, such as (?P<setup>[^/]+)/(?P<branch>[^/]+)/."
            )

    def apply(self, path: Path, wish: Wish) -> Wish:
        """`wish` with what the path says; an option counts more. Raises PathDoesNotMatch, and Misconfigured."""
        found = self._pattern.search(path.as_posix())
        if found is None:
            raise PathDoesNotMatch("--path-pattern does not match its path.")
        said = {name: value for name, value in found.groupdict().items() if value}
        checked = {name: check_name(name, value) for name, value in said.items()}
        labels = {name: value for name, value in checked.items() if name not in _FIELDS}
        return dataclasses.replace(
            wish,
            setup=wish.setup or checked.get("setup"),
            repository=wish.repository or checked.get("repository", ""),
            commit=wish.commit or checked.get("commit", ""),
            branch=wish.branch or checked.get("branch", ""),
            suite=wish.suite or checked.get("suite", ""),
            labels={**labels, **wish.labels},
        )


def labels_of(texts: Iterable[str]) -> dict[str, str]:
    """`name=value` each. Raises Misconfigured."""
    labels = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise Misconfigured(f"A label is NAME=VALUE, not {text[:200]!r}.")
        labels[check_name("label", name)] = check_name(name, value)
    return labels


def check_name(what: str, text: str) -> str:
    """Raises Misconfigured for what nobody could read."""
    if not (text.strip() and len(text) <= LONGEST_NAME and text.isprintable()):
        raise Misconfigured(f"A {what}'s name is 1 to {LONGEST_NAME} printable characters.")
    return text
