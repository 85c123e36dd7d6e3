"""Reports in Postgres: tables of this feature alone, by the number of their run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from livewall_dashboard.base.errors import NotFound
from livewall_dashboard.buildlogs.member_files import MemberFile
from livewall_dashboard.buildlogs.model import FirstError, Report, Seen, Step
from livewall_dashboard.buildlogs.one_line import summary
from livewall_dashboard.buildlogs.queries import QUERIES
from livewall_dashboard.buildlogs.to_result_set import counts_of, name_of
from livewall_dashboard.history import cursor
from livewall_dashboard.history.store import Page
from livewall_dashboard.lab.model import ReportLimits
from livewall_dashboard.postgres.database import Database

Row = dict[str, Any]
_CONDITIONS = {
    "run": sql.SQL("b.run = %(run)s"),
    "project": sql.SQL("left(b.project, 200) = left(%(project)s, 200) AND b.project = %(project)s"),
    "version": sql.SQL("b.version = %(version)s"),
    "setup": sql.SQL("b.setup = %(setup)s"),
    "status": sql.SQL("b.status = %(status)s"),
    "run_ids": sql.SQL("b.run_id = ANY(%(run_ids)s)"),
    "basename": sql.SQL("b.details ->> 'basename' = %(basename)s"),
}
_BEFORE = sql.SQL("(b.started_at, b.run_id) < (%(before_start)s, %(before_id)s)")
LATELY = 2_000
"""Reports of which the projects are listed."""
MOST_SYSTEMS = 500
"""Reports of a version that are shown beside each other."""


@dataclass(frozen=True, slots=True)
class StoredReport:
    """A report as it is kept. `own_setup`: the one it is of where nobody says; `tarball`: the artifact's name;
    `is_masked`: not the bytes that were sent.
    """

    run_id: int
    run: str
    setup: str
    own_setup: str
    sha256: str
    started_at: datetime
    tarball: str
    is_masked: bool


class ReportStore:
    def __init__(self, database: Database):
        self._database = database

    def of_tarball(self, sha256: str, setup: str | None) -> Row | None:
        """The report of this setup whose tarball has this hash; None: of the setup that it names itself."""
        with self._database.connection() as connection:
            return connection.execute(QUERIES["report_of_tarball"], {"sha256": sha256, "setup": setup}).fetchone()

    def run_of_number(self, number: int) -> str | None:
        """The run of the report of this number."""
        with self._database.connection() as connection:
            row = connection.execute(QUERIES["report_of_number"], [number]).fetchone()
        return str(row["run"]) if row else None

    def has_reports(self) -> bool:
        with self._database.connection() as connection:
            return connection.execute(QUERIES["any_report"]).fetchone() is not None

    def limits(self) -> ReportLimits | None:
        """Those of the wall that was last started on this database; None where none was."""
        with self._database.connection() as connection:
            row = connection.execute(QUERIES["limits"]).fetchone()
        return ReportLimits(**row) if row else None

    def set_limits(self, limits: ReportLimits) -> None:
        """Imports by other processes keep to them, too."""
        with self._database.connection() as connection:
            connection.execute(QUERIES["set_limits"], asdict(limits))

    def reports(self, *, limit: int, before: str | None = None, **wanted: str | list[int] | None) -> Page:
        """The latest first. `wanted`: run, project, version, basename, setup, status, run_ids."""
        given = {name: value for name, value in wanted.items() if value is not None}
        values: Row = {**given, "limit": limit + 1}
        conditions = [_CONDITIONS[name] for name in given]
        if before is not None:
            values["before_start"], values["before_id"] = cursor.decode(before, datetime, int)
            conditions.append(_BEFORE)
        query = QUERIES["reports"].format(
            conditions=sql.SQL(" AND ").join(conditions) if conditions else sql.SQL("true")
        )
        with self._database.connection() as connection:
            rows = connection.execute(query, values).fetchall()
        last = rows[limit - 1] if len(rows) > limit else None
        return rows[:limit], cursor.encode([last["started_at"], last["run_id"]]) if last else None

    def report(self, run: str) -> Row:
        """With its `steps`. Raises NotFound."""
        rows = self.reports(run=run, limit=1)[0] if "\0" not in run else []
        if not rows:
            raise NotFound(f"There is no build report of run {run[:200]!r}.")
        with self._database.connection() as connection:
            steps = connection.execute(QUERIES["steps_of_report"], [rows[0]["run_id"]]).fetchall()
        return {**rows[0], "steps": steps}

    def log(self, run: str, step: str) -> Row:
        """Where the log of a step can be read. Raises NotFound."""
        row = None
        if "\0" not in run + step:  # which Postgres takes in no text
            with self._database.connection() as connection:
                row = connection.execute(QUERIES["log_of_step"], {"run": run, "step": step}).fetchone()
        if row is None:
            raise NotFound(f"There is no build report of run {run[:200]!r} with a log of {step[:100]!r}.")
        return row

    def projects(self) -> list[Row]:
        """What was built lately, the latest first, each with its latest `version`."""
        with self._database.connection() as connection:
            rows = connection.execute(QUERIES["projects"], {"most": LATELY}).fetchall()
        return sorted(rows, key=lambda row: row["started_at"], reverse=True)

    def versions(self, project: str, *, limit: int, offset: int = 0) -> list[Row]:
        """The versions of a project, that with the newest report first."""
        with self._database.connection() as connection:
            values = {"project": project, "limit": limit, "offset": offset}
            return connection.execute(QUERIES["versions"], values).fetchall()

    def latest(self, project: str, versions: Sequence[str], most: int = MOST_SYSTEMS) -> list[Row]:
        """Of each setup and what it was asked to build with, the latest report of these versions."""
        with self._database.connection() as connection:
            values = {"project": project, "versions": list(versions), "most": most}
            return connection.execute(QUERIES["latest_of_versions"], values).fetchall()

    def version(self, project: str, version: str) -> list[Row]:
        """Those of one version, each with its `steps`, why it failed, and how it differs from the one before."""
        run_ids = [row["run_id"] for row in self.latest(project, [version])]
        rows, _ = self.reports(limit=MOST_SYSTEMS, run_ids=run_ids)
        with self._database.connection() as connection:
            steps = connection.execute(QUERIES["steps_of_reports"], [run_ids]).fetchall()
        return [{**row, "steps": [step for step in steps if step["run_id"] == row["run_id"]]} for row in rows]

    def diagnostics(
        self,
        run: str,
        former: str | None,
        kind: str | None,
        *,
        change: str | None = None,
        limit: int,
        offset: int = 0,
    ) -> list[Row]:
        """Those of the report, and those that were in the report of run `former` and are gone."""
        values = {"run": run, "former": former, "kind": kind, "change": change, "limit": limit, "offset": offset}
        with self._database.connection() as connection:
            return connection.execute(QUERIES["diagnostics_of_report"], values).fetchall()

    def answers(self, answers_id: int | None) -> dict[str, str]:
        if answers_id is None:
            return {}
        with self._database.connection() as connection:
            row = connection.execute(QUERIES["answers"], [answers_id]).fetchone()
        return row["answers"] if row else {}


def add_report(
    connection: psycopg.Connection[Row], stored: StoredReport, report: Report, files: Mapping[str, MemberFile]
) -> None:
    """In the caller's transaction; what a former report of the run said is gone."""
    diagnostics = [_diagnostic(digest, seen) for digest, seen in report.diagnostics.items()]
    steps = [_step(no, step, files.get(f"{step.name}.log")) for no, step in enumerate(report.steps)]
    values = _report_values(stored, report) | {"answers_id": _answers_id(connection, report.answers)}
    connection.execute(QUERIES["remove_report"], [stored.run_id])
    connection.execute(QUERIES["add_report"], values)
    connection.execute(QUERIES["add_steps"], {"run_id": stored.run_id, "steps": Jsonb(steps)})
    connection.execute(QUERIES["add_diagnostics"], [Jsonb(diagnostics)])
    connection.execute(QUERIES["add_diagnostics_seen"], {"run_id": stored.run_id, "seen": Jsonb(diagnostics)})


