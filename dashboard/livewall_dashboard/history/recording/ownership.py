"""Whose run it is: a run belongs to the token that began it, and no other one writes to it while that one is good."""

from __future__ import annotations

from typing import Any

import psycopg

from livewall_dashboard.access.tokens import Token
from livewall_dashboard.base.errors import Forbidden
from livewall_dashboard.history.queries import QUERIES


def check_setup(writer: Token | None, run: str, setup: str) -> None:
    """Raises Forbidden where the token is for other setups. `writer` None: nobody is asked for a token."""
    if writer is not None and not writer.may_write(setup):
        raise Forbidden(
            f"The token {writer.name!r} is bound to {', '.join(map(repr, writer.setups or []))[:500]}, and run {run} "
            f"is of {setup[:200]!r}.",
            detail={"run": run},
        )


def check_job(writer: Token | None, run: str, job: str | None) -> None:
    """Raises Forbidden where the token is a job's, and the run is not. `job`: what the run says it is part of."""
    if writer is not None and writer.job_id is not None and str(writer.job_id) != (job or "").lower():
        raise Forbidden(
            f"The token is for runs of the job {writer.job_id} alone, and run {run} is none of them.",
            detail={"run": run},
        )


def check_writer(connection: psycopg.Connection[Any], run: str, writer: Token | None) -> None:
    """Raises Forbidden where `writer` may not write to the run.

    Who may: the token that began it. Once that one is revoked or has expired, or where none was asked for then, every
    token that may write to its setup. A token of scope upload begins no runs: it adds files to all of its setups.
    """
    if writer is None:
        return
    row = connection.execute(QUERIES["owner_of_run"], [run]).fetchone()
    if row is None:
        return  # a run that nobody began
    check_setup(writer, run, row["setup"])
    check_job(writer, run, row["job"])
    if writer.grants("ingest") and row["is_held"] and row["token_id"] != writer.id:
        raise belongs_to_another(run)


def belongs_to_another(run: str) -> Forbidden:
    return Forbidden(
        f"Run {run} was begun with another token, which is still good: send it with that one. Others may go on with it "
        "once that one is revoked or has expired.",
        detail={"run": run},
    )
