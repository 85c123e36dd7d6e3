"""Runs robot several times in one process: `in_one_process.py {after each other|at once} OUTPUTDIR SUITE`."""

import sys
import threading
from pathlib import Path

import robot

from livewall_listener import Listener

how, outputdir, suite = sys.argv[1:]
unused = Listener()


def run(name: str, listener: object) -> None:
    folder = Path(outputdir, name)
    folder.mkdir()
    robot.run(suite, name=name, outputdir=str(folder), listener=listener or [], log="NONE", report="NONE")


if how == "at once":
    threads = [threading.Thread(target=run, args=(name, "livewall_listener.Listener")) for name in ("One", "Two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
else:
    again = Listener()
    run("One", "livewall_listener.Listener")
    run("Two", again)
    run("Not Reported", None)
    run("Three", again)
