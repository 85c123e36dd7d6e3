"""`livewall job`: for people and scripts, on any machine."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any

import click

from livewall_agent.delivery import Patience
from livewall_agent.error_group import ErrorGroup
from livewall_agent.errors import AgentError, BadJob, Refused, Unavailable
from livewall_agent.job_file import near_misses, read_job
from livewall_agent.outlook import before_text, queue_row, starts_text
from livewall_agent.people import Following, Jobs, attachments_of, near_names
from livewall_agent.server import Server
from livewall_agent.server_options import asks_server

LOOK_EACH = 1.0
INTERRUPTED = 130


@click.group(cls=ErrorGroup)
def job() -> None:
    """Submit jobs to queues, follow them, read what became of them."""


def _asks_server(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options of each command, which gets `jobs` for them, and `as_json`."""

    @asks_server("submit")
    @wraps(command)
    def asking(*, server: Server, **given: Any) -> Any:
        return command(jobs=Jobs(server), **given)

    return asking


@job.command()
@_asks_server
@click.option("--queue", help="Instead of the file's job_queue.")
@click.option("--attach", "attached", multiple=True, type=click.Path(path_type=Path), metavar="FILE",
              help="Is there in the test phase as attachments/test/FILE; may be repeated.")  # fmt: skip
@click.option("--poll", is_flag=True, help="Follow it to its end; the exit code is that of its test.")
@click.option("--new-queue", is_flag=True, help="Also to a queue that no agent serves yet.")
@click.option("--dry-run", is_flag=True, help="Say what it would have to wait for, and submit nothing.")
@click.argument("job_file", type=click.Path(path_type=Path))
def submit(
    jobs: Jobs,
    job_file: Path,
    queue: str | None,
    attached: tuple[Path, ...],
    *,
    poll: bool,
    new_queue: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Put the job of JOB_FILE (YAML or JSON) into its queue. First it is said how many wait there, and who is free."""
    told = read_job(job_file)
    for hint in near_misses(told):
        click.echo(f"livewall: {hint}", err=True)
    if queue:
        told["job_queue"] = queue
    wanted = told.get("job_queue")
    if not wanted and not told.get("attributes"):
        raise BadJob(f"{job_file} names no queue: `job_queue: rpi4`, or --queue rpi4")
    if wanted and not new_queue:
        jobs.require_queue(str(wanted))
    _attach(told, attached)
    files = attachments_of(told, job_file.parent)
    expected = _expected(jobs, told, dry_run=dry_run)
    if expected or dry_run:
        click.echo(before_text(told, expected) if expected else "the server does not tell how many wait", err=True)
    if dry_run:
        if as_json:
            click.echo(json.dumps(expected))
        return
    try:
        job_id = jobs.submit(told, files)
    except OSError as error:
        raise BadJob(f"{error.filename or job_file} cannot be read: {error.strerror or error}") from None
    if not poll:
        waits = jobs.outlook.of_submitted(job_id)
        click.echo(json.dumps({"job_id": job_id, "expected": expected, **waits}) if as_json else job_id)
        if starts := starts_text(waits):
            click.echo(f"job {job_id}: {starts}", err=True)
        return
    click.echo(f"job {job_id}", err=True)
    sys.exit(_follow(jobs, job_id, as_json=as_json))


def _expected(jobs: Jobs, told: Mapping[str, Any], *, dry_run: bool) -> dict[str, Any] | None:
    try:
        return jobs.outlook.of_new(told)
    except (Refused, Unavailable):
        if dry_run:
            raise
        return None  # the submission says so


def _attach(told: dict[str, Any], attached: tuple[Path, ...]) -> None:
    if not attached:
        return
    data = told.get("test_data")
    if not isinstance(data, dict):
        raise BadJob("--attach is for the test phase, and the job has no test_data")
    named = [{"local": str(path.absolute()), "agent": path.name} for path in attached]
    told["test_data"] = {**data, "attachments": [*(data.get("attachments") or []), *named]}


@job.command()
@_asks_server
@click.argument("job_id")
def poll(jobs: Jobs, job_id: str, *, as_json: bool) -> None:
    """Follow a job to its end; the exit code is that of its test."""
    sys.exit(_follow(jobs, job_id, as_json=as_json))


def _follow(jobs: Jobs, job_id: str, *, as_json: bool) -> int:
    try:
        result = _until_ended(jobs, job_id, as_json=as_json)
    except KeyboardInterrupt:
        click.echo(f"\nThe job goes on: livewall job poll {job_id}, livewall job cancel {job_id}", err=True)
        return INTERRUPTED
    if as_json:
        click.echo(json.dumps(result))
    return int(result["exit_code"])


def _until_ended(jobs: Jobs, job_id: str, *, as_json: bool) -> dict[str, Any]:
    following, patience, said = Following(job_id), _ToldPatience(), ""
    while True:
        try:
            for news in jobs.news(following):
                if news.before is not None and said != (said := f"waiting, {news.before} before it"):
                    starts = starts_text(jobs.outlook.of_submitted(following.job_id))
                    click.echo(f"job {following.job_id}: {said}{starts and '; '}{starts}", err=True)
                if not as_json:
                    click.echo(news.text, nl=False, color=True)  # as it was written, also into a file
            patience.well()
            if following.has_ended:
                again = jobs.definition(following.job_id).get("retried_as")
                if not again:
                    code = jobs.exit_code(following.job_id, following.result)
                    click.echo(f"job {following.job_id}: {following.state}", err=True)
                    return {**following.result, "job_id": following.job_id, "exit_code": code}
                click.echo(f"job {following.job_id}: its agent was lost; it is run again as {again}", err=True)
                following = Following(str(again))
            time.sleep(LOOK_EACH)
        except Unavailable as error:
            if error.is_about_token:
                raise
            time.sleep(patience.after(error))


class _ToldPatience(Patience):
    def say(self, text: str) -> None:
        click.echo(f"livewall: {text}", err=True)


@job.command()
@_asks_server
@click.argument("job_id")
def status(jobs: Jobs, job_id: str, *, as_json: bool) -> None:
    """In which state a job is."""
    result = jobs.result(job_id)
    state = result.get("job_state", "unknown")
    ended = state in {"complete", "cancelled"}
    if as_json:
        code = jobs.exit_code(job_id, result) if ended else None
        click.echo(json.dumps({"job_id": job_id, "job_state": state, "exit_code": code}))
    else:
        click.echo(state)


@job.command()
@_asks_server
@click.argument("job_id")
def results(jobs: Jobs, job_id: str, *, as_json: bool) -> None:
    """All that became of a job: exit codes and output by phase."""
    click.echo(json.dumps(jobs.result(job_id), indent=None if as_json else 2, ensure_ascii=as_json))


@job.command()
@_asks_server
@click.argument("job_id")
def cancel(jobs: Jobs, job_id: str, *, as_json: bool) -> None:
    """End a job that has not ended."""
    jobs.cancel(job_id)
    click.echo(json.dumps({"job_id": job_id, "job_state": "cancelled"}) if as_json else "cancelled")


@job.command()
@_asks_server
@click.option("-o", "--output", type=click.Path(path_type=Path), default=Path("artifacts.tar.gz"), show_default=True)
@click.argument("job_id")
def artifacts(jobs: Jobs, job_id: str, output: Path, *, as_json: bool) -> None:
    """Fetch what a job left in its folder artifacts/."""
    new = output.with_name(f".{output.name}.new")
    try:
        if not jobs.artifacts(job_id, new):
            raise BadJob(f"job {job_id} has no artifacts")
        new.replace(output)
    except OSError as error:
        raise AgentError(f"{output} cannot be written: {error.strerror}") from None
    finally:
        new.unlink(missing_ok=True)
    click.echo(json.dumps({"job_id": job_id, "file": str(output)}) if as_json else str(output))


@job.command("list")
@_asks_server
@click.option("--mine", is_flag=True, help="Those submitted with this token.")
@click.option("--queue", help="Of this queue.")
@click.option("--state", help="In this state; `active`: not ended.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
def list_jobs(jobs: Jobs, *, as_json: bool, mine: bool, **filters: Any) -> None:
    """Jobs, the latest first."""
    found = jobs.newest(**filters, mine=mine)
    if as_json:
        click.echo(json.dumps(found))
        return
    for each in found:
        click.echo(_row(each))


@job.command()
@_asks_server
@click.argument("names", nargs=-1, metavar="[QUEUE]...")
def queues(jobs: Jobs, names: tuple[str, ...], *, as_json: bool) -> None:
    """How many jobs wait in each queue, who is free, and how long a new one waits: of all, or of those named."""
    found = {str(each.get("name")): each for each in jobs.outlook.queues()}
    if unknown := [name for name in names if name not in found]:
        raise BadJob(f"there is no queue {unknown[0]!r}; {near_names(unknown[0], found)}")
    chosen = [each for name, each in found.items() if not names or name in names]
    if as_json:
        click.echo(json.dumps(chosen))
        return
    for each in chosen:
        click.echo(queue_row(each))


def _row(each: Mapping[str, Any]) -> str:
    words = [
        each.get("id"),
        each.get("state"),
        each.get("queue"),
        each.get("agent"),
        each.get("created_at"),
        each.get("name"),
    ]
    return "\t".join(str(word or "-") for word in words)
