"""`livewall-schedule check | run NAME | install`."""

from __future__ import annotations

import argparse
import os
import pwd
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from livewall_schedule import entries, files, runner, timetable
from livewall_schedule.entries import Entry, ScheduleError

SYSTEMD_READS = Path("/etc/systemd/system")
SYSTEMD_RUNS = Path("/run/systemd/system")
_WITHOUT_SYSTEMD = """Timers are installed by root, and where systemd runs. Otherwise cron does it:
  root:  livewall-schedule install --crontab /etc/cron.d/livewall-node
  you:   livewall-schedule --user '' install --crontab my.cron && (crontab -l; cat my.cron) | crontab -"""


def main(arguments: Sequence[str] | None = None) -> int:
    """-> the exit code: 2 when the schedule or the command makes no sense, 75 for a skipped run."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.command(options, entries.read(options.schedule))
    except ScheduleError as error:
        print("\n".join(error.problems), file=sys.stderr)
        return 2
    except OSError as error:
        print(f"livewall-schedule: {error.filename or options.schedule}: {error.strerror}", file=sys.stderr)
        return 1
    return code


def check(options: argparse.Namespace, known: list[Entry]) -> int:
    """Say when what runs on this node, and what is missing for it."""
    missing = 0
    for entry in known:
        moments = timetable.times(entry, options.node).of_day
        shown = ", ".join(_clock(moment) for moment in moments[:4]) + (", ..." if len(moments) > 4 else "")
        print(f"{entry.name}: {len(moments)} times a day on this node: {shown}")
        for path in entry.suites:
            if not Path(path).exists():
                missing += 1
                print(f"{entry.name}: {path} does not exist", file=sys.stderr)
    if not known:
        print(f"{options.schedule} schedules nothing yet")
    return 1 if missing else 0


def run(options: argparse.Namespace, known: list[Entry]) -> int:
    entry = next((entry for entry in known if entry.name == options.name), None)
    if entry is None:
        names = ", ".join(entry.name for entry in known) or "none"
        print(f"There is no [{options.name}] in {options.schedule}; there are: {names}", file=sys.stderr)
        return 2
    if options.user and os.geteuid() == 0 and pwd.getpwnam(options.user).pw_uid:
        # What root leaves, locks and results, the timers' runs could not touch.
        command = ["runuser", "-u", options.user, "--", options.program, "run", entry.name]
        os.execvp(command[0], command)  # noqa: S606 - no shell is wanted
    time.sleep(options.after)
    return runner.run(entry, runner.Node(options.robot, options.state), lambda text: print(text, flush=True))


def install(options: argparse.Namespace, known: list[Entry]) -> int:
    """Write timers, or a crontab, and remove those of entries that are gone."""
    place = files.Place(options.program, options.schedule, options.user, options.node)
    if options.crontab:
        _write(options.crontab, files.crontab(known, place))
        return 0
    live = options.systemd is None
    if live and not (SYSTEMD_RUNS.exists() and os.geteuid() == 0):
        print(_WITHOUT_SYSTEMD, file=sys.stderr)
        return 2
    return _install_units(options.systemd or SYSTEMD_READS, files.units(known, place), live=live)


def _install_units(folder: Path, units: Mapping[str, str], *, live: bool) -> int:
    gone = [path for path in sorted(folder.glob(f"{files.PREFIX}*")) if path.name not in units]
    if live:
        _systemctl(["disable", "--now"], [path.name for path in gone if path.suffix == ".timer"])
    for path in gone:
        path.unlink()
        print(f"removed {path}")
    for name, text in units.items():
        _write(folder / name, text)
    if live:
        subprocess.run(["systemctl", "daemon-reload"], check=False)
        timers = [name for name in units if name.endswith(".timer")]
        _systemctl(["enable"], timers)
        _systemctl(["restart"], timers)  # one that is active takes over changed times at its start
    return 0


def _systemctl(words: list[str], timers: list[str]) -> None:
    if timers:
        subprocess.run(["systemctl", *words, *timers], check=False)


def _write(path: Path, text: str) -> None:
    """Whole or not at all: cron and systemd may look at any moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    new = path.with_name(f".{path.name}.new")
    new.write_text(text, encoding="utf-8")
    new.chmod(0o644)
    new.replace(path)
    print(f"wrote {path}")


def _clock(moment: int) -> str:
    return f"{moment // 3600:02}:{moment % 3600 // 60:02}:{moment % 60:02}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="livewall-schedule", description="Runs this node's suites every few hours.")
    parser.add_argument("--schedule", type=Path, default=Path("/etc/livewall/schedule.ini"), metavar="FILE")
    parser.add_argument(
        "--state", type=Path, default=Path("/var/lib/livewall-node"), metavar="DIR", help="locks, results"
    )
    parser.add_argument("--robot", default="livewall-robot", metavar="PROGRAM", help="runs suites and reports them")
    parser.add_argument("--program", default="livewall-schedule", help="what timers and crontab are to call")
    parser.add_argument("--user", default="", help="who runs the suites, where root installs their times")
    parser.add_argument("--node", default=timetable.this_node(), help=argparse.SUPPRESS)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(
        name: str, command: Callable[[argparse.Namespace, list[Entry]], int], about: str
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=about)
        made.set_defaults(command=command)
        return made

    add("check", check, "say when what runs, and what is wrong with the schedule")
    running = add("run", run, "run one entry now")
    running.add_argument("--after", type=float, default=0.0, metavar="SECONDS", help="wait so long first")
    running.add_argument("name")
    installing = add("install", install, "write systemd timers (or a crontab) and put them into force")
    where = installing.add_mutually_exclusive_group()
    where.add_argument("--systemd", type=Path, metavar="DIR", help="write timers and services there alone")
    where.add_argument("--crontab", type=Path, metavar="FILE", help="write a crontab instead")
    return parser