def _answers_id(connection: psycopg.Connection[Row], answers: Mapping[str, str]) -> int | None:
    if not answers:
        return None
    text = json.dumps(answers, sort_keys=True)
    values = {"digest": hashlib.sha256(text.encode()).hexdigest(), "answers": text}
    row = connection.execute(QUERIES["add_answers"], values).fetchone()
    if row is None:  # made by somebody else this very moment
        row = connection.execute(QUERIES["add_answers"], values).fetchone()
    return int(row["id"]) if row else None


def _report_values(stored: StoredReport, report: Report) -> Row:
    errors = sum(seen.diagnostic.kind == "error" for seen in report.diagnostics.values())
    check = report.failed_check
    details = {
        "source": _text(report.source),
        "basename": name_of(report.basename),
        "branch": _text(report.branch),
        "commit": _text(report.commit),
        "host": name_of(report.host),
        "own_setup": stored.own_setup,
        "parameters": report.parameters,
        "versions": report.versions,
        "notes": report.notes,
        "failed_check": {"name": check.name, "output": check.output} if check else None,
        "missing_tests": report.missing_tests,
        "line": summary(report),
        "tarball": stored.tarball,
        "is_masked": stored.is_masked,
    }
    return {
        "run_id": stored.run_id,
        "run": stored.run,
        "sha256": stored.sha256,
        "started_at": stored.started_at,
        "setup": stored.setup,
        "project": name_of(report.project),
        "version": _text(report.version),
        "status": report.status,
        "failed_step": report.failed_step,
        "system": _text(report.system.name),
        "architecture": _text(report.system.architecture),
        "compiler": _text(report.system.compiler),
        **counts_of(report),
        "errors": errors,
        "warnings": len(report.diagnostics) - errors,
        "details": Jsonb(details),
    }


def _step(no: int, step: Step, file: MemberFile | None) -> Row:
    places = {"lines": file.index.lines, "packed": file.index.packed} if file and file.index else None
    return {
        "no": no,
        "name": step.name,
        "status": step.status,
        "lines": step.lines,
        "size": step.size,
        "elapsed_time": step.elapsed_time,
        "first_error": _error(step.first_error) if step.first_error else None,
        "places": places,
    }


def _error(error: FirstError) -> Row:
    found = error.diagnostic
    return {
        "file": found.file or None,
        "line": found.line or None,
        "text": found.text,
        "flag": found.flag or None,
        "kind": found.sort,
        "hint": found.hint,
        "context": error.context,
        "at": error.at,
        "starts_at": error.starts_at,
    }


def _diagnostic(digest: str, seen: Seen) -> Row:
    found = seen.diagnostic
    return {
        "digest": digest,
        "kind": found.kind,
        "sort": found.sort,
        "flag": found.flag,
        "file": found.file,
        "text": found.text,
        "hint": found.hint,
        "step": seen.step,
        "line": found.line,
        "at": seen.at,
        "count": seen.count,
    }


def _text(text: str) -> str:
    return "".join(character for character in text if character.isprintable())[:1000]
