"""The `livewall` command."""

from __future__ import annotations

import sys

from livewall_dashboard.serving import server


def main() -> None:
    try:
        server.prepare()  # before anything else is imported: eventlet has to come first
        from livewall_dashboard.cli import cli

        cli()
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("livewall_"):
            raise
        sys.exit(
            f"livewall: {error.name} is not installed: a bare `pip install livewall` brings the listener alone. "
            "For the wall: pip install 'livewall[embedded]'"
        )


if __name__ == "__main__":
    main()
