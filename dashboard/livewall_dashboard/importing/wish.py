"""What the user says of a file beside itself: by options, or by a pattern that its path answers to."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from livewall_dashboard.base.errors import Forbidden, LivewallError, Misconfigured
from livewall_dashboard.importing.times import Clock
from livewall_dashboard.ingest.decode import run_id

LONGEST_NAME = 1000
"""Characters of a setup, a commit, a branch, a repository, and of a label's value."""
_FIELDS = ("setup", "suite", "repository", "commit", "branch")
"""What a group of a path pattern may fill in; a group of any other name is a label."""


class PathDoesNotMatch(LivewallError):
    """The user's pattern says nothing of this file."""

    code, http_status = "path_does_not_match", 422


@dataclass(frozen=True)
class Wish:
    """`force`: the file's word counts against what the node told. `labels` to `suite` are of a run that is new.

    `setups`: runs of others are none of the caller's, who learns nothing of them; None: all are.
    """

    run: str | None = None
    setup: str | None = None
    setups: Collection[str] | None = None
    clock: Clock = field(default_factory=Clock)
    force: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    repository: str = ""
    commit: str = ""
    branch: str = ""
    suite: str = ""

    def bound(self) -> Wish:
        """With a setup where only one may be meant. Raises Forbidden for one that is none of the caller's."""
        if self.setups is None:
            return self
        if self.setup is None:
            return dataclasses.replace(self, setup=next(iter(self.setups))) if len(self.setups) == 1 else self
        if self.setup not in self.setups:
            raise Forbidden(f"This token is bound to {named(self.setups)}, and {self.setup[:200]!r} is none of these.")
        return self

    def admits(self, setup: str) -> bool:
        """Whether a run of this setup comes into question."""
        return (self.setup is None or setup == self.setup) and (self.setups is None or setup in self.setups)


def wish_of(
    *,
    run: str | None,
    timezone: str | None,
    force: bool,
    labels: Iterable[str],
    version: str | None,
    setups: Collection[str] | None = None,
    **names: str | None,
) -> Wish:
    """Of what options or parameters say. `names`: setup, suite, repository, commit, branch. Raises Misconfigured."""
    if version is not None:
        labels = (*labels, f"version={version}")
    given = {name: check_name(name, text) for name, text in names.items() if text is not None}
    return Wish(
        run=run and run_id(run),
        setups=setups,
        clock=Clock(_zone(timezone)),
        force=force,
        labels=labels_of(labels),
        **given,
    )


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


def _zone(name: str | None) -> ZoneInfo | None:
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Misconfigured(f"{name[:100]!r} is no time zone; they are called like Europe/Helsinki.") from None


def labels_of(texts: Iterable[str]) -> dict[str, str]:
    """`name=value` each. Raises Misconfigured."""
    labels = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise Misconfigured(f"A label is NAME=VALUE, not {text[:200]!r}.")
        labels[check_name("label", name)] = check_name(name, value)
    return labels


def named(setups: Iterable[str]) -> str:
    return ", ".join(map(repr, setups))[:500]


def check_name(what: str, text: str) -> str:
    """Raises Misconfigured for what nobody could read."""
    if not (text.strip() and len(text) <= LONGEST_NAME and text.isprintable()):
        raise Misconfigured(f"A {what}'s name is 1 to {LONGEST_NAME} printable characters.")
    return text
