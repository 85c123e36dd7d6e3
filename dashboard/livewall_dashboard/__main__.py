"""The `livewall` command.

On a node's older Python, where the listener is installed alone, it says which Python the wall needs. So this file, and
what it imports at its top, is understood by Python 3.8.
"""

from __future__ import annotations

import sys

OLDEST_PYTHON = (3, 10)


def main() -> None:
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(_too_old())
    extra, purpose = "embedded", "the wall"
    try:
        if sys.argv[1:2] == ["job"]:
            extra, purpose = "agent", "jobs of a wall"
            from livewall_agent.job_command import job  # nothing of the wall itself: it is quick, and needs little

            job(sys.argv[2:], prog_name="livewall job")
        from livewall_dashboard.serving import server

        server.prepare()  # before anything else is imported: eventlet has to come first
        from livewall_dashboard.cli import cli

        cli()
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("livewall_"):
            raise
        wheel = f"'livewall-VERSION-py3-none-any.whl[{extra}]'"
        sys.exit(
            f"livewall: {error.name} is not installed: without extras, livewall is the listener alone. "
            f"For {purpose}: pip install {wheel}, with the file that was installed."
        )


def _too_old() -> int:
    mine, needed = (".".join(map(str, version[:2])) for version in (sys.version_info, OLDEST_PYTHON))
    print(f"livewall: the wall needs Python {needed} or newer; {mine} runs the listener alone.", file=sys.stderr)
    return 2


if __name__ == "__main__":
    main()
