"""`livewall-agent`: run jobs of a queue, or try one without a server."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import sys
import tempfile
import uuid
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import click

from livewall_agent import environment, isolation, keeper, settings
from livewall_agent.agent import Agent, only_one
from livewall_agent.error_group import ErrorGroup
from livewall_agent.errors import Refused, Unavailable
from livewall_agent.job_file import read_job
from livewall_agent.job_folder import JobFolder
from livewall_agent.job_runner import JobRunner
from livewall_agent.jobwire import Job
from livewall_agent.phases import exit_code
from livewall_agent.server import Server

_NOWHERE = {"server": "http://127.0.0.1:8000", "queues": ("try",)}
"""Settings of a command that asks no server."""


@click.group(cls=ErrorGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="livewall", prog_name="livewall-agent")
def cli() -> None:
    """Runs jobs of a livewall's queues on this machine."""


config_option = click.option(
    "--config", type=click.Path(path_type=Path), envvar="LIVEWALL_AGENT_CONFIG", help="agent.toml: all of the settings."
)


@cli.command()
@config_option
@click.option("--server", metavar="URL", envvar="LIVEWALL_URL", help="The wall, or a Testflinger server.")
@click.option("--queue", "queues", multiple=True, metavar="NAME", help="A queue to take jobs from; may be repeated.")
@click.option("--label", "labels", multiple=True, metavar="KEY=VALUE", help="By which jobs may ask for it; repeatable.")
@click.option("--name", help="Of this agent; else the machine's.")
@click.option("--setup", help="What robots in jobs report as their setup; else the agent's name.")
@click.option("--host", help="Where others reach what builds leave running here; else the address it calls from.")
@click.option("--token-file", type=click.Path(path_type=Path), help="A token of scope agent; else LIVEWALL_TOKEN.")
@click.option("--ca", envvar="LIVEWALL_CA", metavar="FILE", help="Certificates to trust.")
@click.option("--state", type=click.Path(path_type=Path), help="The folder of its jobs and of what is not delivered.")
@click.option("--isolation", type=click.Choice(isolation.MODES), help="How processes of jobs are held together.")
@click.option("-v", "--verbose", is_flag=True, help="Say more.")
def run(config: Path | None, labels: tuple[str, ...], *, verbose: bool, **given: Any) -> None:
    """Take jobs of queues and run them, until told to end.

    SIGTERM ends a job that runs, and gives it back; SIGUSR1 lets it end first.
    """
    chosen = settings.read(config, {**given, "labels": settings.labels_of(labels)}, os.environ)
    level = logging.DEBUG if verbose else logging.INFO
    form = f"%(asctime)s %(levelname)s {chosen.name}: %(message)s"
    logging.basicConfig(stream=sys.stderr, level=level, format=form)
    logging.getLogger("urllib3").setLevel(logging.WARNING)
    agent = Agent(chosen, partial(_connect, chosen))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: agent.end())
    signal.signal(signal.SIGUSR1, lambda *_: agent.end_after_job())
    agent.run()


def _connect(chosen: settings.Settings, name: str) -> Server:
    return Server(chosen.server, token=chosen.token, ca=chosen.ca, environment=os.environ, agent=name)


@cli.command()
@config_option
@click.option("--name", help="Of the agent; else the machine's.")
def check(config: Path | None, name: str | None) -> None:
    """Say whether the settings are right, the server is there, and how jobs are held together here."""
    chosen = settings.read(config, {"name": name}, os.environ)
    house = isolation.choose(chosen.isolation, chosen.user)
    click.echo(f"Jobs run in a {house.name}: {house.weakness or 'nothing of one survives its end'}.")
    with closing(_connect(chosen, chosen.name)) as server:
        try:
            server.record(chosen.name)
        except Refused:  # it has never spoken
            pass
        except Unavailable as error:
            click.echo(f"The server is not there yet: {error}" if not error.is_about_token else str(error), err=True)
            return
    click.echo(f"The server at {server.url} answers.")


@cli.command()
@config_option
@click.option("--state", type=click.Path(path_type=Path), help="The folder of the agent.")
def clear(config: Path | None, state: Path | None) -> None:
    """Remove what builds left running and an agent keeps that does not run any more, each with its cleanup."""
    chosen = settings.read(config, {**_NOWHERE, "state": state} if config is None else {"state": state}, os.environ)
    house = isolation.choose(chosen.isolation, chosen.user)
    with only_one(chosen.state):
        for number in keeper.clear(chosen, house):
            click.echo(f"Removed what build {number} left running.")


@cli.command("try")
@config_option
@click.argument("job_file", type=click.Path(path_type=Path))
def try_(config: Path | None, job_file: Path) -> None:
    """Run JOB_FILE here and now, without a server; the exit code is the job's."""
    chosen = settings.read(config, _NOWHERE if config is None else {}, os.environ)
    job = Job.read({**read_job(job_file), "job_id": str(uuid.uuid4())})
    jobs = Path(tempfile.mkdtemp(prefix="livewall-job-"))
    jobs.chmod(0o711)
    try:
        sys.exit(_try(chosen, job, JobFolder(jobs, job.id)))
    finally:
        shutil.rmtree(jobs, ignore_errors=True)


def _try(chosen: settings.Settings, job: Job, folder: JobFolder) -> int:
    house = isolation.choose(chosen.isolation, chosen.user)
    if house.weakness:
        click.echo(f"livewall-agent: {house.weakness}", err=True)
    folder.create(job, chosen.user)
    runner = JobRunner(chosen, house, job, folder.path)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: runner.stop("it was told to end"))
    told = environment.of_job(
        job, chosen, token="", folder=folder.path, own=isolation.environment_of(chosen.user, os.environ)
    )
    outcome = runner.run(told, _Console())
    return exit_code(outcome.statuses, wanted_test=job.data("test") is not None)


class _Console:
    """What the commands write goes to standard output, what is said of phases beside it."""

    def begin(self, phase: str, *, skipped: bool) -> None:
        if not skipped:
            click.echo(f"--- {phase}", err=True)

    def output(self, phase: str, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()

    def lend(self) -> None:
        """For how long is up to whoever tries it: until Ctrl-C."""

    def end(self, phase: str, status: int) -> None:
        click.echo(f"--- {phase}: {status}", err=True)
