"""How long runs are kept: rules, of which the first that fits a run decides. A run that none fits is kept for ever."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from livewall_dashboard.base.errors import Misconfigured

SHORTEST = timedelta(days=1)
LONGEST = timedelta(days=36_500)

_DURATION = re.compile(r"([0-9]{1,5})\s*([dwy])")
_DAYS = {"d": 1, "w": 7, "y": 365}
_SPECIAL = re.compile(r"[\\%_]")


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """Which runs it fits, and how long they are kept.

    `setup`, `branch`, `suite`, the values of `labels` and `tag` are patterns: `*` is anything, `?` a character; "" fits
    all. `tag`: one of the run's tests has it. `keep`: a run goes when it started longer ago; None: no run goes by its
    age. `last`: so many of each setup, branch and suite stay, the newest ones, however old; 0: none for that reason.
    With `last` alone all others go.
    """

    keep: timedelta | None = None
    last: int = 0
    setup: str = ""
    branch: str = ""
    suite: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    tag: str = ""

    @property
    def fits_all(self) -> bool:
        return not (self.setup or self.branch or self.suite or self.labels or self.tag)

    def as_row(self) -> dict[str, Any]:
        """As Postgres gets it: patterns are those of LIKE, None for all; `keep_days` and `keep_last` may be None."""
        return {
            "keep_days": None if self.keep is None else self.keep / timedelta(days=1),
            "keep_last": self.last or None,
            "setup": like(self.setup),
            "branch": like(self.branch),
            "suite": like(self.suite),
            "labels": {name: like(value) for name, value in self.labels.items()},
            "tag": like(normalized_tag(self.tag)),
            "text": str(self),
        }

    def __str__(self) -> str:
        """For people: `branch main: 30 days, the last 5`."""
        named = [(name, getattr(self, name)) for name in ("setup", "branch", "suite", "tag")]
        which = [f"{name} {value}" for name, value in [*named, *self.labels.items()] if value]
        kept = [*([f"{_days(self.keep)}"] if self.keep else []), *([f"the last {self.last}"] if self.last else [])]
        return f"{', '.join(which) or 'all runs'}: {' and '.join(kept) or 'for ever'}"


def rules_in_force(rules: Sequence[RetentionRule], default: timedelta | None) -> list[dict[str, Any]]:
    """Rows of the rules, and of what `--retention` says of runs that none of them fits."""
    given = [*rules, *([RetentionRule(default)] if default else [])]
    return [rule.as_row() for rule in given]


def parse_retention(text: str) -> timedelta:
    """`30d`, `12w`, `2y` -> how long. Raises Misconfigured."""
    found = _DURATION.fullmatch(text.strip().lower())
    duration = timedelta(days=int(found[1]) * _DAYS[found[2]]) if found else timedelta()
    if not SHORTEST <= duration <= LONGEST:
        raise Misconfigured(
            f"--retention says how long runs are kept: 30d, 12w or 2y, at least 1d and at most 100y; not {text[:50]!r}."
        )
    return duration


def like(pattern: str) -> str | None:
    """A pattern with `*` and `?` as Postgres's LIKE has it; None for one that fits all."""
    escaped = _SPECIAL.sub(r"\\\g<0>", pattern)
    return escaped.replace("*", "%").replace("?", "_") or None


def normalized_tag(tag: str) -> str:
    """As Robot Framework compares tags: case, spaces and underscores do not matter."""
    return tag.lower().replace(" ", "").replace("_", "")


def _days(duration: timedelta) -> str:
    days = duration / timedelta(days=1)
    return f"{days:g} day{'' if days == 1 else 's'}"
