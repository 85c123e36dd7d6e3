"""`python -m livewall_listener resend | upload`: what the listener left behind, and files made after the run."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from livewall_listener import identity, redelivery, settings, spool_folder
from livewall_listener.client import Client
from livewall_listener.uploads import Job, UploadError, upload


def main(arguments: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ) -> int:
    """-> 0 when everything was delivered, 1 when something was not, 2 when the command makes no sense.

    3: all was delivered but what a process that still runs has in hand.
    """
    options = _parser().parse_args(arguments)
    named = [f"{name}={value}" for name in ("url", "spool") if (value := getattr(options, name, None))]
    given = settings.read(named, environment)
    for problem in given.problems:
        print(f"livewall: {problem}", file=sys.stderr)
    if options.command == "resend":
        return resend(given, environment, elsewhere=bool(options.url))
    return upload_files(given, environment, options)


def resend(given: settings.Settings, environment: Mapping[str, str], *, elsewhere: bool) -> int:
    """Deliver what is in the spool, each to the wall it was meant for or, if `elsewhere`, all to the given one."""
    clients: dict[str, Client] = {}

    def client_for(url: str) -> Client:
        is_given = elsewhere or url == settings.redacted(given.url)
        target = given.url if is_given else url
        if target not in clients:
            # Token and password are for the wall they were given with.
            token = given.token if is_given or not given.url else ""
            clients[target] = Client(target, token=token, ca=given.ca, environment=environment)
        return clients[target]

    folders, reasons = spool_folder.existing(given.spool, environment)
    for reason in reasons:
        print(f"livewall: not looked at: {reason}", file=sys.stderr)
    tally = _Tally(failed=bool(given.spool and reasons))
    for folder in folders:
        for outcome in redelivery.Collection(folder, client_for).deliver():
            print(tally.add(outcome), flush=True)
    print(tally.summary(folders or [given.spool or spool_folder.candidates(environment)[0]]))
    return tally.exit_code


@dataclass
class _Tally:
    """What came of all that was found."""

    delivered: int = 0
    kept: int = 0
    held: int = 0
    failed: bool = False

    def add(self, outcome: redelivery.Outcome) -> str:
        """-> a line about it."""
        aside = f"; the damaged file is kept as {outcome.kept_as}" if outcome.kept_as else ""
        self.failed |= outcome.damaged
        if not outcome.problem:
            self.delivered += 1
            return f"delivered: {outcome.what}{aside}"
        if outcome.held:
            self.held += 1
            return f"left: {outcome.what}: {outcome.problem}"
        if outcome.gave_up:
            return f"dropped: {outcome.what}: {outcome.problem}{aside}"
        self.kept += 1
        return f"kept: {outcome.what}: {outcome.problem}"

    def summary(self, folders: list[Path]) -> str:
        where = ", ".join(map(str, folders))
        if not (self.delivered or self.kept or self.held):
            return f"Nothing to deliver in {where}"
        held = f", {self.held} left to processes that still run" if self.held else ""
        return f"{self.delivered} delivered, {self.kept} kept{held} in {where}"

    @property
    def exit_code(self) -> int:
        return 1 if self.kept or self.failed else 3 if self.held else 0


def upload_files(given: settings.Settings, environment: Mapping[str, str], options: argparse.Namespace) -> int:
    run_id = options.run or given.run_id
    if not given.url or not run_id:
        print("livewall: give the wall (--url or LIVEWALL_URL) and the run (--run or LIVEWALL_RUN_ID)", file=sys.stderr)
        return 2
    client = Client(given.url, token=given.token, ca=given.ca, environment=environment)
    failed = 0
    for path in options.files:
        name = options.name or path.name
        try:
            job = Job.of(path, url=given.url, run_id=identity.usable_id(run_id), process=options.process, name=name)
            upload(client, job, lambda: False)
            print(f"uploaded: {path} as {name}")
        except (OSError, UploadError) as error:
            failed += 1
            print(f"livewall: {path}: {error}", file=sys.stderr)
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m livewall_listener", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    resend_ = commands.add_parser("resend", help="deliver what runs on this node could not deliver")
    resend_.add_argument("--url", help="deliver everything to this wall instead of the one each run was meant for")
    resend_.add_argument("--spool", help="the folder of spools (LIVEWALL_SPOOL)")
    upload_ = commands.add_parser("upload", help="send result files of a run, such as those that pabot merged")
    upload_.add_argument("--url", help="the wall (LIVEWALL_URL)")
    upload_.add_argument("--run", help="the run's id (LIVEWALL_RUN_ID)")
    upload_.add_argument("--name", help="the name it gets; else its own")
    upload_.add_argument("--process", default="", help="the robot process it is of, for a run of several")
    upload_.add_argument("files", nargs="+", type=Path, metavar="FILE")
    return parser


if __name__ == "__main__":
    sys.exit(main())
