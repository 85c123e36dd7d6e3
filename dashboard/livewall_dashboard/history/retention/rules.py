"""How long runs are kept: the rules in force, what is due by them, and what a run that comes late is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from livewall_dashboard.base.errors import Invalid
from livewall_dashboard.history.queries import QUERIES

Row = dict[str, Any]
Connection = psycopg.Connection[Row]

THINK_IT_OVER = timedelta(hours=1)
"""How long new rules only announce what they will remove: whoever mistyped one can take it back."""
YOUNG = timedelta(days=1)
"""No rule is about a younger run, so that what is reported as it happens costs no question."""


class TooOld(Invalid):
    """The run started longer ago than such runs are kept: it would be removed again."""

    code = "too_old"


@dataclass(frozen=True, slots=True)
class Retention:
    """`rules`: as `RetentionRule.as_row` has them, since `set_at`. `pruned_at`: when all that was due was gone."""

    rules: list[Row]
    set_at: datetime
    pruned_at: datetime | None
    pruned_runs: int


@dataclass(frozen=True, slots=True)
class NewRun:
    """What is known of a run before its first test. `setup`, `suite`: None where nobody knows it yet; `labels`: as
    JSON; `sorted_at`: its start by the server's clock.
    """

    setup: str | None
    branch: str
    suite: str | None
    labels: str
    sorted_at: datetime


def read_retention(connection: Connection) -> Retention:
    row = connection.execute(QUERIES["retention"]).fetchone()
    assert row is not None
    return Retention(**row)


def set_retention(connection: Connection, rules: Sequence[Row]) -> bool:
    """These rules are in force from now on; -> whether others were before."""
    return connection.execute(QUERIES["set_retention"], {"rules": Jsonb(list(rules))}).rowcount > 0


def due_runs(connection: Connection, rules: Sequence[Row]) -> dict[int, list[int]]:
    """The runs that are to go, by the number of the rule that says so (from 1 on)."""
    if not rules:
        return {}
    query = QUERIES["due_runs"].format(
        rules=QUERIES["rule_rows"].format(), fits=QUERIES["rule_fits"], has_tag=QUERIES["rule_has_tag"]
    )
    due: dict[int, list[int]] = {}
    for row in connection.execute(query, {"rules": Jsonb(list(rules))}).fetchall():
        due.setdefault(row["no"], []).append(row["id"])
    return due


def check_new_run(connection: Connection, run: NewRun, now: datetime) -> None:
    """Raises `TooOld` for a run that would not be kept: it is refused, not taken and lost."""
    if rules := rules_against(connection, run, now):
        raise TooOld(
            f"The run started on {run.sorted_at:%Y-%m-%d}, longer ago than such runs are kept here "
            f"({'; '.join(rules)}): it is not taken."
        )


def rules_against(connection: Connection, run: NewRun, now: datetime) -> list[str]:
    """The rules by which a run would not be kept, for people; none where it would be.

    Of several rules that may decide, as the tags of its tests are not known yet, one that keeps it is enough; and where
    maybe none does, it is kept.
    """
    if now - run.sorted_at < YOUNG:
        return []
    rules = read_retention(connection).rules
    if not rules:
        return []
    query = QUERIES["rules_of_new_run"].format(rules=QUERIES["rule_rows"].format(), fits=QUERIES["rule_fits"])
    values = {"rules": Jsonb(rules), **{name: getattr(run, name) for name in NewRun.__slots__}}
    found = connection.execute(query, values).fetchall()
    if not (found and found[-1]["is_sure"] and all(map(_lets_go, found))):
        return []
    return list(dict.fromkeys(rule["text"] for rule in found))


def _lets_go(rule: Row) -> bool:
    if rule["is_too_old"] is None and rule["keep_last"] is None:
        return False
    return rule["is_too_old"] is not False and (rule["keep_last"] is None or rule["newer"] >= rule["keep_last"])


def note_prune(connection: Connection, runs: int) -> None:
    """All that was due is gone, so many runs."""
    connection.execute(QUERIES["note_prune"], [runs])
