"""A program that has imported what a wall needs, and becomes one, as often as it is asked to.

Each line of its input is a request, each line of its output the answer, both in JSON: `{"run": [arguments], "env": {},
"cwd": path, "log": path}` is answered by the number of a new process, which goes on as the command does, in a session
of its own; `{"ended": number}` by its return code as `subprocess` gives it, or null. It ends with its input.
"""

from __future__ import annotations

import json
import os
import sys
import time
from importlib import import_module
from typing import Any

close, fork, read, waitpid = os.close, os.fork, os.read, os.waitpid
"""The system's: eventlet puts others in their place."""


def main(mode: str) -> None:
    asked, told = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb", buffering=0)
    run = preload(mode)
    for line in asked:
        request = json.loads(line)
        if "ended" in request:
            answer = ended(request["ended"])
        else:
            begun, is_begun = os.pipe()
            answer = fork()
            if answer == 0:
                for mine in (asked, told):
                    mine.close()
                close(begun)
                become(request)
                close(is_begun)
                run()
                return
            close(is_begun)
            read(begun, 1)  # ends when the other one leads its session, or has ended
            close(begun)
        told.write(json.dumps(answer).encode() + b"\n")


def preload(mode: str) -> Any:
    """-> the program, which takes its arguments from `sys.argv`."""
    if mode == "gunicorn":
        import_module("livewall_dashboard.wsgi")
        return import_module("gunicorn.app.wsgiapp").run
    # As `livewall_dashboard.__main__` does it:
    sys.argv = ["livewall", "serve", "--async-mode", mode]
    import_module("livewall_dashboard.serving.server").prepare()  # first: it puts eventlet's modules in place
    for module in ("app", "serving.commands"):
        import_module(f"livewall_dashboard.{module}")
    return import_module("livewall_dashboard.cli").cli


def ended(pid: int) -> int | None:
    found, status = waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def become(request: dict[str, Any]) -> None:
    """Take everything from this request that a process has of those who start it."""
    os.setsid()
    leave_hub()
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    close(nothing)
    close(log)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    sys.argv = request["run"]


def leave_hub() -> None:
    """Eventlet has one as soon as it is in place, and copies of an epoll are one: each hears of all others' sockets."""
    hubs = sys.modules.get("eventlet.hubs")
    if hubs is not None:
        hubs.get_hub().poll.close()
        hubs.use_hub()


if __name__ == "__main__":
    del sys.path[0]  # names of our modules here are no packages
    main(sys.argv[1])
