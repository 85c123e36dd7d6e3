"""The `livewall` command.

On a node's older Python, where the listener is installed alone, it says which Python the wall needs. So this file, and
what it imports at its top, is understood by Python 3.8.
"""

from __future__ import annotations

import sys
from importlib import import_module

OLDEST_PYTHON = (3, 10)
ALONE = {
    "build": ("livewall_agent.build_report.command", "builds that a wall shows"),
    "compare": ("livewall_agent.comparison.command", "comparing the runs of a wall"),
    "job": ("livewall_agent.job_command", "jobs of a wall"),
}
"""Commands that speak to a wall, and need nothing of it: they are quick, and the extra `agent` is enough for them."""


def main() -> None:
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(_too_old())
    extra, purpose = "embedded", "the wall"
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        if name in ALONE:
            extra, (module, purpose) = "agent", ALONE[name]
            getattr(import_module(module), name)(sys.argv[2:], prog_name=f"livewall {name}")
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
