"""`python -m livewall_listener resend | upload`: what the listener left behind, and files made after the run."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from livewall_listener import identity, leftovers, settings, store
from livewall_listener.client import Client
from livewall_listener.uploads import Job, UploadError, upload


def main(arguments: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ) -> int:
    """-> 0 when everything was delivered, 1 when something is left, 2 when the command makes no sense."""
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
    folder = given.spool or store.default_folder(environment)
    clients: dict[str, Client] = {}

    def client_for(url: str) -> Client:
        is_given = elsewhere or url == settings.redacted(given.url)
        target = given.url if is_given else url
        if target not in clients:
            # Token and password are for the wall they were given with.
            token = given.token if is_given or not given.url else ""
            clients[target] = Client(target, token=token, ca=given.ca, environment=environment)
        return clients[target]

    delivered = left = 0
    for outcome in leftovers.Collection(folder, client_for).deliver():
        if outcome.problem:
            left += not outcome.gave_up
            print(f"{'dropped' if outcome.gave_up else 'kept'}: {outcome.what}: {outcome.problem}", flush=True)
        else:
            delivered += 1
            print(f"delivered: {outcome.what}", flush=True)
    print(f"{delivered} delivered, {left} kept in {folder}" if delivered or left else f"Nothing to deliver in {folder}")
    return 1 if left else 0


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
